"""What all trainings share: rates, the order of saving and validating, and weights of a few steps."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.golden import training as golden
from unpatch.learning import loop
from unpatch.learning.device import fabric_of
from unpatch.learning.learner import Learner
from unpatch.learning.means import Means
from unpatch.learning.runs import MODEL, RESUME, Progress
from unpatch.learning.schedules import cosine, linear, rise
from unpatch.synth.supply import SupplyError


@pytest.mark.parametrize("name", golden.RUNS)
def test_weights_after_a_few_steps_are_those_that_were_stored(name: str, tmp_path: Path) -> None:
    stored = json.loads(golden.FILE.read_text())[name]
    found = golden.RUNS[name](tmp_path)
    assert found == pytest.approx(stored, rel=1e-3)


# --- learning rates -----------------------------------------------------------------------------------


def test_rates_have_their_ends() -> None:
    assert [rise(step, 4) for step in (0, 1, 3, 9)] == [0.25, 0.5, 1, 1]
    assert [linear(step, 10, 20) for step in (10, 15, 20, 30)] == [1, 0.5, 0, 0]
    assert [cosine(step, 10, 20) for step in (10, 15, 20, 30)] == pytest.approx([1, 0.5, 0, 0])
    assert (linear(5, 5, 5), cosine(5, 5, 5)) == (0, 1)  # no steps


def test_means_are_taken_once() -> None:
    means = Means()
    means.add({"loss": 1.0})
    means.add({"loss": 3.0})
    assert (means.taken(), means.taken()) == ({"loss": 2.0}, {})


# --- the loop -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Every:
    steps: int = 10
    report_every: int = 4
    validate_every: int = 5
    save_every: int = 3


def learner() -> Learner[nn.Linear]:
    fabric = fabric_of("cpu", "32-true", seed=0)
    model = nn.Linear(3, 1)
    adam = torch.optim.Adam(model.parameters())
    return Learner.of(fabric, model, [adam], peak_rate=0.1, schedule=lambda step: 1 / (1 + step), clip=1.0)


@dataclass
class Toy:
    """Fits a line through random points; notes what is done at which step."""

    folder: Path
    settings: Every = Every()
    identity: Mapping[str, Any] = field(default_factory=lambda: {"seed": 0})
    learner: Learner[nn.Linear] = field(default_factory=learner)
    done: list[str] = field(default_factory=list)
    ends: Callable[[int], bool] = lambda step: False

    def batches(self) -> Iterator[Tensor]:
        for step in range(self.learner.step, self.settings.steps):
            if self.ends(step):
                return
            yield torch.randn(8, 3, generator=torch.Generator().manual_seed(step))

    def learn(self, batch: Tensor) -> None:
        self.learner.update((self.learner.model(batch)[:, 0] - batch.sum(1)).square().mean())

    def losses(self) -> dict[str, float]:
        return {"loss": 1.0}

    def validate(self) -> dict[str, float]:
        self.done.append(f"validated {self.learner.step}")
        return {"error": 0.5}

    def state(self) -> dict[str, Any]:
        return self.learner.to_dict()

    def publish(self) -> None:
        self.done.append(f"saved {self.learner.step}")
        (self.folder / MODEL).mkdir(exist_ok=True)
        (self.folder / MODEL / "config.json").write_text(json.dumps({"step": self.learner.step}))

    def report(self, progress: Progress) -> None:
        self.done.append(f"reported {progress.step} {' '.join(progress.values)}")


def run(job: Toy, report: Callable[[Progress], None] | None = None) -> Tensor:
    loop.resume(job)
    loop.train(job, report or job.report)
    return job.learner.network.weight.detach()


def test_saving_validating_and_reporting_keep_their_own_intervals(tmp_path: Path) -> None:
    job = Toy(tmp_path)
    run(job)
    assert job.done == [
        "saved 3",
        "reported 4 loss",
        "validated 5",
        "reported 5 loss error",
        "saved 6",
        "reported 8 loss",
        "saved 9",
        "saved 10",
        "validated 10",
        "reported 10 loss error",
    ]
    again = Toy(tmp_path)
    run(again)
    assert (again.learner.step, again.done) == (10, [])


def test_batches_that_end_early_are_followed_by_a_checkpoint_and_a_validation(tmp_path: Path) -> None:
    job = Toy(tmp_path, ends=lambda step: step == 7)
    run(job)
    assert job.done[-3:] == ["saved 7", "validated 7", "reported 7 error"]
    last = Toy(tmp_path, ends=lambda step: step == 7)
    run(last)
    assert last.done == ["saved 7"]  # no step was made
    rest = run(Toy(tmp_path))
    torch.testing.assert_close(rest, run(Toy(tmp_path / "whole")), rtol=0, atol=0)


@pytest.mark.parametrize("fault", [KeyboardInterrupt, SupplyError("no more examples")])
def test_an_end_from_outside_costs_no_step(
    fault: BaseException | type[BaseException], tmp_path: Path
) -> None:
    def end(step: int) -> bool:
        if step == 8:
            raise fault
        return False

    job = Toy(tmp_path / "parts", ends=end)
    with pytest.raises((KeyboardInterrupt, SupplyError)):
        run(job)
    assert job.done[-1] == "saved 8"
    rest = Toy(tmp_path / "parts")
    torch.testing.assert_close(run(rest), run(Toy(tmp_path / "whole")), rtol=0, atol=0)
    assert rest.done[0] == "saved 9"


def test_nothing_is_saved_before_the_first_step_and_after_other_faults(tmp_path: Path) -> None:
    def interrupt(step: int) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(Toy(tmp_path, ends=interrupt))
    assert not (tmp_path / RESUME).exists()

    def fail(progress: Progress) -> None:
        raise RuntimeError

    job = Toy(tmp_path)
    with pytest.raises(RuntimeError):
        run(job, fail)
    assert job.done == ["saved 3"]


def test_a_model_that_is_older_than_its_checkpoint_is_written_again(tmp_path: Path) -> None:
    run(Toy(tmp_path))
    (tmp_path / MODEL / "config.json").unlink()
    job = Toy(tmp_path)
    run(job)
    assert job.done == ["saved 10"]


def test_a_gradient_is_clipped_and_the_rate_follows_the_schedule(tmp_path: Path) -> None:
    found = learner()
    before = found.network.weight.detach().clone()
    found.update(1e6 * found.network.weight.sum())
    (group,) = found.optimisers[0].param_groups
    assert (found.step, group["lr"]) == (1, 0.1)
    norm = math.hypot(*(float(w.grad.norm()) for w in found.network.parameters() if w.grad is not None))
    assert norm == pytest.approx(1, rel=1e-4)
    assert (before - found.network.weight).detach().flatten().tolist() == pytest.approx([0.1] * 3, rel=1e-3)
    found.update(found.network.weight.sum())
    assert group["lr"] == 0.05
