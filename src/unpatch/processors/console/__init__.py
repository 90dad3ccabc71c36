"""Our mixing console: knobs as engineers know them, dry/wet weights, exact and differentiable."""
