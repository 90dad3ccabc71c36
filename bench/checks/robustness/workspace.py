"""A folder of inputs that are right, for commands of which one word is wrong."""

import json
import shutil
from pathlib import Path

import soundfile

from bench.checks.robustness import seeds
from bench.checks.robustness.runner import Case, run
from bench.checks.robustness.seeds import RATE_HZ, tone
from unpatch.graph.build import chain
from unpatch.processors import PROCESSORS

OUT = "out"


def make(folder: Path) -> None:
    """Fill a new folder; what takes the program itself to make is made by its commands."""
    folder.mkdir(parents=True)
    for name, seconds in (("song", 5.0), ("reference", 6.0), ("dry", 1.0), ("wet", 1.0)):
        soundfile.write(folder / f"{name}.wav", tone(seconds, 2), RATE_HZ)
    for part, names in (("stems", ("kick", "bass", "vox")), ("songs", ("a", "b")), ("kit", ("kick",))):
        (folder / part).mkdir()
        for number, name in enumerate(names):
            soundfile.write(folder / part / f"{name}.wav", tone(6.0, 1)[number * 100 :], RATE_HZ)
    soundfile.write(folder / "mix.wav", 2 * tone(6.0, 2), RATE_HZ)
    (folder / "empty").mkdir()
    (folder / "graph.json").write_text(chain(PROCESSORS, "bell", "mono_delay").to_json())
    (folder / "preset.json").write_bytes(seeds.master())
    (folder / "groups.yaml").write_text("low: [kick, bass]\nhigh: vox\n")
    (folder / "text.txt").write_text("hello")
    (folder / "broken.json").write_text("{")
    (folder / "broken").mkdir()
    for name in ("config.json", "model.safetensors", "a.tar", "train.json", "train.npy"):
        (folder / "broken" / name).write_bytes(b"broken")
    seeds.model(folder / "model")
    _graphs(folder / "graphs")
    words = (
        "synth singing --sources songs --count 2 --shard-size 2 --preset singing_debug_proposed --audio dry"
    )
    ended = run(Case("a data set", (*words.split(), "-o", "shards")), folder)
    if ended.verdict != "worked":
        raise RuntimeError(f"the data set for the cases could not be made: {ended.errors}")
    for name in ("dry.wav", "graph.json"):
        shutil.copy(folder / name, folder / f"bad\udcff {name}")
        (folder / f"link to {name}").symlink_to(name)


def _graphs(folder: Path) -> None:
    """Graph files of all sorts."""
    folder.mkdir()
    plain = chain(PROCESSORS, "bell").to_dict()
    texts = {
        "empty": "", "brace": "{", "list": "[]", "null": "null", "deep": "[" * 100_000, "NaN": "[NaN]",
        "digits": "1" * 10_000, "surrogate": '"\\ud800"', "twice": '{"schema": 1, "schema": 2}',
        "fields": '{"a\\u001b[31m": 1, "schema": "unpatch.graph", "schema_version": 1}',
    }  # fmt: skip
    for name, text in texts.items():
        (folder / f"{name}.json").write_text(text)
    named = [
        {**node, "name": "\x1b[2J\u202e<&\n"} if node["kind"] == "bell" else node for node in plain["nodes"]
    ]
    nodes = [{"kind": "bell"}] * 20_000
    more = {
        "names": {**plain, "nodes": named}, "no nodes": {**plain, "nodes": [], "edges": []},
        "huge": {**plain, "nodes": nodes}, "future": {**plain, "schema_version": 2},
        "huge number": {**plain, "edges": [{"source": 10**400, "target": 0}]},
        "long chain": _long(500), "nested": _nested(300),
    }  # fmt: skip
    for name, data in more.items():
        (folder / f"{name}.json").write_text(json.dumps(data))
    (folder / "latin.json").write_bytes('{"schema": "ä"}'.encode("latin-1"))
    (folder / "wide.json").write_bytes(json.dumps(plain).encode("utf-16"))
    (folder / "bytes.json").write_bytes(bytes(range(256)))


def _long(count: int) -> dict[str, object]:
    return chain(PROCESSORS, *["bell"] * count).to_dict()


def _nested(depth: int) -> dict[str, object]:
    """Crossovers within the low bands of crossovers."""
    nodes, edges = [{"kind": "in"}], list[dict[str, object]]()
    last, outlet = 0, "out"
    for _ in range(depth):
        nodes.append({"kind": "crossover"})
        edges.append({"source": last, "outlet": outlet, "target": len(nodes) - 1})
        last, outlet = len(nodes) - 1, "low"
    for split in range(depth, 0, -1):
        nodes.append({"kind": "mix"})
        edges.append({"source": last, "outlet": outlet, "target": len(nodes) - 1})
        edges.append({"source": split, "outlet": "high", "target": len(nodes) - 1})
        last, outlet = len(nodes) - 1, "out"
    nodes.append({"kind": "out"})
    edges.append({"source": last, "target": len(nodes) - 1})
    return {"schema": "unpatch.graph", "schema_version": 1, "nodes": nodes, "edges": edges}
