"""The command line: ``scheduledwf``."""
