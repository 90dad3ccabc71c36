"""What bad files, odd names and wrong options do to the program; see check_robustness.py."""
