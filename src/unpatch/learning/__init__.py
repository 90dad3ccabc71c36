"""Shared by the training of all models: checkpoints, resuming, averages, optimisers, weight folders, logs."""
