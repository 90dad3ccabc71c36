"""The server for agents, over standard input and output, with the client of the official SDK."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import anyio
import pytest
import soundfile
import torch
from mcp import StdioServerParameters
from mcp.client import Client
from mcp.client.stdio import stdio_client

from tests.small_stems import noise
from unpatch.demo import EVERYDAY, processed_voice
from unpatch.exports import FORMATS
from unpatch.graph.build import chain
from unpatch.graph.data import Graph
from unpatch.jobs.agents.workspace import Workspace
from unpatch.processors import EVERYDAY as EVERYDAY_KINDS
from unpatch.processors import KINDS

PATIENCE_S = 240
RATE = 22_050
PROGRAM = "from unpatch.cli import main; main()"

Talk: TypeAlias = Callable[[Client], Awaitable[None]]


@asynccontextmanager
async def connected(root: Path) -> AsyncIterator[Client]:
    """A client of a server in its own process."""
    kept = ("PYTHONPATH", "PATH", "HOME", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "MKL_NUM_THREADS")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    command = StdioServerParameters(
        command=sys.executable, args=["-c", PROGRAM, "mcp", "--root", str(root)], env=environment
    )
    async with Client(stdio_client(command), read_timeout_seconds=PATIENCE_S) as client:
        yield client


def talk(root: Path, conversation: Talk) -> None:
    async def whole() -> None:
        async with connected(root) as client:
            await conversation(client)

    asyncio.run(whole())


async def done(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    """The result of a call that succeeds."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    content: dict[str, Any] = result.structured_content
    return content


async def refused(client: Client, tool: str, **arguments: object) -> str:
    """The line of a call that is refused."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    (content,) = result.content
    assert content.type == "text"
    return content.text


def write(path: Path, audio: torch.Tensor, rate: int = RATE) -> None:
    soundfile.write(path, audio.T.numpy(), rate, subtype="FLOAT")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with the embedded voice, dry and processed, and a graph."""
    folder = tmp_path / "session"
    folder.mkdir()
    dry, wet, rate = processed_voice(EVERYDAY)
    write(folder / "dry.wav", dry, rate)
    write(folder / "wet.wav", wet, rate)
    (folder / "graph.json").write_text(chain(KINDS, "lowpass2", "compressor").to_json())
    return folder


def test_the_tools_declare_themselves(root: Path) -> None:
    async def conversation(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert {*tools} == {
            *("list_processors", "list_formats", "show_graph"),
            *("estimate", "search", "match", "render", "export", "compare"),
        }
        for tool in tools.values():
            assert tool.description
            for name, field in tool.input_schema["properties"].items():
                assert field.get("description") or name == "bits", f"{tool.name} {name}"
        assert tools["match"].input_schema["properties"]["eq"]["maximum"] == 1
        assert str(root) in (client.instructions or "")

    talk(root, conversation)


def test_processors_and_formats_are_listed(root: Path) -> None:
    async def conversation(client: Client) -> None:
        assert (await done(client, "list_processors")).keys() == EVERYDAY_KINDS.keys()
        bell = (await done(client, "list_processors", kinds=["bell"]))["bell"]
        assert {knob["name"] for knob in bell["parameters"]} == {*KINDS["bell"].parameters}
        assert "did you mean" in await refused(client, "list_processors", kinds=["compresor"])
        assert (await done(client, "list_formats")).keys() == FORMATS.keys()

    talk(root, conversation)


def test_a_recording_is_estimated_rendered_compared_and_exported(root: Path) -> None:
    async def conversation(client: Client) -> None:
        stages: list[tuple[float, str | None]] = []

        async def progressed(progress: float, total: float | None, message: str | None) -> None:
            stages.append((progress, message))

        arguments = {"audio": "wet.wav", "dry": {"in": "dry.wav"}, "cpu_seconds": 0.5, "output": "found"}
        result = await client.call_tool("estimate", arguments, progress_callback=progressed)
        found = result.structured_content
        assert not result.is_error and found is not None, result.content
        assert found["tree"] and found["distance"]["multi_scale"] >= 0
        values = [value for value, _ in stages]
        assert values == sorted(set(values)), "progress must rise"
        assert any("refining" in (message or "") for _, message in stages)

        graph = found["files"]["graph"]
        assert Path(graph) == root / "found/graph.json"
        assert (await done(client, "show_graph", graph=graph))["tree"] == found["tree"]
        await done(client, "render", graph=graph, dry=["dry.wav"], output="again.wav")
        apart = await done(client, "compare", reference="found/rerender.wav", other="again.wav")
        assert apart["distance"]["multi_scale"] < 0.05
        same = await done(client, "compare", reference="dry.wav", other="dry.wav")
        assert same["residual_db"] is None and same["distance"]["multi_scale"] == 0
        report = await done(client, "export", graph="graph.json", output="patch.dsp", dry=["dry.wav"])
        assert report["format"] == FORMATS[".dsp"].title and "process" in (root / "patch.dsp").read_text()

    talk(root, conversation)


def test_a_song_is_matched(root: Path) -> None:
    for seed in range(2):
        write(root / f"song {seed}.wav", noise(seed, 6.0, rate=RATE))

    async def conversation(client: Client) -> None:
        given = {"target": "song 0.wav", "references": ["song 1.wav"], "output": "master.wav", "eq": 0.5}
        made = await done(client, "match", **given, save_preset="preset.json")
        assert made["output"] == str(root / "master.wav") and made["levels"]["after"]["lufs"] < 0
        assert (root / "preset.json").exists()
        assert "input" in await refused(client, "match", **{**given, "output": "song 1.wav"})
        assert "eq" in await refused(client, "match", **{**given, "eq": 2})

    talk(root, conversation)


def test_a_cancelled_search_stops_and_is_repeated(root: Path) -> None:
    stems = [noise(seed, 3.0, rate=RATE) for seed in range(2)]
    (root / "stems").mkdir()
    for place, stem in enumerate(stems):
        write(root / "stems" / f"stem {place}.wav", stem)
    write(root / "mix.wav", 0.7 * stems[0] + 0.4 * stems[1])
    given = {"stems": "stems", "mix": "mix.wav", "preset": "debug", "steps": 20, "rounds": 1}

    async def conversation(client: Client) -> None:
        with anyio.CancelScope() as scope:

            async def progressed(progress: float, total: float | None, message: str | None) -> None:
                if "processors" in (message or ""):
                    scope.cancel()

            await client.call_tool("search", {**given, "output": "found"}, progress_callback=progressed)
        assert scope.cancelled_caught
        # The next job starts only when the search has ended.
        await done(client, "show_graph", graph="graph.json")
        assert "Stopped" in (root / "found/live.html").read_text(encoding="utf-8")
        found = await done(client, "search", **given, output="found")
        assert Graph.from_json((root / "found/graph.json").read_bytes()).nodes and found["loss"] >= 0
        assert "Stopped" not in (root / "found/live.html").read_text(encoding="utf-8")

    talk(root, conversation)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("estimate", {"audio": "gone.wav"}, "gone.wav"),
    ("estimate", {"audio": "../outside.wav"}, "outside of"),
    ("estimate", {"audio": "/etc/passwd"}, "outside of"),
    ("estimate", {"audio": "link.wav"}, "outside of"),
    ("estimate", {"audio": "wet.wav", "task": "painting"}, "painting"),
    ("estimate", {"audio": "wet.wav", "output": ".."}, "outside of"),
    ("render", {"graph": "graph.json", "dry": ["in=../a.wav"]}, "outside of"),
    ("render", {"graph": "graph.json", "dry": []}, "1 source(s), got 0"),
    ("render", {"graph": "graph.json", "dry": ["dry.wav"], "output": "dry.wav"}, "input"),
    ("render", {"graph": "dry.wav", "dry": ["dry.wav"]}, "dry.wav"),
    ("export", {"graph": "graph.json", "output": "a.doc"}, ".doc"),
    ("compare", {"reference": "dry.wav", "other": "graph.json"}, "graph.json"),
    ("compare", {"reference": "dry.wav", "other": "silence.wav"}, "silent"),
    ("search", {"stems": "gone"}, "gone"),
    ("match", {"target": ".", "references": ["dry.wav"]}, "folder"),
]
"""Tool, arguments, and what the message names."""


def test_bad_input_is_one_clear_line(root: Path) -> None:
    (root / "link.wav").symlink_to("/etc/passwd")
    write(root / "silence.wav", torch.zeros(2, RATE))

    async def conversation(client: Client) -> None:
        for tool, arguments, words in WRONG:
            line = await refused(client, tool, **arguments)
            assert words in line and "\n" not in line and "Traceback" not in line, (tool, arguments, line)

    talk(root, conversation)


def test_paths_stay_in_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a folder"):
        Workspace(tmp_path / "gone")
    (tmp_path / "in").mkdir()
    (tmp_path / "link").symlink_to("/etc")
    place = Workspace(tmp_path / "in")
    assert place.path("a/../b") == tmp_path / "in/b"
    for given in ("..", "../link/passwd", "/etc/passwd", "a\0b", "a/../../b"):
        with pytest.raises(ValueError, match=r"outside|null"):
            place.path(given)
    assert place.words(["Kick=a.wav", "b.wav"]) == [f"Kick={tmp_path}/in/a.wav", f"{tmp_path}/in/b.wav"]
