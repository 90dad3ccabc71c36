"""Every numeric option of every command, and the functions behind them, refuse what is out of range."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from cyclopts import App, CycloptsError
from cyclopts.argument import Argument

from tests.test_outputs import commands
from unpatch import ranges
from unpatch.blind.models.hypothesis import Decoding
from unpatch.blind.presets import TrainSettings
from unpatch.blind.study.cells import measure
from unpatch.cli import BAD_INPUT, main
from unpatch.cli.app import app
from unpatch.graph.build import chain
from unpatch.mastering.clips import prepare
from unpatch.mastering.matching.matching import Amounts, Targets
from unpatch.mixing.settings import FitSettings, PruneSettings, SearchSettings
from unpatch.pages.gallery import collect
from unpatch.processors import PROCESSORS
from unpatch.ranges import Range
from unpatch.refining import fit
from unpatch.refining.applying import apply
from unpatch.synth.produce import Dataset, write_shards

TRIED = ("nan", "inf", "-inf", "-1", "1e300", "-1e300", "1" + "0" * 30, "1" * 5_000, "0x", "")

REQUIRED: dict[str, str] = {
    "data prepare": "mastering",
    "synth": "singing --sources .",
    "train": "singing_debug_ours --data .",
    "evaluate": "--data .",
    "gallery": "--data .",
    "estimate": "a.wav",
    "fit": "a.json --dry a.wav --wet b.wav",
    "search": ".",
    "match": "a.wav b.wav",
    "studio": "",
}
"""Words that a command with numeric options needs besides."""


def numeric(command: App) -> list[Argument]:
    """Options that are numbers, be it one of a few."""
    return [
        argument
        for argument in command.assemble_argument_collection(parse_docstring=False)
        if any(word in str(argument.hint) for word in ("int", "float", "[16"))
    ]


OPTIONS = [
    (name, argument, value)
    for name, command in commands()
    for argument in numeric(command)
    for value in TRIED
]


@pytest.mark.parametrize(
    ("command", "argument", "value"),
    OPTIONS,
    ids=[f"{command} {argument.name} {value:.12}" for command, argument, value in OPTIONS],
)
def test_numbers_out_of_range_are_refused(
    command: str, argument: Argument, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*command.split(), *REQUIRED[command].split(), f"{argument.name}={value}"]
    try:
        _, bound, _ = app.parse_args(words, exit_on_error=False, print_error=False)
    except CycloptsError:
        with pytest.raises(SystemExit) as ended:
            main(words)
        said = capsys.readouterr()
        assert (ended.value.code, said.out) == (BAD_INPUT, "")
        assert said.err.startswith("unpatch: ")
        assert said.err.count("\n") == 1
        assert argument.name in said.err
    else:
        (validator,) = argument.parameter.validator  # type: ignore[misc]
        assert isinstance(validator, Range)
        assert float(value) in validator
        assert bound.arguments


def test_every_number_has_a_declared_range() -> None:
    for name, command in commands():
        for argument in numeric(command):
            if "Literal" not in str(argument.hint):
                assert [type(v) for v in argument.parameter.validator] == [Range], f"{name} {argument.name}"  # type: ignore[union-attr]


NAN, INF = float("nan"), float("inf")
NOISE = torch.randn(2, 8_000)
GRAPH = chain(PROCESSORS, "bell")

CALLS: dict[str, tuple[Range, Callable[[Any], object]]] = {
    "beams": (ranges.BEAMS, lambda x: Decoding(beams=x)),
    "temperature": (ranges.TEMPERATURE, lambda x: Decoding(temperature=x)),
    "seed": (ranges.SEED, lambda x: Decoding(seed=x)),
    "amount": (ranges.SHARE, lambda x: apply(GRAPH, NOISE, 16_000, amount=x)),
    "cpu_seconds": (ranges.SECONDS, lambda x: fit(GRAPH, NOISE, NOISE, 16_000, cpu_seconds=x)),
    "renders": (ranges.COUNT, lambda x: fit(GRAPH, NOISE, NOISE, 16_000, renders=x)),
    "amount of eq": (ranges.SHARE, lambda x: Amounts(eq=x)),
    "amount of loudness": (ranges.SHARE, lambda x: Amounts(loudness=x)),
    "lufs": (ranges.LUFS, lambda x: Targets(lufs=x)),
    "true_peak_db": (ranges.TRUE_PEAK_DB, lambda x: Targets(true_peak_db=x)),
    "tolerance": (ranges.TOLERANCE, lambda x: PruneSettings(tolerance=x)),
    "rounds": (ranges.ROUNDS, lambda x: PruneSettings(rounds=x)),
    "steps": (ranges.COUNT_OR_NONE, lambda x: FitSettings(steps=x)),
    "steps, training": (ranges.COUNT, lambda x: TrainSettings(steps=x)),
    "seed, search": (ranges.SEED, lambda x: SearchSettings(seed=x)),
    "seed, data": (ranges.SEED, lambda x: Dataset(".", seed=x)),
    "shard_size": (ranges.SHARD_SIZE, lambda x: Dataset(".", shard_size=x)),
    "count": (ranges.COUNT_OR_NONE, lambda x: write_shards(".", Dataset("."), x)),
    "workers": (ranges.WORKERS, lambda x: write_shards(".", Dataset("."), 1, workers=x)),
    "per_track": (ranges.COUNT, lambda x: prepare([], Path(), per_track=x)),
    "limit": (ranges.COUNT, lambda x: measure([], limit=x)),
    "count, gallery": (ranges.COUNT, lambda x: collect(Path(), Path(), count=x)),
}


@pytest.mark.parametrize("name", CALLS)
def test_functions_refuse_what_is_out_of_range(name: str) -> None:
    allowed, call = CALLS[name]
    argument = name.split(", ", maxsplit=1)[0]
    below = allowed.low if allowed.open_below else allowed.low - 1
    for value in (NAN, INF, -INF, below, 2 * allowed.high + 100, 10**400):
        with pytest.raises(ValueError, match=rf"^{argument} is .*; allowed are {allowed}$"):
            call(value)


def test_bounds_are_included_or_not_as_declared() -> None:
    assert all(value in ranges.SHARE for value in (0, 0.5, 1, 1.0))
    assert 0 not in ranges.SECONDS
    assert 0 in ranges.SECONDS_OR_NONE
    assert str(ranges.SECONDS) == "above 0, at most 86,400 s"
    assert str(ranges.LUFS) == "-70 to 0 LUFS"
    ranges.LUFS.check("lufs", None)
