"""What takes how long and how much memory, beside other packages where there are such."""
