"""Command lines with one thing wrong: every option of every command, odd files, odd places for results."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from cyclopts import App

from bench.checks.robustness.runner import Case
from bench.checks.robustness.workspace import OUT
from unpatch.cli.app import app

Words = tuple[str, ...]

RIGHT: Mapping[Words, Words] = {
    ("list",): (),
    ("show",): ("graph.json",),
    ("draw",): ("graph.json", "-o", f"{OUT}/a.svg"),
    ("export",): ("graph.json", "dry.wav", "-o", f"{OUT}/a.dsp"),
    ("render",): ("graph.json", "dry.wav", "-o", f"{OUT}/a.wav"),
    ("data", "list"): (),
    ("data", "fetch"): ("drums", "--cache", f"{OUT}/cache"),
    ("data", "prepare"): ("mastering", "--root", "songs", "-o", f"{OUT}/clips"),
    ("synth",): ("singing", "--sources", "songs", "--count", "1", "--shard-size", "1", "-o", f"{OUT}/data"),
    ("train",): ("singing_debug_proposed", "--data", "shards", "--steps", "1", "-o", f"{OUT}/run"),
    ("evaluate",): ("model", "--data", "shards", "--limit", "1"),
    ("gallery",): ("model", "--data", "shards", "--count", "1", "-o", f"{OUT}/gallery"),
    ("estimate",): ("wet.wav", "--model", "model", "-o", f"{OUT}/estimate"),
    ("fit",): ("graph.json", "--dry", "dry.wav", "--wet", "wet.wav", "--renders", "2", "-o", f"{OUT}/fit"),
    ("search",): ("stems", "mix.wav", "--preset", "debug", "--steps", "1", "--rounds", "0", "-o",
    f"{OUT}/search"),
    ("match",): ("song.wav", "reference.wav", "-o", f"{OUT}/a.wav"),
    ("demo",): ("--model", "model", "-o", f"{OUT}/demo"),
    ("mcp",): ("--root", "songs"),
    ("studio",): ("--no-browser", "--host", "192.0.2.1", "-o", f"{OUT}/studio"),
}  # fmt: skip
"""Of each command words that are right, and little work. The studio, which would serve until it is stopped,
misses its token."""

NUMBERS = ("x", "", "nan", "inf", "-1")
PATHS = ("gone/none", "song.wav/inside", "bad\udcff.x", "broken", "/proc/self/mem")
TEXTS = ("x", "", "\x1b[31m\u202e")
PLACES = ("song.wav/inside/a", "/proc/none/a", "/dev/full", "", "x" * 256)
"""Where no results can go, or only in odd ways."""
ENDINGS = {"draw": ".svg", "export": ".dsp", "render": ".wav", "match": ".wav"}
GRAPH_COMMANDS = (
    ("show", "{}"), ("show", "{}", "--json"), ("draw", "{}", "-o", f"{OUT}/a.svg"),
    ("render", "{}", "dry.wav", "-o", f"{OUT}/a.wav"), ("export", "{}", "-o", f"{OUT}/a.dsp"),
)  # fmt: skip


def cases(zoo: Path) -> list[Case]:
    """All command lines; ``zoo`` is the folder of audio files."""
    return [
        *_wrong_options(),
        *_wrong_words(),
        *_odd_places(),
        *_onto_inputs(),
        *_odd_graphs(),
        *_odd_audio(zoo),
    ]


def decided_by_words(case: Case) -> bool:
    """Whether a command should end before any work: by a word that cannot be, or by a broken graph."""
    last = case.words[-1] if case.words else ""
    if last == "--help" or case.name.endswith(("unknown option", "too many", "without words")):
        return True
    if case.name.endswith("of a graph"):
        return case.words[0] not in ("render", "export")
    return last.endswith(tuple(f"={value}" for value in (*NUMBERS, *PATHS)))


def commands(node: App = app, path: Words = ()) -> Iterator[tuple[Words, App]]:
    """Every command that does something, with its name."""
    names = [name for name in node if not name.startswith("-")]
    if not names:
        yield path, node
    for name in names:
        yield from commands(node[name], (*path, name))


def _wrong_options() -> Iterator[Case]:
    """Every option of every command with values that cannot be."""
    for path, command in commands():
        for argument in command.assemble_argument_collection():
            name = argument.names[0]
            for value in _wrong_values(argument.hint):
                words = _with_value(path, name, value)
                yield Case(f"{' '.join(path)} {name}", words)
            if name.startswith("--"):
                yield Case(f"{' '.join(path)} {name} without a value", (*path, *RIGHT[path], name))


def _wrong_values(hint: Any) -> tuple[str, ...]:
    """By the type that is expected."""
    inner = [part for part in get_args(hint) if part is not type(None)]
    if get_origin(hint) is Literal or hint is bool:
        return ("x", "")
    if inner and get_origin(hint) is not Literal:
        return _wrong_values(inner[0])
    if hint in (int, float):
        return NUMBERS
    return PATHS if hint is Path else TEXTS


def _with_value(path: Words, name: str, value: str) -> Words:
    """A command's right words with one of them wrong."""
    right = RIGHT[path]
    if not name.startswith("--"):
        return (*path, value, *right[1:])
    given = [
        place
        for place, word in enumerate(right)
        if word == name or (name in ("--output", "--out") and word == "-o")
    ]
    if given:
        return (*path, *right[: given[0]], f"{name}={value}", *right[given[0] + 2 :])
    return (*path, *right, f"{name}={value}")


def _wrong_words() -> Iterator[Case]:
    yield Case("nothing", ())
    for path, right in RIGHT.items():
        name = " ".join(path)
        yield Case(f"{name} as it should be", (*path, *right))
        yield Case(f"{name} --help", (*path, "--help"))
        yield Case(f"{name} without words", path)
        yield Case(f"{name} with an unknown option", (*path, *right, "--colour", "red"))
        yield Case(f"{name} with a word too many", (*path, *right, "\x1b[31m", "gone"))
        yield Case(f"{name} with an option twice", (*path, *right, *right[-2:]))
    yield Case("an unknown command", ("\x1b[31mpaint", "x"))
    yield Case("two dashes", ("--",))


def _odd_places() -> Iterator[Case]:
    """Results where they cannot be written."""
    for path, right in RIGHT.items():
        if "-o" in right:
            for place in PLACES:
                for ending in {"", ENDINGS.get(path[0], "")}:
                    where = right.index("-o") + 1
                    words = (*path, *right[:where], place + ending, *right[where + 1 :])
                    yield Case(f"{' '.join(path)} to an odd place", words)
    yield Case("A/B files inside a file", ("match", *RIGHT["match",], "--ab", "song.wav/ab"))
    yield Case("a report inside a file", ("match", *RIGHT["match",], "--report", "song.wav/a.html"))
    yield Case("a preset inside a file", ("match", *RIGHT["match",], "--save-preset", "song.wav/a.json"))


def _onto_inputs() -> Iterator[Case]:
    """Results that would take the place of what is read."""
    lines = (
        "draw graph.json -o graph.json", "render graph.json dry.wav -o dry.wav",
        "render graph.json dry.wav -o ./dry.wav",
        "match song.wav reference.wav -o song.wav", "match song.wav reference.wav -o reference.wav",
        "match songs reference.wav -o songs", "match song.wav songs -o songs/a.wav",
        "match songs stems -o songs/",
        "match song.wav reference.wav -o out/a.wav --ab .",
        "match song.wav --preset preset.json -o out/a.wav "
        "--save-preset preset.json", "search stems mix.wav --preset debug --steps 1 --rounds 0 -o stems",
        "search stems mix.wav --preset debug --steps 1 --rounds 0 -o .",
        "estimate wet.wav --model model -o .",
        "estimate wet.wav --model model -o model",
        "fit graph.json --dry dry.wav --wet wet.wav --renders 2 -o .",
        "gallery model --data shards --count 1 -o shards", "synth singing --sources songs --count 1 -o songs",
        "train singing_debug_proposed --data shards --steps 1 -o shards",
        "data prepare mastering --root songs -o songs",
        "evaluate model --data shards --limit 1 --cache shards", "demo --model model -o model",
        "estimate wet.wav dry.wav --model model -o .",
    )  # fmt: skip
    yield from (Case("onto an input", tuple(line.split())) for line in lines)
    link = "link to dry.wav"
    yield Case("onto an input by a link", ("render", "graph.json", "dry.wav", "-o", link))
    yield Case("onto a link's input", ("render", "graph.json", link, "-o", "dry.wav"))


def _odd_graphs() -> Iterator[Case]:
    names = [f"graphs/{name}.json" for name in GRAPHS]
    for name in (
        *names,
        "bad\udcff graph.json",
        "link to graph.json",
        "empty",
        "model",
        "dry.wav",
        "/dev/null",
    ):
        for words in GRAPH_COMMANDS:
            yield Case(f"{words[0]} of a graph", tuple(word.format(name) for word in words))


GRAPHS = (
    "empty", "brace", "list", "null", "deep", "NaN", "digits", "surrogate", "twice", "fields", "names",
    "no nodes",
    "huge", "future", "huge number", "long chain", "nested", "latin", "wide", "bytes",
)  # fmt: skip


def _odd_audio(zoo: Path) -> Iterator[Case]:
    """Every file of the zoo played; those with odd contents also estimated and matched."""
    for path in sorted(zoo.iterdir()):
        name = str(path)
        yield Case("render of odd audio", ("render", "graph.json", name, "-o", f"{OUT}/a.wav"))
        if path.name.startswith("holds"):
            yield Case("match of odd audio", ("match", name, "reference.wav", "-o", f"{OUT}/a.wav"))
            yield Case("match to odd audio", ("match", "song.wav", name, "-o", f"{OUT}/a.wav"))
            yield Case("estimate of odd audio", ("estimate", name, "--model", "model", "-o", f"{OUT}/a"))
    right = RIGHT["search",]
    yield Case("stems that are odd audio", ("search", str(zoo), *right[1:]))
    yield Case("songs that are odd audio", ("match", str(zoo), "reference.wav", "-o", f"{OUT}/songs"))
    yield Case(
        "singers that are odd audio",
        ("synth", "singing", "--sources", str(zoo), "--count", "1", "-o", f"{OUT}/d"),
    )
    yield Case(
        "clips of odd audio", ("data", "prepare", "mastering", "--root", str(zoo), "-o", f"{OUT}/clips")
    )
