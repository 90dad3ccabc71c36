"""The mixing console as published (Lee et al., Searching for Music Mixing Graphs, 2024)."""
