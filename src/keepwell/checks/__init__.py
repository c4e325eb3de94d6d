"""Health checks: one question about a Sample per file, pure. CHECKS is the list."""
