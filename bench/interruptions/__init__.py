"""Long commands that are ended on their way; see check_interruptions.py."""
