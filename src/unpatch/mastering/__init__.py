"""From a finished master alone to the equalizer, compressor and clipper that made it.

After Peladeau and Peeters, Blind estimation of audio effects using an auto-encoder approach and
differentiable digital signal processing, ICASSP 2024, with the systems of that paper and ours.
"""
