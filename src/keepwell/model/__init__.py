"""What flows between the parts. No I/O."""
