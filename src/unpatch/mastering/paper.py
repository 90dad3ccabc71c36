"""Tables 2 to 5 as published: Peladeau and Peeters, Blind estimation of audio effects, ICASSP 2024.

On MUSDB18, with up to 12,000 steps: to be compared by the order of rows and columns.
"""

from collections.abc import Mapping

PUBLISHED: Mapping[tuple[str, str], tuple[float, float]] = {
    ("equalizer", "mee"): (0.35, 0.41), ("graphic", "mee"): (0.38, 0.41),
    ("equalizer", "te"): (0.35, 0.46), ("graphic", "te"): (0.39, 0.48),
    ("equalizer", "tfe"): (0.28, 0.32), ("graphic", "tfe"): (0.25, 0.34),
    ("equalizer", "random"): (0.86, 0.89), ("graphic", "random"): (1.1, 1.1),
    ("equalizer", "identity"): (0.48, 0.64), ("graphic", "identity"): (0.48, 0.63),
    ("proxy", "mee"): (0.014, 0.098), ("hybrid", "mee"): (0.011, 0.076),
    ("simplified", "mee"): (0.041, 0.16), ("proxy", "te"): (0.020, 0.12),
    ("hybrid", "te"): (0.019, 0.11), ("simplified", "te"): (0.042, 0.17),
    ("proxy", "tfe"): (0.015, 0.11), ("hybrid", "tfe"): (0.012, 0.086),
    ("simplified", "tfe"): (0.042, 0.17), ("proxy", "random"): (0.038, 0.16),
    ("hybrid", "random"): (0.036, 0.15), ("simplified", "random"): (0.13, 0.66),
    ("proxy", "identity"): (0.041, 0.16), ("hybrid", "identity"): (0.041, 0.16),
    ("simplified", "identity"): (0.040, 0.16), ("clipper", "mee"): (0.0045, 0.072),
    ("taylor", "mee"): (3.4, 0.15), ("chebyshev", "mee"): (0.65, 0.17),
    ("clipper", "te"): (0.011, 0.090), ("taylor", "te"): (2.9, 0.21),
    ("chebyshev", "te"): (3.2, 0.15), ("clipper", "tfe"): (0.0067, 0.075),
    ("taylor", "tfe"): (2.1, 0.16), ("chebyshev", "tfe"): (1.34, 0.12),
    ("clipper", "random"): (0.078, 0.29), ("taylor", "random"): (1.9, 0.39),
    ("chebyshev", "random"): (2.0, 1.1), ("clipper", "identity"): (0.078, 0.34),
    ("taylor", "identity"): (0.079, 0.34), ("chebyshev", "identity"): (0.079, 0.34),
}  # fmt: skip
"""Implementation and encoder (or baseline) to MSE_y and Mel."""

PUBLISHED_LOSSES: Mapping[tuple[str, str], tuple[float, float, float]] = {
    ("equalizer", ""): (0.28, 0.32, 0.089), ("equalizer", "_parameters"): (0.27, 0.40, 0.072),
    ("compressor", ""): (0.011, 0.076, 0.11), ("compressor", "_parameters"): (0.0081, 0.069, 0.069),
    ("clipper", ""): (0.0045, 0.072, 0.044), ("clipper", "_parameters"): (0.0041, 0.064, 0.028),
    ("chain", ""): (0.31, 0.40, 0.10), ("chain", "_parameters"): (0.33, 0.49, 0.072),
}  # fmt: skip
"""Chain and loss to MSE_y, Mel and MSE_q."""
