"""Everyday effects beyond those of the paper: overall gain that moves."""
