"""The nouns, frozen; each life cycle is a table."""
