"""Mastering a song to references: equalizer and curve, dynamics, clipper, width, loudness, true peak."""
