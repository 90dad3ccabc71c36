"""The tools: what an agent can do, each a call of a function of :mod:`unpatch.jobs`.

Docstrings and descriptions of arguments are read by agents.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from mcp.server.mcpserver import Context
from pydantic import Field

from unpatch import ranges
from unpatch.jobs.agents.running import CallProgress, Runner
from unpatch.jobs.agents.workspace import Workspace

Call: TypeAlias = Context[Any, Any]
Data: TypeAlias = dict[str, Any]
File = Annotated[str, Field(description="A path in the server's folder.")]
Graph = Annotated[str, Field(description="A graph file (.json).")]
Folder = Annotated[str, Field(description="Folder for the results; it is made if needed.")]
Words = Annotated[
    list[str] | None,
    Field(
        description="Audio files in the order of the graph's sources; for a graph with track names a "
        "folder of stems, files with the names of the tracks, or TRACK=file."
    ),
]
Energy = Annotated[
    bool | None,
    Field(
        description="Keep every processor's output at the energy of its input. Left out, that is done for "
        "all graphs but those with processors of a mixing console."
    ),
]
SetName = Literal["blind", "everyday", "console", "published", "mastering", "all"]


def _within(allowed: ranges.Range, text: str) -> Any:
    """A field of a number in a range."""
    if allowed.open_below:
        return Field(gt=allowed.low, le=allowed.high, description=text)
    return Field(ge=allowed.low, le=allowed.high, description=text)


Share = Annotated[float, _within(ranges.SHARE, "How far this goes, from 0 to 1.")]
Seed = Annotated[int, _within(ranges.SEED, "Of all random numbers.")]


class Tools:
    """What is registered at the server.

    Args:
        workspace: the folder of all files.
        runner: runs the jobs.
    """

    def __init__(self, workspace: Workspace, runner: Runner) -> None:
        self._files, self._runner = workspace, runner

    async def list_processors(
        self,
        call: Call,
        set: Annotated[SetName, Field(description="everyday and blind are for estimates.")] = "everyday",
        kinds: Annotated[list[str] | None, Field(description="Show these with ports and parameters.")] = None,
    ) -> Data:
        """List the processors that graphs are made of: all of a set in a line each, or some in full."""
        from unpatch.jobs.agents.showing import processors

        return await self._runner.run(lambda _: processors(set, kinds), call)

    async def list_formats(self, call: Call) -> Data:
        """List the formats of exports by the ending of the output, with what each can hold."""
        from unpatch.jobs.agents.showing import formats

        return await self._runner.run(lambda _: formats(), call)

    async def show_graph(self, graph: Graph, call: Call) -> Data:
        """Check a graph file, and show it as a tree with all settings in dB, Hz and ms."""
        from unpatch.jobs.agents.showing import shown
        from unpatch.jobs.graph_files import read_graph

        return await self._runner.run(lambda _: shown(read_graph(self._files.path(graph))), call)

    async def estimate(
        self,
        audio: File,
        call: Call,
        output: Folder = "out/estimate",
        task: Annotated[str, Field(description="singing, drums or mastering.")] = "singing",
        dry: Annotated[
            dict[str, str] | None,
            Field(
                description='The recording before processing, of the same length, by source: {"in": file}, '
                "or for drums kick, snare and so on. With it candidates are ranked by re-rendering and "
                "refined."
            ),
        ] = None,
        cpu_seconds: Annotated[
            float, _within(ranges.SECONDS_OR_NONE, "With dry: how long to refine.")
        ] = 20.0,
        top: Annotated[int, _within(ranges.CANDIDATES, "Largest number of candidates.")] = 4,
        seed: Seed = 0,
    ) -> Data:
        """Find the graph of effects behind a processed recording.

        Writes graph.json, graph.svg, rerender.wav and report.html. Takes seconds, with a dry signal longer.
        """
        from unpatch.jobs.agents.showing import estimated
        from unpatch.jobs.estimating import estimate_file
        from unpatch.jobs.options import EstimateOptions

        def job(progress: CallProgress) -> Data:
            notes: list[str] = []
            options = EstimateOptions(task, cpu_seconds=cpu_seconds, top=top, seed=seed)
            found = estimate_file(
                self._files.path(audio),
                self._files.path(output),
                options,
                dry=self._files.files(dry),
                reporter=progress.reporter(notes),
            )
            return estimated(found) | {"notes": notes}

        return await self._runner.run(job, call)

    async def search(
        self,
        stems: Annotated[str, Field(description="Folder of the dry tracks.")],
        call: Call,
        mix: Annotated[str | None, Field(description="The mix; found in the folder if left out.")] = None,
        output: Folder = "out/search",
        groups: Annotated[str | None, Field(description="YAML file of group to names of tracks.")] = None,
        preset: Annotated[
            Literal["laptop", "paper", "debug"], Field(description="Paper takes days.")
        ] = "laptop",
        tolerance: Annotated[
            float | None, _within(ranges.TOLERANCE, "By how much the loss may rise when processors go.")
        ] = None,
        steps: Annotated[int | None, _within(ranges.COUNT_OR_NONE, "Of the fit of the console.")] = None,
        rounds: Annotated[int | None, _within(ranges.ROUNDS, "Of pruning.")] = None,
        master: Annotated[bool | None, Field(description="A strip behind the sum, too.")] = None,
        anyway: Annotated[bool, Field(description="Even if the mix seems unrelated.")] = False,
        seed: Seed = 0,
    ) -> Data:
        """Find the mixing graph behind a mix, from its stems.

        Writes graph.json, graph.svg, mix.wav, responses, console.json and report.html. Takes minutes to
        hours; a call that was cancelled continues from its last checkpoint when it is repeated.
        """
        from unpatch.jobs.agents.showing import searched
        from unpatch.jobs.searching import search_folder
        from unpatch.mixing.settings import customised

        def job(progress: CallProgress) -> Data:
            notes: list[str] = []
            prune = {"tolerance": tolerance, "rounds": rounds}
            settings = customised(
                preset, console={"master": master}, prune=prune, fit={"steps": steps}, seed=seed
            )
            found = search_folder(
                self._files.path(stems),
                self._files.path(output),
                mix=self._files.optional(mix),
                groups=self._files.optional(groups),
                settings=settings,
                anyway=anyway,
                watch=progress.search,
                reporter=progress.reporter(notes),
            )
            return searched(found) | {"notes": notes}

        return await self._runner.run(job, call)

    async def match(
        self,
        target: Annotated[str, Field(description="A song.")],
        call: Call,
        references: Annotated[list[str], Field(description="Songs to match; several are averaged.")],
        output: Annotated[str, Field(description="The master: .wav, .flac or .aiff.")] = "out/master.wav",
        eq: Share = 1.0,
        dynamics: Share = 1.0,
        clip: Share = 1.0,
        width: Share = 1.0,
        loudness: Share = 1.0,
        lufs: Annotated[float | None, _within(ranges.LUFS, "Loudness in place of the references'.")] = None,
        true_peak: Annotated[
            float | None, _within(ranges.TRUE_PEAK_DB, "Highest true peak in dBTP in place of theirs.")
        ] = None,
        bits: Literal[16, 24, 32] = 24,
        report: Annotated[str | None, Field(description="Page to write (.html).")] = None,
        save_preset: Annotated[str | None, Field(description="File for the settings (.json).")] = None,
    ) -> Data:
        """Master a song to match references: equalizers, dynamics, width, loudness, true peak."""
        from unpatch.jobs.matching import MatchOptions, match_files
        from unpatch.mastering.matching.matching import Amounts, Targets

        def job(progress: CallProgress) -> Data:
            notes: list[str] = []
            options = MatchOptions(
                Amounts(eq, dynamics, clip, width, loudness),
                Targets(lufs, true_peak),
                bits,
                report=self._files.optional(report),
                save_preset=self._files.optional(save_preset),
            )
            (done,) = match_files(
                _song(self._files, target),
                self._files.paths(references),
                self._files.path(output),
                options,
                reporter=progress.reporter(notes),
            )
            return done.to_dict() | {"notes": notes}

        return await self._runner.run(job, call)

    async def render(
        self,
        graph: Graph,
        dry: Words,
        call: Call,
        output: Annotated[str, Field(description=".wav, .flac, .aiff or .ogg.")] = "out/render.wav",
        energy: Energy = None,
    ) -> Data:
        """Play dry audio through a graph."""
        from unpatch.jobs.rendering import render_file

        def job(progress: CallProgress) -> Data:
            notes: list[str] = []
            written = render_file(
                self._files.path(graph),
                self._files.words(dry or []),
                self._files.path(output),
                energy=energy,
                reporter=progress.reporter(notes),
            )
            return {"output": str(written), "notes": notes}

        return await self._runner.run(job, call)

    async def export(
        self,
        graph: Graph,
        output: Annotated[
            str,
            Field(description="Its ending chooses the format, see list_formats; none is a folder."),
        ],
        call: Call,
        dry: Words = None,
        energy: Energy = None,
    ) -> Data:
        """Write a graph for other programs: REAPER, DAWproject, Faust, equalizers, Python.

        The result lists what the format cannot hold, and how far its sound is from that of render.
        """
        from unpatch.jobs.exporting import export_file

        def job(progress: CallProgress) -> Data:
            notes: list[str] = []
            report = export_file(
                self._files.path(graph),
                self._files.path(output),
                self._files.words(dry or []),
                energy=energy,
                reporter=progress.reporter(notes),
            )
            return report.to_dict() | {"notes": notes}

        return await self._runner.run(job, call)

    async def compare(
        self,
        reference: File,
        other: File,
        call: Call,
    ) -> Data:
        """Compare two audio files from their start: level, spectrum, residual of the samples, loudness.

        Distances in spectrum and time are at equal level; 0 is equal. A residual of null is none at all.
        """
        from unpatch.jobs.comparing import compare_files

        def job(progress: CallProgress) -> Data:
            progress.at("comparing")
            return compare_files(self._files.path(reference), self._files.path(other)).to_dict()

        return await self._runner.run(job, call)


def _song(files: Workspace, given: str) -> Any:
    path = files.path(given)
    if path.is_dir():
        raise ValueError(f"{given}: is a folder; give one song")
    return path
