"""Long training: whatever happens to a run, it ends where it would have ended."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import soundfile
import torch
from safetensors.torch import load_file

from bench.studies.adopt_run import adopt
from tests.small_models import CHAINS, DEBUG, short
from unpatch.blind.branch import BranchPlan, train_branch
from unpatch.blind.learner import rate_at
from unpatch.blind.models import from_pretrained
from unpatch.blind.presets import PRESETS, Preset
from unpatch.blind.session import How
from unpatch.blind.training import Run
from unpatch.blind.training_state import taken_over
from unpatch.blind.trunk import RING, train_stream
from unpatch.features.pictures import FeatureSettings
from unpatch.graph.build import chain
from unpatch.learning.logbook import LOG
from unpatch.learning.runs import MODEL, RESUME, Progress, alone
from unpatch.processors import PROCESSORS
from unpatch.synth import ring as rings
from unpatch.synth.generate import Example
from unpatch.synth.produce import Dataset
from unpatch.synth.ring import Content, Lesson, Place, Ring, StreamSettings
from unpatch.synth.shards import members, write_tar
from unpatch.synth.sources import FRAMES, SAMPLE_RATE, Segment

TRUNK = short(
    PRESETS["singing_debug_ours_long"], warmup=4, save_every=5, validate_every=12, report_every=1, average=0.9
)

MADE: list[int] = []
"""Shards that were made, in order."""


def toy_shard(folder: Path, dataset: Dataset, pictures: FeatureSettings | None, shard: int) -> None:
    """Noise with a chain, each drawn by the example's index, in place of the generator's examples."""
    MADE.append(shard)
    content: dict[str, bytes] = {}
    for index in range(shard * dataset.shard_size, (shard + 1) * dataset.shard_size):
        generator = torch.Generator().manual_seed(index + 1_000 * dataset.seed)
        dry = 0.1 * torch.randn(1, FRAMES, generator=generator)
        graph = chain(PROCESSORS, *CHAINS[index % len(CHAINS)])
        sung = Segment(dry, ("in",), "singer", ())
        wet = dry.expand(2, -1)
        example = Example(graph, dry, wet, wet, "singing", SAMPLE_RATE, dataset.seed, index, sung)
        content |= members(example, pictures, ())
    write_tar(dataset.path(folder, shard), content)


@pytest.fixture
def voices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """A folder of recordings, and shards that are made fast."""
    monkeypatch.setattr(rings, "write_shard", toy_shard)
    monkeypatch.setattr("unpatch.synth.produce.write_shard", toy_shard)
    MADE.clear()
    folder = tmp_path / "voices"
    folder.mkdir()
    soundfile.write(
        folder / "a.wav", torch.randn(1_000, generator=torch.Generator()).mul(0.1).numpy(), SAMPLE_RATE
    )
    return Dataset(str(folder), audio=())


class KilledError(BaseException):
    """Ends a run so that it has no chance to do anything more."""


def run(folder: Path, voices: Dataset, of: Preset = TRUNK, **how: object) -> list[torch.Tensor]:
    """Weights at the end."""
    how = {"generators": 0, **how}
    held_out = replace(voices, seed=77)
    found = train_stream(of, voices, folder, validation=held_out, how=How(**how))  # type: ignore[arg-type]
    return list(found.model.parameters())


def config(model: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((model / "config.json").read_text())
    return found


def killed_at(step: int) -> Callable[[Progress], None]:
    def report(progress: Progress) -> None:
        if progress.step >= step:
            raise KilledError

    return report


def test_a_run_that_is_killed_ends_where_an_undisturbed_one_does(
    voices: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(tmp_path / "whole", voices)
    parts = tmp_path / "parts"
    for step in (3, 11, 12):
        with pytest.raises(KilledError):
            run(parts, voices, report=killed_at(step))
        torch.manual_seed(step)
    for number, shard in enumerate(sorted((parts / RING).glob("*.tar"))):
        if number % 2:
            shard.unlink()  # as on another machine
    with pytest.raises(KilledError):
        run(parts, voices, report=killed_at(19))
    seen: list[int] = []
    again = run(parts, voices, report=lambda progress: seen.append(progress.step))
    assert seen[0] == 16  # saved at 15
    for a, b in zip(whole, again, strict=True):
        assert torch.equal(a, b)
    shown = [from_pretrained(folder / MODEL, PROCESSORS) for folder in (parts, tmp_path / "whole")]
    for a, b in zip(shown[0].parameters(), shown[1].parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_run_that_is_killed_while_it_saves_or_makes_examples_continues(
    voices: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(tmp_path / "whole", voices)

    def cut_short(*given: object) -> None:
        raise KilledError

    for place in (
        "unpatch.learning.loop.write_state",
        "unpatch.synth.ring.write_shard",
        "unpatch.blind.session.append",
    ):
        with monkeypatch.context() as changed:
            changed.setattr(place, cut_short)
            with pytest.raises(KilledError):
                run(tmp_path / "parts", voices)
        with pytest.raises(KilledError):
            run(tmp_path / "parts", voices, report=killed_at(7))
    for a, b in zip(whole, run(tmp_path / "parts", voices), strict=True):
        assert torch.equal(a, b)


def test_a_stopped_run_loses_no_step(voices: Dataset, tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.step == 8:
            raise KeyboardInterrupt

    whole = run(tmp_path / "whole", voices)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "parts", voices, report=stop)
    seen: list[int] = []
    again = run(tmp_path / "parts", voices, report=lambda progress: seen.append(progress.step))
    assert seen[0] == 9
    for a, b in zip(whole, again, strict=True):
        assert torch.equal(a, b)


def test_a_run_that_is_stopped_before_its_first_step_begins_again(
    voices: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as changed:
        changed.setattr("unpatch.learning.learner.Learner.update", stop)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path, voices)
    assert not (tmp_path / RESUME).exists()
    assert len(run(tmp_path, voices, short(TRUNK, steps=1))) > 0


def test_minutes_end_a_part_of_a_run(voices: Dataset, tmp_path: Path) -> None:
    """Each part has time for some steps; the log gets a line for each evaluation."""
    run(tmp_path / "parts", voices, minutes=0.001)
    run(tmp_path / "parts", voices, minutes=0.001)
    rest = run(tmp_path / "parts", voices)
    lines = [line.split("\t") for line in (tmp_path / "parts" / LOG).read_text().splitlines()]
    names, figures = lines[0], lines[1:]
    assert {
        "time",
        "step",
        "waiting_seconds",
        "loss/total",
        "paper/node_error",
        "paper/presence_f1",
        "paper/greedy_f1",
        "learnt/node_error",
    } <= set(names)
    assert all(len(line) == len(names) for line in figures)
    assert int(figures[-1][1]) == 24
    assert len({line[1] for line in figures}) == len(figures)
    seconds = [float(line[names.index("seconds")]) for line in figures]
    assert seconds == sorted(seconds)
    for a, b in zip(run(tmp_path / "whole", voices), rest, strict=True):
        assert torch.equal(a, b)


def test_a_run_is_lengthened(voices: Dataset, tmp_path: Path) -> None:
    run(tmp_path / "parts", voices, short(TRUNK, steps=10))
    longer = run(tmp_path / "parts", voices)
    for a, b in zip(run(tmp_path / "whole", voices), longer, strict=True):
        assert torch.equal(a, b)


def test_other_examples_are_refused(voices: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path / "run", voices, short(TRUNK, steps=2))
    with pytest.raises(ValueError, match=r"stream\.split is val_seen, was train$"):
        run(tmp_path / "run", replace(voices, split="val_seen"))
    with monkeypatch.context() as changed:
        changed.setattr(rings, "code_of", lambda *modules, without: "other code")
        with pytest.raises(ValueError, match=r"another run, where stream\.generator is other code"):
            run(tmp_path / "run", voices)
        (tmp_path / "run" / RESUME).unlink()
        shutil.rmtree(tmp_path / "run" / MODEL)
        with pytest.raises(ValueError, match=r"ring\.json: of another ring of examples, where generator is"):
            run(tmp_path / "run", voices)
    soundfile.write(Path(voices.root) / "b.wav", torch.zeros(100).numpy(), SAMPLE_RATE)
    with pytest.raises(ValueError, match=r"where sources is [0-9a-f]{64}, was"):
        run(tmp_path / "run", voices)


def test_a_run_of_earlier_code_continues_once_it_is_adopted(
    voices: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the branch that has left it; no other identity is changed."""
    whole = run(tmp_path / "whole", voices)
    with monkeypatch.context() as earlier:
        earlier.setattr("unpatch.blind.trunk.code", lambda: "earlier code")
        run(tmp_path / "parts", voices, short(TRUNK, steps=15))
        with pytest.raises(KilledError):
            branched(tmp_path / "parts", voices, report=killed_at(22))
    with pytest.raises(
        ValueError, match=r"another run, where code\.checksum is [0-9a-f]{64}, was earlier code$"
    ):
        run(tmp_path / "parts", voices)
    assert [path.parent.name for path in adopt(tmp_path / "parts")] == ["decay-000015", "parts"]
    assert not adopt(tmp_path / "parts")
    assert branched(tmp_path / "parts", voices).name == "decay-000015"
    with pytest.raises(ValueError, match=r"another run, where preset\.training\.batch is 2, was 4$"):
        run(tmp_path / "parts", voices, short(TRUNK, batch=2))
    for a, b in zip(whole, run(tmp_path / "parts", voices), strict=True):
        assert torch.equal(a, b)


def test_a_checkpoint_has_the_form_of_those_that_are_continued(voices: Dataset, tmp_path: Path) -> None:
    """As runs of release 0.1 have written it, which still train."""
    run(tmp_path, voices, short(TRUNK, steps=5))
    state = torch.load(tmp_path / RESUME, weights_only=True)
    parts = "model optimisers average step random random_cuda place origin spent identity"
    assert list(state) == parts.split()
    adamw, muon = state["optimisers"]
    assert set(adamw["state"][0]) == {"step", "exp_avg", "exp_avg_sq"}
    assert set(muon["state"][0]) == {"velocity"}
    assert set(state["average"]) == {"means", "count"}
    assert set(state["place"]) == {"block", "done", "newest", "oldest"} == set(vars(Place()))
    assert set(state["origin"]) == {"step", "weights"}
    assert set(state["spent"]) == {"seconds", "core_seconds", "generator_seconds", "waiting_seconds"}
    assert {name.split(".")[0] for name in state["identity"]} == {"preset", "vocabulary", "stream", "code"}


def test_one_process_trains_in_a_folder(voices: Dataset, tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(ValueError, match="another process trains in this folder"):
        run(tmp_path, voices)


def test_examples_that_fail_cost_no_step(
    voices: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path, dataset: Dataset, pictures: FeatureSettings | None, shard: int) -> None:
        if shard == 5 and dataset.seed == voices.seed:
            raise OSError(28, "No space left on device", str(folder))
        toy_shard(folder, dataset, pictures, shard)

    whole = run(tmp_path / "whole", voices)
    with monkeypatch.context() as changed:
        changed.setattr(rings, "write_shard", fail)
        with pytest.raises(ValueError, match=r"no more examples could be made: .*No space left"):
            run(tmp_path / "parts", voices)
    seen: list[int] = []
    again = run(tmp_path / "parts", voices, report=lambda progress: seen.append(progress.step))
    assert seen[0] > 10
    for a, b in zip(whole, again, strict=True):
        assert torch.equal(a, b)


# --- branches ---------------------------------------------------------------------------------------


def branched(folder: Path, voices: Dataset, amount: float = 0.4, **how: object) -> Path:
    """Folder of a branch."""
    asked = How(**{"generators": 0, **how})  # type: ignore[arg-type]
    held_out = replace(voices, seed=77)
    return train_branch(TRUNK, voices, folder, amount, validation=held_out, how=asked).folder


def test_a_branch_leaves_the_trunk_as_it_was(voices: Dataset, tmp_path: Path) -> None:
    """Ten of 25 steps, of which the trunk made fifteen; then the trunk goes on as if nothing had been."""
    whole = run(tmp_path / "whole", voices)
    run(tmp_path / "parts", voices, short(TRUNK, steps=15))
    before = (tmp_path / "parts" / RESUME).read_bytes()
    branch = branched(tmp_path / "parts", voices)
    assert (tmp_path / "parts" / RESUME).read_bytes() == before
    assert branch.name == "decay-000015"
    notes = config(branch / MODEL)
    assert notes["step"] == notes["preset"]["training"]["steps"] == 25
    assert notes["sources"][0]["performers"] == ["."]
    assert notes["validation"]["paper/node_error"] == pytest.approx(
        float(last_line(branch)["paper/node_error"]), rel=1e-4
    )
    for a, b in zip(whole, run(tmp_path / "parts", voices), strict=True):
        assert torch.equal(a, b)


def last_line(folder: Path) -> dict[str, str]:
    lines = [line.split("\t") for line in (folder / LOG).read_text().splitlines()]
    return dict(zip(lines[0], lines[-1], strict=True))


def test_an_interrupted_branch_ends_where_an_undisturbed_one_does(voices: Dataset, tmp_path: Path) -> None:
    for name in ("whole", "parts"):
        run(tmp_path / name, voices, short(TRUNK, steps=15))
    whole = branched(tmp_path / "whole", voices)
    with pytest.raises(KilledError):
        branched(tmp_path / "parts", voices, report=killed_at(22))
    parts = branched(tmp_path / "parts", voices)
    assert branched(tmp_path / "parts", voices) == parts  # once more does no harm
    a, b = (load_file(folder / MODEL / "model.safetensors") for folder in (whole, parts))
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert {tensor.dtype for tensor in a.values()} == {torch.float16}
    card = (parts / MODEL / "README.md").read_text()
    assert "# Model card: singing_debug_ours_long" in card
    assert "not known: see below" in card  # the toy recordings have no licence
    assert from_pretrained(parts / MODEL, PROCESSORS).settings == TRUNK.model


def test_the_rate_of_a_branch_falls_to_zero(voices: Dataset, tmp_path: Path) -> None:
    planned = BranchPlan(15, 10, TRUNK)
    assert [planned.share(step) for step in (15, 20, 24, 25)] == [1, 0.5, pytest.approx(0.1), 0]
    with pytest.raises(ValueError, match="holds no trunk yet"):
        branched(tmp_path / "nothing", voices)
    with pytest.raises(ValueError, match="there is no trunk"):
        train_branch(DEBUG, voices, tmp_path, 0.5, validation=voices)


# --- going on from weights ------------------------------------------------------------------------


def started(folder: Path, voices: Dataset, weights: Path, steps: int = 30, **how: object) -> Run:
    asked = How(**{"generators": 0, **how})  # type: ignore[arg-type]
    held_out, longer = replace(voices, seed=77), short(TRUNK, steps=steps)
    return train_stream(longer, voices, folder, validation=held_out, weights=weights, how=asked)


def test_a_run_begins_with_weights_alone(voices: Dataset, tmp_path: Path) -> None:
    """Where the stream stood and how many steps were made is in the notes; nothing else is left."""
    run(tmp_path / "lost", voices, short(TRUNK, steps=15))
    weights = branched(tmp_path / "lost", voices) / MODEL
    place = Place(**config(weights)["place"])
    assert place.block > 2
    MADE.clear()
    rates: list[float] = []
    found = started(tmp_path / "new", voices, weights)
    assert found.step == 30
    assert min(shard for shard in MADE if shard) == place.newest + 1
    assert config(tmp_path / "new" / MODEL)["step"] == 30
    again = started(tmp_path / "new", voices, weights, steps=31, report=lambda p: rates.append(p.step))
    assert (again.step, rates) == (31, [31])
    # Without the option the run continues, too.
    assert len(run(tmp_path / "new", voices, short(TRUNK, steps=32))) > 0
    run(tmp_path / "fresh", voices, short(TRUNK, steps=1))
    with pytest.raises(ValueError, match="holds a run that did not start with"):
        started(tmp_path / "fresh", voices, weights)


def test_weights_are_taken_over_as_they_are(voices: Dataset, tmp_path: Path) -> None:
    run(tmp_path / "lost", voices, short(TRUNK, steps=15))
    weights = tmp_path / "lost" / MODEL
    begun = taken_over(TRUNK, PROCESSORS, weights)
    true = from_pretrained(weights, PROCESSORS)
    for a, b in zip(begun.learner.network.parameters(), true.parameters(), strict=True):
        assert torch.equal(a, b)
    assert [begun.learner.schedule(step) for step in (15, 16, 18, 99)] == [0.25, 0.5, 1, 1]
    assert begun.place.oldest == begun.place.newest
    other = replace(TRUNK, model=replace(TRUNK.model, bins=12))
    with pytest.raises(ValueError, match=r"of another model, where bins is 12, was 24$"):
        taken_over(other, PROCESSORS, weights)


# --- the plan -------------------------------------------------------------------------------------


def places(count: int) -> Iterator[Place]:
    place = Place()
    for _ in range(count):
        yield place
        place = place.following()


def test_a_stream_shows_every_example_about_as_often_as_it_should() -> None:
    settings = StreamSettings(shard=10, ring=400, reuse=8)
    count = Counter[int]()
    for place in places(2_000):
        shards = place.shards(settings, seed=3)
        assert len(set(shards)) == len(shards)
        assert shards[-1] == place.newest
        assert set(shards) <= set(place.kept(settings))
        count.update(shards)
    often = [count[shard] for shard in range(100, 1_900)]
    assert min(often) >= 1
    assert sum(often) / len(often) == pytest.approx(8, abs=0.1)
    assert max(place.newest - min(place.shards(settings, 3)) for place in places(2_000)) < settings.shards


def test_what_a_block_holds_hangs_on_seed_and_block_alone() -> None:
    settings = StreamSettings(shard=10, ring=400, reuse=8)
    places_there = list(places(60))
    plan = [place.shards(settings, 1) for place in places_there]
    assert plan == [place.shards(settings, 1) for place in reversed(places_there)][::-1]
    assert plan != [place.shards(settings, 2) for place in places_there]


def test_what_a_shard_holds_hangs_on_its_number(voices: Dataset, tmp_path: Path) -> None:
    """Two effects at most in the first lesson, then four shards of the mixture and one of those."""
    found = PRESETS["singing_small_direct_long"]
    ring = Ring(tmp_path, voices, found.model.features, found.training.stream)
    contents = [(ring.of(shard).stratum, ring.of(shard).most_processors) for shard in range(88)]
    assert set(contents[:48]) == {("engineer", 2)}
    assert Counter(contents[48:]) == {("both", None): 32, ("engineer", 2): 8}
    assert ring.identity()["lessons"][1]["first"] == 48 * 250
    plain = Ring(tmp_path, voices, found.model.features, StreamSettings())
    assert plain.of(7) is voices


@pytest.mark.parametrize("firsts", [(1,), (0, 20, 10)])
def test_lessons_come_in_order(firsts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="lessons begin at example 0, in order"):
        StreamSettings(lessons=tuple(Lesson(first, (Content(),)) for first in firsts))
    with pytest.raises(ValueError, match="holds no block"):
        StreamSettings(ring=1_000)


def test_a_ring_keeps_what_may_be_asked_for(voices: Dataset, tmp_path: Path) -> None:
    run(tmp_path, voices, short(TRUNK, steps=40))
    left = sorted(int(path.stem.split("-")[-1]) for path in (tmp_path / RING).glob("*.tar"))
    stream = TRUNK.training.stream
    assert left[-1] - left[0] < stream.shards + 2
    assert max(MADE) > stream.shards
    assert [shard for shard, times in Counter(MADE).items() if times > 1] == [
        0
    ]  # the validation's is called 0, too


def test_a_ring_forgets_its_own_shards_only(voices: Dataset, tmp_path: Path) -> None:
    ring = Ring(tmp_path / "ring", voices, TRUNK.model.features, TRUNK.training.stream)
    for shard in (0, 1, 2, 100_000):
        ring.path(shard).parent.mkdir(exist_ok=True)
        ring.path(shard).touch()
    (tmp_path / "ring" / "mine.tar").touch()
    ring.forget(2)
    assert ring.missing([0, 1, 2, 100_000]) == [0, 1]
    assert (tmp_path / "ring" / "mine.tar").exists()


def test_a_trunk_keeps_its_rate() -> None:
    rates = [rate_at(step, TRUNK.training) for step in range(1_000)]
    assert rates[:5] == [0.25, 0.5, 0.75, 1, 1]
    assert set(rates[4:]) == {1.0}
