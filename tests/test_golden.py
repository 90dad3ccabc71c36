"""Shipped models and features answer as was stored; ``tests/golden/make.py`` makes and explains the files."""

import json
from pathlib import Path

import pytest

from tests.golden.make import GOLDEN, HERE, WEIGHTS, differences, stored
from tests.mastering_kit import debug
from tests.small_models import debug_model
from unpatch.blind.models import from_pretrained, save_pretrained
from unpatch.features import pictures as features
from unpatch.learning.weights import WeightsError
from unpatch.mastering.model import Mastering, load_model, save_model
from unpatch.processors import PROCESSORS


@pytest.mark.parametrize("name", GOLDEN)
def test_answers_are_those_that_were_stored(name: str) -> None:
    expected = stored(name)
    assert not differences(GOLDEN[name](), expected, expected["tolerance"])


def test_every_shipped_model_has_answers() -> None:
    models = {path.parent.name for path in WEIGHTS.glob("*/config.json")}
    of_voice = {name for name in GOLDEN if name.startswith("voice_")}
    assert models == set(GOLDEN) - of_voice - {"features", "mastering_features"}
    assert {name.removeprefix("voice_") for name in of_voice} == {model.split("_")[0] for model in models} - {
        "compressor"
    }
    assert {path.stem for path in HERE.glob("*.json")} == set(GOLDEN)


def test_a_balance_scaled_otherwise_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "BALANCE_DB", 15.0)
    for name in ("features", "singing_small_direct_long", "drums_small_ours"):
        expected = stored(name)
        lines = differences(GOLDEN[name](), expected, expected["tolerance"])
        assert lines, name
    assert any(
        "pictures.balance" in line for line in differences(GOLDEN["features"](), stored("features"), 1e-3)
    )


@pytest.mark.parametrize("kind", ["blind", "mastering"])
def test_models_of_other_features_are_refused(kind: str, tmp_path: Path) -> None:
    """Another version, and a config from before there were versions: one line that says so."""
    blind = kind == "blind"
    if blind:
        save_pretrained(debug_model(), tmp_path)
    else:
        save_model(Mastering(debug("chain_ours").model), tmp_path)
    path = tmp_path / "config.json"
    config = json.loads(path.read_text())
    settings, name = (
        (config["settings"]["features"], "version") if blind else (config["settings"], "features")
    )
    settings[name] += 1
    path.write_text(json.dumps(config))
    with pytest.raises(WeightsError, match=r"\(features of version 2; this code makes version 1\)$"):
        from_pretrained(tmp_path, PROCESSORS) if blind else load_model(tmp_path)
    del settings[name]
    path.write_text(json.dumps(config))
    with pytest.raises(WeightsError, match=rf"config\.json: \w+ lacks {name}$"):
        from_pretrained(tmp_path, PROCESSORS) if blind else load_model(tmp_path)
