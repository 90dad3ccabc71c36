"""What several benchmarks, checks and studies use."""
