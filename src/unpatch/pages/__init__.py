"""HTML pages: reports of estimates, mixes and matches, and the gallery."""
