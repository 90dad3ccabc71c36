"""Searching for the mixing graph behind a mix.

Given dry stems and the mix that was made of them, :func:`search` finds a sparse graph of processors that
makes it: it fits a whole mixing console by gradient, then removes unneeded processors, round by round.

Lee, Martínez-Ramírez, Liao, Uhlich, Fabbro, Lee and Mitsufuji, "Searching for music mixing graphs: a pruning
approach", DAFx 2024.
"""
