"""Blind estimation: from a processed recording alone to its graph (Lee et al. 2023)."""
