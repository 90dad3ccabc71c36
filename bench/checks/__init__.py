"""What the program does, measured from outside: against other programs, known truth, faults and damage."""
