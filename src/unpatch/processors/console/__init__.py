"""Our mixing console: the usual knobs, dry/wet weights, exact and differentiable."""
