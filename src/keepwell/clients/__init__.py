"""The outside world, one vendor per file, and the prober."""
