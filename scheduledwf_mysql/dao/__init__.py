"""The core's ports, over SQL."""
