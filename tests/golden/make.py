"""What shipped models and features make of a fixed sound, as small JSON files beside this script.

    python -m tests.golden.make            writes the files of models and features that are new or changed
    python -m tests.golden.make NAME       only that of one

A file of features is replaced only if their version is another: raise ``VERSION`` of ``unpatch.features`` or
``FEATURES`` of ``unpatch.mastering.presets`` first, and train the shipped models anew.

Numbers are compared with the tolerance that each file states. It is far above what processors, BLAS libraries
and orders of summation change (about 1e-5), and far below what a change of the code does.
"""

import json
import math
import sys
from collections.abc import Callable, Mapping
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias, get_args

import numpy as np
import torch
from torch import Tensor

from unpatch.blind.corpus import Corpus, item
from unpatch.blind.grammar import Grammar
from unpatch.blind.models import Estimator, from_pretrained
from unpatch.blind.models.deciding import Deciding
from unpatch.blind.models.decoding import decode_prototypes, finished_graphs
from unpatch.blind.models.teacher_forcing import IGNORED
from unpatch.demo import EVERYDAY as EVERYDAY_CHAIN
from unpatch.demo import processed_voice
from unpatch.estimation import estimate
from unpatch.features.echoes import EchoSignal
from unpatch.features.pictures import CHANNELS, VERSION, FeatureSettings, dry_pictures, echoes, features
from unpatch.graph.build import chain
from unpatch.mastering.cqt import Cqt, CqtSettings
from unpatch.mastering.levels import Levels, LevelSettings
from unpatch.mastering.model import load_model
from unpatch.mastering.presets import FEATURES
from unpatch.mastering.proxy import KNOBS
from unpatch.mastering.proxy_weights import load_proxy
from unpatch.processors import EVERYDAY, KINDS
from unpatch.storage.files import write_aside

HERE = Path(__file__).parent
WEIGHTS = Path(str(files("unpatch") / "assets" / "weights"))
RATE = 44_100
DIGITS = 5
SIGNALS: tuple[EchoSignal, ...] = get_args(EchoSignal)
Golden: TypeAlias = dict[str, Any]

STEPS: Mapping[str, tuple[str, ...]] = {
    "singing": ("bell", "compressor", "mono_delay"),
    "drums": ("highpass2", "distortion", "mono_reverb"),
}
SOURCES: Mapping[str, str] = {"singing": "in", "drums": "kick"}


def sound(frames: int) -> Tensor:
    """Stereo ``[2, frames]`` of a formula and of numbers whose sequence NumPy guarantees.

    A tone with vibrato and overtones that swings by 40 dB between left and right, and decaying noise, which
    the right channel repeats a quarter of a second later.
    """
    time = np.arange(frames) / RATE
    phase = 2 * np.pi * 220 * time + 3 * np.sin(2 * np.pi * 5 * time)
    tone = sum(np.sin(k * phase) / k for k in range(1, 9)) * np.exp(-0.5 * time)
    swing_db = 20 * np.sin(2 * np.pi * 0.7 * time)
    noise = np.random.RandomState(0).uniform(-1, 1, frames) * np.exp(-12 * (time % 0.5))
    late = np.roll(noise, RATE // 4)
    left = 0.2 * tone * 10 ** (swing_db / 40) + 0.3 * noise
    right = 0.2 * tone * 10 ** (-swing_db / 40) + 0.2 * late
    return torch.from_numpy(np.stack([left, right])).float()


def summary(values: Tensor) -> list[float]:
    """Mean, deviation and nine values at equal distances of all of them."""
    flat = values.double().flatten()
    places = torch.linspace(0, len(flat) - 1, 11, dtype=torch.float64)[1:-1].long()
    return rounded([float(flat.mean()), float(flat.std()), *flat[places].tolist()])


def rounded(values: Any) -> list[float]:
    return [round(float(value), DIGITS) for value in values]


def of_features() -> Golden:
    """Of pictures and cepstra."""
    settings = FeatureSettings(frames=RATE, fft=2048, hop=1024, bands=32, channels=CHANNELS, echoes=SIGNALS)
    pictures = features(sound(RATE), settings)
    dry = dry_pictures(sound(RATE), ("b", "a"), ("a", "b", "c"), settings)
    repeats = echoes(sound(RATE), settings)
    return {
        "version": VERSION,
        "tolerance": 1e-3,
        "pictures": {name: summary(picture) for name, picture in zip(CHANNELS, pictures, strict=True)},
        "dry": {name: summary(picture) for name, picture in zip("abc", dry, strict=True)},
        "echoes": {name: summary(part) for name, part in zip(SIGNALS, repeats, strict=True)},
    }


def of_mastering_features() -> Golden:
    """Of statistics and pictures of levels, and of the constant-Q transform."""
    audio = sound(RATE)
    statistics, picture = Levels(LevelSettings())(audio)
    cqt = Cqt(CqtSettings(), RATE)(audio)
    return {
        "version": FEATURES,
        "tolerance": 1e-3,
        "statistics": [summary(part) for part in statistics.tensor_split(8, dim=1)],
        "picture": summary(picture),
        "cqt": summary(cqt),
    }


def of_blind(name: str) -> Golden:
    """Of a blind estimator: its answers while a true graph is given, and the graph that it decodes."""
    model = from_pretrained(WEIGHTS / name, EVERYDAY)
    settings = model.settings.features
    audio = sound(settings.frames)
    picture, cepstra = features(audio, settings), echoes(audio, settings)
    with torch.inference_mode():
        return {
            "tolerance": 2e-3,
            "picture": summary(picture),
            **_teacher_forced(model, picture, cepstra),
            **decoded(model, picture, cepstra),
        }


def _teacher_forced(model: Estimator, picture: Tensor, cepstra: Tensor) -> Golden:
    """Log probabilities of the tokens of a graph, each given those before it, and the numbers."""
    task = model.settings.task
    graph = chain(EVERYDAY, *STEPS[task], source=SOURCES[task])
    batch = Corpus((item(picture, graph, model.vocabulary, EVERYDAY, echoes=cepstra),)).batch([0])
    outputs = model(batch)
    found = {}
    for name, choice in outputs.choices.items():
        asked = choice.truth != IGNORED
        told = choice.scores.log_softmax(-1)[asked].gather(-1, choice.truth[asked][:, None])
        found[name] = rounded(told.flatten())
    return {"log_probabilities": found, "numbers": rounded(outputs.numbers[batch.slots >= 0])}


def decoded(model: Estimator, picture: Tensor, cepstra: Tensor) -> Golden:
    """The most probable graph, greedily: its log probability, its kinds, and its numbers in unit range."""
    limits = model.settings.decoder
    grammar = Grammar(model.vocabulary, EVERYDAY, limits.max_processors, limits.max_edges)
    latents = model.encode(picture[None], None, cepstra[None])[None]
    best = decode_prototypes(model, latents, grammar)[0][0]
    (graph,) = finished_graphs(model, [best], latents, EVERYDAY, [-20.0])
    units = [
        round(float(EVERYDAY[node.kind].parameters[name].to_unit(value)), DIGITS)
        for node in graph.nodes
        if node.is_processor
        for name, value in sorted(node.parameters.items())
    ]
    return {
        "log_probability": round(best.log_probability, DIGITS),
        "kinds": [node.kind for node in graph.nodes],
        "units": units,
    }


def of_voice(task: str) -> Golden:
    """Of a shipped model by the way of the product: the embedded voice with the demo's everyday chain.

    Kinds, the first three numbers in unit range, and the share of the first candidate.
    """
    _, wet, sample_rate = processed_voice(EVERYDAY_CHAIN)
    found = estimate(wet, sample_rate, task, deciding=Deciding(beams=2, draws=8)).candidates[0]
    numbers = [
        round(float(KINDS[node.kind].parameters[name].to_unit(value)), DIGITS)
        for node in found.graph.nodes
        if node.is_processor
        for name, value in sorted(node.parameters.items())
    ]
    return {
        "tolerance": 5e-3,
        "kinds": [node.kind for node in found.graph.nodes],
        "knobs": numbers[:3],
        "share": round(found.share, DIGITS),
    }


def of_mastering(name: str) -> Golden:
    """Of a mastering estimator: means of the knobs, quantiles, the curve and which effects are there."""
    model = load_model(WEIGHTS / name)
    with torch.inference_mode():
        told = model(sound(model.settings.encoder.samples))
    return {
        "tolerance": 2e-3,
        "units": rounded(told.units.flatten()),
        "low": rounded(told.quantile(0.05).flatten()),
        "high": rounded(told.quantile(0.95).flatten()),
        "present": rounded(told.present.sigmoid().flatten()),
        "curve_db": summary(told.curve_db / 10),
    }


def of_proxy() -> Golden:
    """Of the neural compressor: its gains at two settings."""
    audio = sound(RATE).mean(0, keepdim=True)
    gains = []
    for unit in (0.3, 0.6):
        knobs = {name: knob.from_unit(torch.tensor([unit])) for name, knob in KNOBS.items()}
        with torch.inference_mode():
            gains.append(summary(load_proxy().gains(audio[None], knobs, RATE)))
    return {"tolerance": 1e-3, "gains": gains}


GOLDEN: Mapping[str, Callable[[], Golden]] = {
    "features": of_features,
    "mastering_features": of_mastering_features,
    "singing_small_direct_long": partial(of_blind, "singing_small_direct_long"),
    "drums_small_ours": partial(of_blind, "drums_small_ours"),
    "mastering_small_chain_ours_mixed": partial(of_mastering, "mastering_small_chain_ours_mixed"),
    "compressor_proxy": of_proxy,
    **{f"voice_{task}": partial(of_voice, task) for task in ("singing", "drums", "mastering")},
}


def stored(name: str) -> Golden:
    found: Golden = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return found


def differences(found: Any, expected: Any, tolerance: float, place: str = "") -> list[str]:
    """What is not as stored, a line each."""
    if isinstance(expected, dict) and isinstance(found, dict) and set(found) == set(expected):
        parts = [(found[key], expected[key], f"{place}.{key}") for key in expected]
    elif isinstance(expected, list) and isinstance(found, list) and len(found) == len(expected):
        parts = [
            (own, value, f"{place}[{i}]") for i, (own, value) in enumerate(zip(found, expected, strict=True))
        ]
    elif isinstance(expected, float) and isinstance(found, float):
        same = math.isclose(found, expected, rel_tol=tolerance, abs_tol=tolerance)
        return [] if same else [f"{place.removeprefix('.')} is {found}, stored is {expected}"]
    else:
        return [] if found == expected else [f"{place.removeprefix('.')} is {found}, stored is {expected}"]
    return [line for own, value, name in parts for line in differences(own, value, tolerance, name)]


def main(names: list[str]) -> None:
    for name in names or GOLDEN:
        found, path = GOLDEN[name](), HERE / f"{name}.json"
        if path.exists():
            before = stored(name)
            changed = differences(found, before, before["tolerance"])
            if not changed:
                continue
            if "version" in found and found["version"] == before["version"]:
                sys.exit(f"{name}: changed, but still of version {found['version']}: {changed[0]}")
        write_aside(path, (json.dumps(found, indent=1) + "\n").encode())
        print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
