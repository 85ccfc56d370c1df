"""Where firings go."""
