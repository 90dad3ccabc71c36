"""What a model's config tells of its sources, and what follows for its use."""

import json
from pathlib import Path

import pytest

from unpatch.learning.provenance import provenance
from unpatch.learning.weights import WeightsError
from unpatch.synth.credits import Credit
from unpatch.tasks import TASKS, shipped_folder


@pytest.mark.parametrize("task", TASKS)
def test_shipped_models_name_every_source_with_a_licence_that_is_known(task: str) -> None:
    told = provenance(shipped_folder(task))
    assert told["name"].startswith(task)
    assert told["steps"] > 0
    assert told["sources"]
    for source in told["sources"]:
        again = Credit(source["category"], tuple(source["performers"]), source["licence"], source["origin"])
        assert again.to_dict() == source
        assert again.known is not None
    assert told["commercial_use"] in {True, False}
    assert (shipped_folder(task) / "README.md").read_text(encoding="utf-8").count(told["licence"] or "")


def test_a_model_of_permissive_sources_may_be_used_for_anything(tmp_path: Path) -> None:
    sources = [
        Credit("voice", ("anna",), "CC BY 4.0").to_dict(),
        Credit("instrument", ("lute",), "MIT").to_dict(),
    ]
    (tmp_path / "config.json").write_text(
        json.dumps({"sources": sources, "preset": {"name": "p"}, "step": 3})
    )
    told = provenance(tmp_path)
    assert (told["commercial_use"], told["share_alike"]) == (True, False)
    assert told["sources"] == sources


def test_what_a_config_does_not_say_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    assert set(provenance(tmp_path).values()) == {None}
    (tmp_path / "config.json").write_text("[]")
    with pytest.raises(WeightsError, match=r"config\.json: describes no model"):
        provenance(tmp_path)
