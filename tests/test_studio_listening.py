"""A MUSHRA test on the studio's server: stimuli, anchors, sessions, scores, analysis."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from scipy.signal import freqz

from tests.small_stems import noise
from tests.studio_server import Served, served
from unpatch.dsp.anchors import low_passed, response
from unpatch.metrics.listening import LOW_ANCHOR, MID_ANCHOR, REFERENCE
from unpatch.pages.studio.database import FILE, Database, migrate

RATE = 32_000
QUALITY = {REFERENCE: 100, "fine": 80, "coarse": 50, MID_ANCHOR: 40, LOW_ANCHOR: 15}


@pytest.mark.parametrize("hz", [3_500.0, 7_000.0])
@pytest.mark.parametrize("rate", [32_000, 44_100, 96_000])
def test_anchors_are_filtered_as_recommended(hz: float, rate: int) -> None:
    """ITU-R BS.1534-3, section 5.1; the frequencies of the 3.5 kHz anchor are scaled for the other."""
    taps = response(hz, rate)
    assert np.array_equal(taps, taps[::-1])
    frequencies, gains = freqz(taps, worN=2**15, fs=rate)
    levels = 20 * np.log10(np.abs(gains) + 1e-12)
    assert np.abs(levels[frequencies <= hz]).max() <= 0.1
    assert levels[frequencies >= hz * 4 / 3.5].max() <= -25
    assert levels[frequencies >= hz * 4.5 / 3.5].max() <= -50


def test_an_anchor_is_in_step_with_its_reference() -> None:
    time = torch.arange(RATE) / RATE
    low, high = torch.sin(2 * torch.pi * 1_000 * time), torch.sin(2 * torch.pi * 9_000 * time)
    made = low_passed((low + high).expand(2, -1), 3_500, RATE)
    assert float((made - low)[:, 1_000:-1_000].abs().amax()) < 0.02
    with pytest.raises(ValueError, match="sample rate above 16000"):
        low_passed(low.expand(2, -1), 7_000, 16_000)


def wav(audio: torch.Tensor) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, audio.T.numpy(), RATE, format="WAV", subtype="FLOAT")
    return file.getvalue()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("studio")) as running:
        yield running


@pytest.fixture(scope="module")
def test_job(server: Served) -> str:
    """Two trials of two systems, of which one is much too quiet."""
    trials = []
    for seed in range(2):
        sound = 0.1 * noise(seed, 2.0, rate=RATE)
        systems = {"fine": sound + 0.003 * noise(9, 2.0, rate=RATE), "coarse": 0.1 * sound}
        files = {
            name: server.upload(f"{seed} {name}.wav", wav(audio))["id"] for name, audio in systems.items()
        }
        reference = server.upload(f"{seed}.wav", wav(sound))["id"]
        trials.append({"name": f"song {seed}", "reference": reference, "systems": files})
    key = server.start("mushra", title="Two songs", trials=trials)
    job = server.wait(key, "done", "failed")
    assert job["state"] == "done", job["error"]
    return key


def post(server: Served, path: str, data: Any, status: int) -> dict[str, Any]:
    response = server.client.post(path, json=data)
    assert response.status_code == status, response.text
    return dict(response.json())


def hidden(server: Served, key: str) -> list[dict[str, str]]:
    """Stimulus to condition of each trial, as only the database has it."""
    import json

    result = server.studio.store.job(key)["result"]
    return list(json.loads(result)["hidden"])


def take_part(server: Served, key: str, name: str, missed: bool = False) -> dict[str, Any]:
    """A listener who rates by quality, or takes a system for the reference."""
    session = post(server, f"/api/jobs/{key}/listeners", {"name": name}, 201)
    for trial in session["trials"]:
        conditions = hidden(server, key)[trial["trial"]]
        scores = {stimulus: QUALITY[conditions[stimulus]] for stimulus in trial["stimuli"]}
        if missed:
            swapped = {QUALITY[REFERENCE]: QUALITY["fine"], QUALITY["fine"]: QUALITY[REFERENCE]}
            scores = {stimulus: swapped.get(score, score) for stimulus, score in scores.items()}
        given = {"trial": trial["trial"], "scores": scores}
        session = post(server, f"/api/jobs/{key}/listeners/{session['id']}/scores", given, 200)
    assert all(trial["rated"] for trial in session["trials"])
    return session


def test_listeners_do_not_learn_which_stimulus_is_which(server: Served, test_job: str) -> None:
    job = server.job(test_job)
    assert "hidden" not in job["result"]
    names = {take["key"] for take in job["result"]["takes"]}
    session = post(server, f"/api/jobs/{test_job}/listeners", {"name": "curious"}, 201)
    for trial in session["trials"]:
        assert len(trial["stimuli"]) == len(QUALITY) and {*trial["stimuli"]} <= names
        assert trial["reference"] not in trial["stimuli"]


def test_stimuli_are_what_they_should_be(server: Served, test_job: str) -> None:
    trial = server.job(test_job)["result"]["trials"][0]

    def audio(key: str) -> tuple[np.ndarray[Any, Any], float]:
        response = server.client.get(f"/api/jobs/{test_job}/takes/{key}")
        import json

        return soundfile.read(io.BytesIO(response.content))[0], json.loads(response.headers["x-figures"])[
            "lufs"
        ]

    wanted, loudness = audio(trial["reference"])
    found = {name: audio(key) for key, name in hidden(server, test_job)[0].items()}
    assert np.array_equal(found[REFERENCE][0], wanted)
    for system in ("fine", "coarse"):
        assert found[system][1] == pytest.approx(loudness, abs=0.1), "systems are as loud as the reference"
    for name, hz in ((LOW_ANCHOR, 3_500), (MID_ANCHOR, 7_000)):
        spectrum = np.abs(np.fft.rfft(found[name][0][:, 0])) ** 2
        frequencies = np.fft.rfftfreq(len(wanted), 1 / RATE)
        assert spectrum[frequencies > hz * 8 / 7].sum() < 1e-4 * spectrum.sum()


def test_every_listener_has_an_order_of_their_own_that_stays(server: Served, test_job: str) -> None:
    def orders(name: str) -> list[tuple[int, list[str]]]:
        session = post(server, f"/api/jobs/{test_job}/listeners", {"name": name}, 201)
        return [(trial["trial"], trial["stimuli"]) for trial in session["trials"]]

    assert orders("one") == orders(" one ")
    assert len({str(orders(f"listener {place}")) for place in range(8)}) > 4


def test_scores_are_kept_exported_and_analysed(server: Served, test_job: str) -> None:
    for place in range(6):
        take_part(server, test_job, f"careful {place}")
    take_part(server, test_job, "=careless", missed=True)
    analysis = server.client.get(f"/api/jobs/{test_job}/analysis").json()
    assert [row["condition"] for row in analysis["conditions"]] == list(QUALITY)
    assert [row["median"] for row in analysis["conditions"]] == list(QUALITY.values())
    assert list(analysis["excluded"]) == ["=careless"] and "2 of 2" in analysis["excluded"]["=careless"]
    response = server.client.get(f"/api/jobs/{test_job}/scores.csv")
    assert "attachment" in response.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert len(rows) == 7 * 2 * len(QUALITY)
    assert {row["listener"] for row in rows} >= {"careful 0", "'=careless"}
    assert {row["trial"] for row in rows} == {"song 0", "song 1"}
    assert {int(row["place"]) for row in rows} == set(range(len(QUALITY)))
    again = take_part(server, test_job, "careful 0")
    assert len(
        list(csv.DictReader(io.StringIO(server.client.get(f"/api/jobs/{test_job}/scores.csv").text)))
    ) == len(rows), again


def test_impossible_scores_are_refused(server: Served, test_job: str) -> None:
    session = post(server, f"/api/jobs/{test_job}/listeners", {"name": "hasty"}, 201)
    trial = session["trials"][0]
    url = f"/api/jobs/{test_job}/listeners/{session['id']}/scores"
    right = dict.fromkeys(trial["stimuli"], 50) | {trial["stimuli"][0]: 100}
    for scores, words in (
        (dict.fromkeys(trial["stimuli"], 50), "at least one"),
        ({**right, trial["stimuli"][1]: 101}, "0 to 100"),
        ({**right, trial["stimuli"][1]: None}, "0 to 100"),
        ({**right, "other": 5}, "every stimulus"),
        ({trial["stimuli"][0]: 100}, "every stimulus"),
    ):
        assert words in post(server, url, {"trial": trial["trial"], "scores": scores}, 400)["error"]
    assert "trial" in post(server, url, {"trial": 7, "scores": right}, 404)["error"]
    other = f"/api/jobs/{test_job}/listeners/0123456789abcdef/scores"
    post(server, other, {"trial": 0, "scores": right}, 404)
    post(server, f"/api/jobs/{test_job}/listeners", {"name": "  "}, 400)


def test_impossible_tests_are_refused(server: Served) -> None:
    reference = server.upload("a.wav", wav(0.1 * noise(1, 1.0, rate=RATE)))["id"]
    short = server.upload("short.wav", wav(0.1 * noise(1, 0.6, rate=RATE)))["id"]

    def start(*trials: dict[str, Any]) -> dict[str, Any]:
        return post(server, "/api/jobs", {"task": "mushra", "request": {"trials": list(trials)}}, 400)

    trial = {"name": "a", "reference": reference, "systems": {"x": reference}}
    assert "1 to 60" in start()["error"]
    assert "same name" in start(trial, trial)["error"]
    assert "same systems" in start(trial, {**trial, "name": "b", "systems": {"y": reference}})["error"]
    assert "called" in start({**trial, "systems": {REFERENCE: reference}})["error"]
    assert "1 to 9" in start({**trial, "systems": {}})["error"]
    key = server.start("mushra", trials=[{**trial, "systems": {"x": short}}])
    assert "short.wav" in server.wait(key, "failed", "done")["error"]
    post(server, f"/api/jobs/{key}/listeners", {"name": "early"}, 409)


def test_a_database_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / FILE
    migrate(path)
    with sqlite3.connect(path) as old:
        for statement in (
            "DROP TABLE scores",
            "DROP TABLE listeners",
            "UPDATE alembic_version SET version_num = '0001'",
        ):
            old.execute(statement)
        old.execute(
            "INSERT INTO jobs (id, task, name, request, state, created_s) "
            "VALUES ('1', 't', 'n', '{}', 'done', 0)"
        )
    database = Database(path)
    assert database.row("SELECT name FROM jobs") == {"name": "n"}
    assert database.rows("SELECT * FROM scores JOIN listeners") == []
    database.close()
