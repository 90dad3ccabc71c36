"""What is mutated, and by which tests that should be noticed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path("src/unpatch")


@dataclass(frozen=True)
class Area:
    """Some files, and the tests that are to notice when they change.

    Attributes:
        files: patterns below the package.
        tests: names of test files by the beginning of a module's name, "" for the others.
    """

    files: tuple[str, ...]
    tests: Mapping[str, tuple[str, ...]]

    def tests_of(self, path: Path) -> tuple[str, ...]:
        """Test files for a module; the longest beginning counts."""
        best = max((start for start in self.tests if path.stem.startswith(start)), key=len)
        return tuple(f"tests/test_{name}.py" for name in self.tests[best])


DSP: Mapping[str, tuple[str, ...]] = {
    "": ("processors_contract",),
    "alignment": ("consoles", "console_processors"),
    "allpass": ("phaser", "filter_gradients"),
    "clip": ("mastering_processors", "mastering_dynamics"),
    "drive": ("drive",),
    "dry_wet": ("delays", "console_reverb", "consoles"),
    "dynamics": ("dynamics",),
    "echo": ("delays",),
    "energy_dynamics": ("console_processors", "consoles"),
    "fastmath": ("dynamics", "drive"),
    "layout": ("delays", "filters", "phaser"),
    "limiter": ("limiter", "match"),
    "line": ("delays",),
    "loudness": ("match", "loudness_of_mono"),
    "masked_noise": ("console_reverb",),
    "matrix": ("consoles", "console_processors"),
    "modulated_delay": ("delays",),
    "multitap": ("consoles", "console_processors", "console_reverb"),
    "noise_reverb": ("console_reverb",),
    "oscillator": ("control",),
    "phasors": ("console_processors", "console_reverb"),
    "pitch": ("pitchshift",),
    "polynomial": ("mastering_processors", "mastering_dynamics"),
    "repeats": ("consoles", "console_processors"),
    "ringing": ("contract_memory",),
    "response": ("console_processors", "console_reverb"),
    "reverb": ("reverb",),
    "sections": ("filter_gradients", "mastering_processors"),
    "spectrum": ("spectra",),
    "stereo": ("utility",),
    "streamed_dynamics": ("match", "mastering_dynamics"),
    "svf": ("filters", "filter_gradients"),
    "transform": ("consoles", "console_processors"),
    "true_peak": ("limiter", "match"),
    "warp": ("delays", "filters"),
    "weighting": ("mix_loss",),
    "zero_phase": ("console_processors", "consoles"),
}

GRAPH: Mapping[str, tuple[str, ...]] = {
    "": ("graph", "tokens"),
    "canonical": ("graph", "canonical"),
    "certainty": ("deciding",),
    "labelling": ("graph", "canonical"),
    "regions": ("graph", "canonical"),
    "serial": ("graph", "canonical"),
    "simplify": ("graph", "canonical"),
    "text": ("graph", "draw"),
}

AREAS: Mapping[str, Area] = {
    "features": Area(("features.py",), {"": ("features", "golden")}),
    "metrics": Area(("metrics/*.py",), {"": ("metrics",)}),
    "graph": Area(("graph/*.py",), GRAPH),
    "loss": Area(("search/loss*.py",), {"": ("mix_loss",)}),
    "dsp": Area(("dsp/*.py",), DSP),
}

EQUIVALENT: Mapping[tuple[str, str], str] = {
    (
        "features.py",
        "return torch.where(still, 0.0, products / energy.clamp_min(SILENT_POWER)).clamp(- 2, 1)",
    ): "no autocorrelation is below -1 (Cauchy and Schwarz)",
    ("metrics/bootstrap.py", "RESAMPLES = 2001"): "one resample more",
    (
        "search/loss.py",
        "for transform, share in zip(taken, shares_of, strict=False)",
    ): "shares are computed of the same transforms",
    (
        "search/loss.py",
        "taken = transforms(settings, sample_rate, scored.shape[1], audio.dtype)",
    ): "audio has two dimensions",
    (
        "dsp/modulated_delay_kernels.py",
        "_forward(x[r, c], delay[r], feedback[r, -1], mix[r, 0], line, y[r, c])",
    ): "feedback has one column",
    ("dsp/pitch.py", "self._came += x.shape[1]"): "audio has two dimensions",
    ("graph/labelling.py", "ranks = [ -1] * len(keys)"): "every entry is replaced",
    ("search/loss.py", "return grads[ -1][:, None, None] * gradients, None"): "there is one gradient",
}
"""Survivors (file, changed line) that no test can notice, and why."""
