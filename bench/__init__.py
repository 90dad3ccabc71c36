"""Benchmarks, checks and studies; each is run as a module from the root of the repository. See README.md."""
