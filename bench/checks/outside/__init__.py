"""Estimates for chains of third-party effects."""
