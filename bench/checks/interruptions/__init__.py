"""Long commands that are ended on their way."""
