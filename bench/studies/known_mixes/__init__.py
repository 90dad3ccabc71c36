"""Mixes with known sparse graphs."""
