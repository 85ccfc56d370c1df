"""The store that keeps everything in memory: for tests, trials and embedding without a file."""
