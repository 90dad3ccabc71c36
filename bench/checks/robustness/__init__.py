"""What bad files, odd names and wrong options do to the program."""
