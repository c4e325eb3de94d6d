"""Report to text: terminals, JSON, GitHub. Formatters decide nothing."""
