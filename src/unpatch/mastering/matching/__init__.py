"""Mastering a song towards references: equalizer and curve, dynamics, clipper, width, loudness, true peak."""
