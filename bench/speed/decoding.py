"""Where the time of an estimate goes, in a process that has loaded everything.

    python -m bench.speed.decoding [--runs 5] [--model FOLDER]

Windows of 3.63 s of the embedded voice behind chains of one to eight processors, greedily and with sixteen
beams. Goals on two cores: a second for the one graph, five for sixteen.
"""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ |= dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)  # before torch and numba are loaded

import torch
from torch import Tensor

from bench.shared.folders import RESULTS
from unpatch.audio import level_db
from unpatch.blind.grammar import Grammar
from unpatch.blind.models import Estimator, from_pretrained
from unpatch.blind.models.decoding import decode_prototypes, finished_graphs
from unpatch.blind.models.hypothesis import Decoding
from unpatch.blind.models.token_by_token import TokenByToken
from unpatch.demo import embedded_voice
from unpatch.features.pictures import features
from unpatch.graph.build import chain
from unpatch.processors import PROCESSORS
from unpatch.rendering import render
from unpatch.storage import markdown
from unpatch.tasks import shipped_folder

PAGE = RESULTS / "decoding.md"
KINDS = (
    "highpass2",
    "bell",
    "compressor",
    "distortion",
    "mono_delay",
    "stereo_reverb",
    "panning",
    "bitcrush",
)
GOALS_S = {1: 1.0, 16: 5.0}
STAGES = ("features", "encoder", "decoder", "grammar and search", "numbers")


class Clock:
    """Seconds of processor time by stage."""

    def __init__(self) -> None:
        self.spent = dict.fromkeys(STAGES, 0.0)

    def timed(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            begun = time.process_time()
            try:
                return work(*arguments)
            finally:
                self.spent[stage] += time.process_time() - begun

        return run


def recordings(frames: int) -> list[Tensor]:
    voice, rate = embedded_voice()
    dry = voice[:, rate : rate + frames]
    return [render(chain(PROCESSORS, *KINDS[:count]), dry, rate) for count in range(1, len(KINDS) + 1)]


def measured(model: TokenByToken, wet: Tensor, beams: int) -> dict[str, float]:
    """Seconds of each stage for one recording ``[2, T]``."""
    clock, limits = Clock(), model.settings.decoder
    grammar = Grammar(model.vocabulary, PROCESSORS, limits.max_processors, limits.max_edges)
    step, model.step = model.step, clock.timed("decoder", model.step)  # type: ignore[method-assign]
    try:
        with torch.inference_mode():
            picture = clock.timed("features", features)(wet[None], model.settings.features)
            latents = clock.timed("encoder", model.encode)(picture)[None]
            search = clock.timed("grammar and search", decode_prototypes)
            found = search(model, latents, grammar, Decoding(beams=beams))[0]
            rows = latents.expand(len(found), -1, -1, -1)
            numbers = clock.timed("numbers", finished_graphs)
            numbers(model, found, rows, PROCESSORS, [level_db(wet)] * len(found))
    finally:
        model.step = step  # type: ignore[method-assign]
    clock.spent["grammar and search"] -= clock.spent["decoder"]
    return clock.spent


def row(model: TokenByToken, clips: list[Tensor], beams: int, runs: int) -> list[object]:
    """A row of the table: medians over runs, means over recordings."""
    found = [[measured(model, wet, beams) for _ in range(runs)] for wet in clips]
    means = {
        stage: statistics.fmean(statistics.median(one[stage] for one in each) for each in found)
        for stage in STAGES
    }
    totals = [statistics.median(sum(one.values()) for one in each) for each in found]
    cells = [f"{means[stage] * 1000:.0f}" for stage in STAGES]
    return [beams, f"{statistics.fmean(totals):.2f}", f"{max(totals):.2f}", f"{GOALS_S[beams]:g}", *cells]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--model", type=Path, help="folder of a model in place of the shipped one")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model: Estimator = from_pretrained(arguments.model or shipped_folder("singing"), PROCESSORS)
    if not isinstance(model, TokenByToken):
        raise SystemExit("only models that decode token by token are measured")
    clips = recordings(model.settings.features.frames)
    measured(model, clips[0], 1)
    size = sum(weight.numel() for weight in model.parameters()) / 1e6
    about = (
        f"{len(clips)} recordings of 3.63 s, medians of {arguments.runs}; {size:.1f} M weights; "
        f"one thread; torch {torch.__version__}, Python {platform.python_version()}, "
    )
    rows = [row(model, clips, beams, arguments.runs) for beams in GOALS_S]
    head = ("beams", "mean, s", "slowest, s", "goal, s", *(f"{stage}, ms" for stage in STAGES))
    load = f"load {os.getloadavg()[0]:.1f} when it ended."
    text = markdown.page("An estimate, stage by stage", about + load, markdown.table(head, rows))
    print(text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
