"""The scheduler itself: no web framework, no database."""
