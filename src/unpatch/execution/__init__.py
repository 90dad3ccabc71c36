"""Worker processes and interruptions."""
