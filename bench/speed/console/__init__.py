"""One optimisation step of a mixing console, ours and that of the paper's authors."""
