"""The studio's server: uploads, jobs and their workers, restarts, requests that are refused."""

from __future__ import annotations

import errno
import io
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile
from torch import Tensor

from tests.small_stems import noise
from tests.studio_fuzz import fuzzed
from tests.studio_server import PATIENCE_S, Served, served
from unpatch.demo import EVERYDAY, processed_voice
from unpatch.exports import FORMATS
from unpatch.graph.build import chain
from unpatch.graph.data import Graph
from unpatch.pages.studio.demo import flac, prepared
from unpatch.pages.studio.settings import StudioSettings
from unpatch.processors import KINDS

RATE = 22_050
SEED = 21
FUZZED = 400


def wav(seconds: float = 0.6, seed: int = 0) -> bytes:
    noise = np.random.default_rng(seed).normal(0, 0.1, (round(seconds * RATE), 2))
    file = io.BytesIO()
    soundfile.write(file, noise, RATE, format="WAV")
    return file.getvalue()


def patch() -> dict[str, Any]:
    return chain(KINDS, "lowpass2", "compressor").to_dict()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("studio"), upload_mb=1) as running:
        yield running


def refused(response: httpx.Response, status: int, words: str = "") -> None:
    """One clear line."""
    assert response.status_code == status, response.text
    line = response.json()["error"]
    assert "\n" not in line and words in line, line


# --- files ------------------------------------------------------------------------------------------


def test_uploads_are_kept_by_content(server: Served) -> None:
    data = wav()
    one, two = server.upload("take.wav", data), server.upload("other.wav", data)
    assert one["sample_rate"] == RATE and one["channels"] == 2 and one["seconds"] == pytest.approx(0.6)
    assert one["id"] != two["id"] and server.upload("take.wav", data)["id"] == one["id"]
    content = server.client.get(f"/api/files/{one['id']}")
    assert content.content == data and "attachment" in content.headers["content-disposition"]
    assert server.client.delete(f"/api/files/{one['id']}").status_code == 204
    assert server.client.get(f"/api/files/{two['id']}").content == data
    refused(server.client.get(f"/api/files/{one['id']}"), 404, "unknown file")


def test_fifty_uploads_at_once(server: Served) -> None:
    takes = [wav(0.2, seed) for seed in range(50)]

    def upload(place: int) -> bytes:
        row = server.upload(f"take {place}.wav", takes[place])
        return server.client.get(f"/api/files/{row['id']}").content

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(upload, range(50))) == takes
    assert not list((server.settings.folder / "drafts").iterdir())


def test_bad_uploads_are_refused(server: Served) -> None:
    def upload(name: str, data: bytes) -> httpx.Response:
        return server.client.post("/api/files", params={"name": name}, content=data)

    refused(upload("a.wav", b""), 400, "empty")
    refused(upload("a.wav", b"RIFF" + bytes(100)), 400, "a.wav")
    refused(upload("a.json", b"{"), 400, "a.json")
    refused(upload("a.wav", bytes(1_100_000)), 413, "larger than 1 MB")
    chunks = (bytes(100_000) for _ in range(20))
    refused(server.client.post("/api/files?name=a.wav", content=chunks), 413, "larger than 1 MB")
    name = server.upload("../../etc/passwd\x00.wav", wav(0.3))["name"]
    assert "/" not in name and "\x00" not in name
    assert not list((server.settings.folder / "drafts").iterdir())


# --- jobs -------------------------------------------------------------------------------------------


def test_a_render_from_request_to_download(server: Served) -> None:
    dry = server.upload("dry.wav", wav(1.0))["id"]
    job = server.wait(server.start("render", graph=patch(), dry={"in": dry}), "done", "failed")
    assert job["state"] == "done", job["error"]
    response = server.client.get(f"/api/jobs/{job['id']}/files/render.wav")
    audio, rate = soundfile.read(io.BytesIO(response.content))
    assert rate == RATE and audio.shape == (RATE, 2)


def test_a_worker_that_is_killed_is_replaced(server: Served) -> None:
    recording = server.upload("voice.wav", wav(4.0, 3))["id"]
    key = server.start("estimate", file=recording)
    killed = 0
    while killed < 1:
        for pid in [pid for job, pid in server.studio.jobs.pids().items() if job == key]:
            os.kill(pid, signal.SIGKILL)
            killed += 1
        assert server.job(key)["state"] in ("waiting", "running")
        time.sleep(0.01)
    job = server.wait(key, "done", "failed")
    assert job["state"] == "done" and job["attempts"] == 2


def test_a_job_is_cancelled_and_continued(server: Served) -> None:
    """An estimate takes seconds."""
    recording = server.upload("voice.wav", wav(4.0, 4))["id"]
    key = server.start("estimate", file=recording)
    assert server.client.post(f"/api/jobs/{key}/cancel", json={}).json()["state"] == "cancelled"
    time.sleep(0.2)
    assert server.job(key)["state"] == "cancelled"
    refused(server.client.post("/api/jobs/0123456789abcdef/cancel"), 404, "unknown job")
    assert server.client.post(f"/api/jobs/{key}/continue", json={}).status_code == 200
    assert server.wait(key, "done", "failed")["state"] == "done"
    refused(server.client.post(f"/api/jobs/{key}/continue"), 409, "done")
    assert server.client.delete(f"/api/jobs/{key}").status_code == 204
    assert not (server.settings.folder / "jobs" / key).exists()


def test_a_restart_takes_up_unfinished_jobs(tmp_path: Path) -> None:
    with served(tmp_path) as first:
        dry = first.upload("dry.wav", wav(1.0))["id"]
        keys = [first.start("render", graph=patch(), dry={"in": dry}) for _ in range(2)]
        first.wait(keys[0], "running")
    with served(tmp_path) as second:
        for key in keys:
            assert second.wait(key, "done", "failed")["state"] == "done"
        assert [row["name"] for row in second.client.get("/api/files").json()] == ["dry.wav"]


def test_a_failed_job_gives_one_line(server: Served) -> None:
    file = server.upload("silence.wav", silence())["id"]
    job = server.wait(server.start("estimate", file=file), "failed", "done")
    assert job["state"] == "failed" and "silence.wav" in job["error"] and "/" not in job["error"]


def silence() -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.zeros((2 * RATE, 1)), RATE, format="WAV")
    return file.getvalue()


def test_events_give_the_state_and_every_change(server: Served) -> None:
    with server.client.stream("GET", "/api/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == "event: jobs"
        dry = server.upload("dry.wav", wav(1.0, 5))["id"]
        key = server.start("render", graph=patch(), dry={"in": dry})
        seen = []
        for line in lines:
            seen.append(line)
            if line.startswith("data:") and key in line and '"state": "done"' in line:
                break
    assert any(line == "event: job" for line in seen)


def test_a_search_is_cancelled_and_continues_where_it_was(server: Served) -> None:
    stems = [noise(seed, 3.0, rate=RATE) for seed in range(2)]
    keys = [server.upload(f"stem {i}.wav", encoded(stem)) for i, stem in enumerate(stems)]
    mix = server.upload("mix.wav", encoded(0.7 * stems[0] + 0.4 * stems[1]))["id"]
    key = server.start(
        "search", stems=[row["id"] for row in keys], mix=mix, preset="debug", steps=20, rounds=1
    )
    end = time.monotonic() + PATIENCE_S
    begun = False
    while not begun:
        job = server.job(key)
        assert job["state"] in ("waiting", "running") and time.monotonic() < end
        saved = any((server.settings.folder / "jobs" / key).glob("search/*"))
        begun = saved and bool((job["progress"] or {}).get("processors"))
        time.sleep(0.05)
    server.client.post(f"/api/jobs/{key}/cancel")
    kept = sorted((server.settings.folder / "jobs" / key).glob("search/*"))
    assert kept and server.job(key)["progress"]["processors"] > 0
    server.client.post(f"/api/jobs/{key}/continue")
    job = server.wait(key, "done", "failed")
    assert job["state"] == "done", job["error"]
    assert {take["key"] for take in job["result"]["takes"]} == {"reference", "render", "dry"}
    render = {"graph": job["result"]["graph"], "job": key, "seconds": 1.0}
    assert server.client.post("/api/render", json=render).status_code == 200


def test_a_match_is_a_master_with_its_preset(server: Served) -> None:
    target, reference = (server.upload(f"song {i}.wav", wav(6.0, i))["id"] for i in (1, 2))
    key = server.start("match", target=target, references=[reference], amounts={"loudness": 0.5})
    job = server.wait(key, "done", "failed")
    assert job["state"] == "done", job["error"]
    assert job["result"]["downloads"] == ["master.wav", "preset.json"]
    assert job["request"]["amounts"]["loudness"] == 0.5 and job["request"]["amounts"]["eq"] == 1
    refused(started(server, "match", target=target, references=[]), 400, "references")
    refused(started(server, "match", target=target, references=[reference], amounts={"eq": 2}), 400, "eq")


def started(server: Served, task: str, **request: object) -> httpx.Response:
    return server.client.post("/api/jobs", json={"task": task, "request": request})


def encoded(audio: Tensor) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, audio.T.numpy(), RATE, format="WAV", subtype="FLOAT")
    return file.getvalue()


def test_a_full_disk_is_one_line(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("unpatch.pages.studio.shelf.os.fsync", full)
    refused(server.client.post("/api/files?name=a.wav", content=wav()), 507, "space")
    assert not list((server.settings.folder / "drafts").iterdir())


# --- the demo ----------------------------------------------------------------------------------------


def test_the_demo_is_prepared_once(tmp_path: Path) -> None:
    settings = StudioSettings(tmp_path)
    path = prepared(settings)
    assert path.startswith("/#job=") and prepared(settings) == path


def test_flac_of_the_demo_is_lossless() -> None:
    dry, _, rate = processed_voice(EVERYDAY)
    audio, found = soundfile.read(io.BytesIO(flac(dry, rate)))
    assert found == rate and abs(audio.T - dry.numpy()).max() < 2**-22


# --- graphs -----------------------------------------------------------------------------------------


def edit(server: Served, graph: Any, **change: object) -> httpx.Response:
    return server.client.post("/api/graphs/edit", json={"graph": graph, "change": change})


def test_edits_are_legal_or_refused(server: Served) -> None:
    graph = patch()
    drawn = edit(server, graph, action="insert", kind="chorus", edge=1).json()
    kinds = [node["kind"] for node in drawn["graph"]["nodes"]]
    assert kinds[-1] == "chorus" and "mod" in drawn["missing"]
    assert len(drawn["boxes"]) == len(kinds) and len(drawn["wires"]) == len(drawn["graph"]["edges"])
    back = edit(server, drawn["graph"], action="delete", nodes=[len(kinds) - 1]).json()
    assert len(back["graph"]["nodes"]) == len(graph["nodes"]) and back["missing"] is None
    out = next(i for i, node in enumerate(graph["nodes"]) if node["kind"] == "out")
    refused(edit(server, graph, action="delete", nodes=[out]), 400, "output")
    refused(edit(server, graph, action="connect", source=2, target=1), 422, "cycle")
    refused(edit(server, drawn["graph"], action="connect", source=1, target=4, inlet="mod"), 422, "audio")
    refused(edit(server, graph, action="connect", source=0, target=99), 400, "target")
    refused(edit(server, graph, action="turn"), 400, "action")


def test_pasted_processors_keep_their_wires(server: Served) -> None:
    graph = patch()
    part = {**graph, "nodes": graph["nodes"][1:3], "edges": [{"source": 0, "target": 1}]}
    pasted = edit(server, graph, action="paste", part=part).json()["graph"]
    assert len(pasted["nodes"]) == len(graph["nodes"]) + 2
    assert any(edge["source"] == len(graph["nodes"]) for edge in pasted["edges"])


def test_renders_play_a_region(server: Served) -> None:
    dry = server.upload("long.wav", wav(2.0, 6))["id"]
    request = {"graph": patch(), "dry": {"in": dry}, "start_s": 0.5, "seconds": 0.75}
    response = server.client.post("/api/render", json=request)
    assert response.status_code == 200, response.text
    audio, _ = soundfile.read(io.BytesIO(response.content))
    assert len(audio) == round(0.75 * RATE) and "lufs" in response.headers["x-figures"]
    refused(server.client.post("/api/render", json={**request, "start_s": 3}), 422, "region")
    refused(server.client.post("/api/render", json={**request, "seconds": 1e9}), 400, "seconds")
    open_inlet = chain(KINDS, "lowpass2").to_dict()
    open_inlet["edges"] = open_inlet["edges"][1:]
    refused(server.client.post("/api/render", json={**request, "graph": open_inlet}), 400, "inlet")


def test_exports_carry_their_report(server: Served) -> None:
    dry = server.upload("dry.wav", wav(1.0, 7))["id"]
    key = server.start("export", graph=patch(), dry={"in": dry}, format=".dsp")
    result = server.wait(key, "done", "failed")["result"]
    assert result["report"]["format"] == FORMATS[".dsp"].title
    text = server.client.get(f"/api/jobs/{key}/files/{result['downloads'][0]}").text
    assert "process" in text


def test_every_format_of_the_registry_is_offered(server: Served) -> None:

    registry = server.client.get("/api/registry").json()
    assert {each["ending"] for each in registry["formats"]} == set(FORMATS)
    assert registry["kinds"].keys() == KINDS.keys()


def test_ratings_and_graphs_are_kept(server: Served) -> None:
    dry = server.upload("dry.wav", wav(1.0, 8))["id"]
    key = server.start("render", graph=patch(), dry={"in": dry})
    trial = {"x": "render", "chosen": "render", "right": True}
    url = f"/api/jobs/{key}/ratings"
    assert server.client.post(url, json={"method": "abx", "trial": trial}).status_code == 201
    assert server.client.get(url).json() == [{"method": "abx", **trial}]
    for _ in range(2):
        assert server.client.put(f"/api/jobs/{key}/graphs/edit", json={"graph": patch()}).status_code == 200
    (kept,) = server.job(key)["graphs"]
    assert Graph.from_dict(kept["graph"]) == Graph.from_dict(patch())
    server.wait(key, "done")


# --- what is refused --------------------------------------------------------------------------------


def test_requests_of_other_sites_are_refused(server: Served) -> None:
    get = server.client.get
    refused(get("/api/jobs", headers={"host": "evil.example"}), 421, "host")
    refused(get("/api/jobs", headers={"origin": "http://evil.example"}), 403, "other sites")
    refused(get("/api/jobs", headers={"sec-fetch-site": "cross-site"}), 403, "other sites")
    assert get("/api/jobs", headers={"origin": server.address}).status_code == 200
    plain = server.client.post("/api/jobs", content=b"{}", headers={"content-type": "text/plain"})
    refused(plain, 415, "application/json")
    assert "frame-ancestors 'none'" in get("/").headers["content-security-policy"]


def test_a_token_is_needed_beyond_this_machine(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--token"):
        StudioSettings(tmp_path, host="0.0.0.0")
    with pytest.raises(ValueError, match="at least 16"):
        StudioSettings(tmp_path, token="short")
    token = "a-token-of-some-length"
    with served(tmp_path, host="0.0.0.0", token=token) as running:
        refused(running.client.get("/api/jobs"), 401, "token")
        refused(running.client.get("/", params={"token": "wrong"}), 401, "token")
        with_token = {"authorization": f"Bearer {token}"}
        assert running.client.get("/api/jobs", headers=with_token).status_code == 200
        assert running.client.get("/", params={"token": token}, follow_redirects=True).status_code in (
            200,
            404,
        )
        assert running.client.get("/api/jobs").status_code == 200  # by the cookie


@pytest.mark.parametrize(
    "name",
    [
        "../../studio.sqlite",
        "..%2f..%2fstudio.sqlite",
        "%2e%2e/%2e%2e/studio.sqlite",
        "/etc/passwd",
        "a\x00b",
        ".",
    ],
)
def test_no_path_leads_out_of_a_job(server: Served, name: str) -> None:
    dry = server.upload("dry.wav", wav(0.5, 9))["id"]
    key = server.start("render", graph=patch(), dry={"in": dry})
    for prefix in (f"/api/jobs/{key}/files/", "/", "/assets/"):
        url = httpx.URL(server.address).copy_with(raw_path=(prefix + name.replace("\x00", "%00")).encode())
        response = server.client.get(url)
        assert response.status_code in (400, 403, 404, 405) or b"SQLite" not in response.content
        assert b"root:" not in response.content and not response.content.startswith(b"SQLite")
    server.wait(key, "done")


def test_malformed_requests_are_refused(server: Served) -> None:
    """Random ones: nothing is a fault of the server, and nothing is written outside of its folder."""
    before = outside(server.settings.folder)
    assert sum(fuzzed(server, FUZZED, SEED).values()) == FUZZED
    assert outside(server.settings.folder) == before
    assert server.client.get("/api/registry").status_code == 200


def test_numbers_without_end_are_refused(server: Served) -> None:
    file = server.upload("a.wav", wav(0.3))["id"]
    for number in (10**400, -(10**400), 1e300):
        refused(started(server, "estimate", file=file, cpu_seconds=number), 400, "cpu_seconds")


def outside(folder: Path) -> set[str]:
    return {path.name for path in folder.parent.iterdir()}
