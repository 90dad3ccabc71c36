"""SoundFont 2 files: their tables, and their samples at the pitch of a key."""
