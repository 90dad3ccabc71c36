"""Mastering to a reference, beside matchering."""
