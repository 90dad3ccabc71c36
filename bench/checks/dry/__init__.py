"""What the dry signal is worth."""
