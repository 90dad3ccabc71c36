"""Instruments: what they play and what it sounds like."""
