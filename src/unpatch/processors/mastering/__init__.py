"""The mastering set; one file per processor."""
