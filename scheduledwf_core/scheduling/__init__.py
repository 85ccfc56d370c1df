"""The engine of a node."""
