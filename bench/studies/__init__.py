"""Measurements, trainings and comparisons that take data and hours."""
