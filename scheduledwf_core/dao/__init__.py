"""Ports to storage, and the store that keeps everything in memory."""
