"""The imperative shell: one use case per file; `wiring.py` alone makes real things."""
