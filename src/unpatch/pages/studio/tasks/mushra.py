"""Audio of a MUSHRA listening test (Recommendation ITU-R BS.1534-3) from references and what is compared.

Each trial has a reference, the same hidden among the stimuli, two anchors, and the systems under test. Their
files have random names.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from unpatch.metrics.listening import LOW_ANCHOR, MID_ANCHOR, REFERENCE
from unpatch.pages.studio import fields
from unpatch.pages.studio.faults import RequestError
from unpatch.pages.studio.fields import Fields
from unpatch.pages.studio.tasks.takes import loudest_part, write_takes
from unpatch.pages.studio.tasks.task import Task, Work

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.pages.studio.tasks.playing import Signals

NAMES = "title", "trials", "match_levels"
ANCHORS_HZ = {LOW_ANCHOR: 3_500.0, MID_ANCHOR: 7_000.0}
RESERVED = REFERENCE, *ANCHORS_HZ
MOST_TRIALS, MOST_SYSTEMS = 60, 9
"""With the reference and the anchors no more than twelve stimuli, as the recommendation has it."""
LONGEST_S = 12.0
"""Of a stimulus; of longer recordings the loudest stretch is used."""
SHORTEST_SHARE = 0.9
"""Of a reference's length; what is shorter is another recording."""


def _check(request: object) -> dict[str, Any]:
    given = fields.known(request, NAMES)
    trials = given.get("trials")
    if not isinstance(trials, list) or not 1 <= len(trials) <= MOST_TRIALS:
        raise RequestError(f"trials must be a list of 1 to {MOST_TRIALS}")
    checked = [_trial(each) for each in trials]
    names = [trial["name"] for trial in checked]
    if len(set(names)) < len(names):
        raise RequestError("two trials have the same name")
    for trial in checked:
        if trial["systems"].keys() != checked[0]["systems"].keys():
            raise RequestError(f"{trial['name']}: every trial needs the same systems")
    return {
        "title": fields.text(given, "title", "Listening test"),
        "trials": checked,
        "match_levels": bool(fields.flag(given, "match_levels", default=True)),
    }


def _trial(given: object) -> dict[str, Any]:
    trial = fields.known(given, ("name", "reference", "systems"))
    systems = fields.sources(trial, "systems")
    if not 1 <= len(systems) <= MOST_SYSTEMS:
        raise RequestError(f"systems must be 1 to {MOST_SYSTEMS}, got {len(systems)}")
    if taken := [name for name in systems if name in RESERVED or not name.strip()]:
        raise RequestError(f"a system cannot be called {taken[0]!r}")
    return {
        "name": fields.text(trial, "name"),
        "reference": fields.identity(trial.get("reference"), "reference"),
        "systems": dict(sorted(systems.items())),
    }


def _files(request: Fields) -> list[str]:
    files = [file for trial in request["trials"] for file in (trial["reference"], *trial["systems"].values())]
    return list(dict.fromkeys(files))


def _run(work: Work) -> dict[str, Any]:
    from unpatch.pages.studio.tasks.playing import Signals

    signals, rows, shown, hidden = Signals(), [], [], []
    rate = _rate(work)
    trials = work.request["trials"]
    for place, trial in enumerate(trials):
        work.at("preparing", place / len(trials))
        stimuli = _stimuli(work, trial, signals, rate)
        keys = {name: secrets.token_hex(6) for name in stimuli}
        open_key = secrets.token_hex(6)
        takes = {keys[name]: (keys[name], audio) for name, audio in stimuli.items()}
        rows += write_takes(work.folder, {open_key: ("Reference", stimuli[REFERENCE]), **takes}, rate)
        seconds = stimuli[REFERENCE].shape[-1] / rate
        shown.append({"name": trial["name"], "reference": open_key, "seconds": seconds})
        hidden.append({key: name for name, key in keys.items()})
    return {
        "title": work.request["title"],
        "trials": shown,
        "conditions": [*RESERVED, *trials[0]["systems"]],
        "sample_rate": rate,
        "takes": rows,
        "hidden": hidden,
    }


def _rate(work: Work) -> int:
    """The highest of all references, so that nothing is lost."""
    from unpatch.audio import opened

    rates = []
    for trial in work.request["trials"]:
        with opened(work.files[trial["reference"]]) as file:
            rates.append(int(file.samplerate))
    return max(rates)


def _stimuli(work: Work, trial: Fields, signals: Signals, rate: int) -> dict[str, Tensor]:
    """Condition to audio ``[2, T]``, of one length, and with systems as loud as the reference."""
    from unpatch.audio import check_sounds
    from unpatch.dsp.anchors import low_passed

    path = work.files[trial["reference"]]
    reference = signals.get(path, rate)
    check_sounds(reference, path.name)
    part = loudest_part(reference, round(LONGEST_S * rate))
    wanted = reference[:, part]
    stimuli = {REFERENCE: wanted}
    for name, hz in ANCHORS_HZ.items():
        stimuli[name] = low_passed(wanted, hz, rate)
    for name, file in trial["systems"].items():
        found = _same_part(signals.get(work.files[file], rate), reference, part, work.files[file].name)
        stimuli[name] = _as_loud(found, wanted, rate) if work.request["match_levels"] else found
    highest = max(float(audio.abs().amax()) for audio in stimuli.values())
    return {name: audio / max(highest, 1.0) for name, audio in stimuli.items()}


def _same_part(audio: Tensor, reference: Tensor, part: slice, name: str) -> Tensor:
    """The stretch of a system's output, silent where it is over."""
    from torch.nn.functional import pad

    share = audio.shape[-1] / reference.shape[-1]
    if not SHORTEST_SHARE <= share <= 1 / SHORTEST_SHARE:
        raise ValueError(f"{name}: lasts {share:.2f} times as long as its reference")
    found = audio[:, part]
    return pad(found, (0, part.stop - part.start - found.shape[-1]))


def _as_loud(audio: Tensor, reference: Tensor, rate: int) -> Tensor:
    from unpatch.pages.studio.tasks.playing import loudness_of

    own, goal = loudness_of(audio, rate), loudness_of(reference, rate)
    return audio if own is None or goal is None else audio * 10 ** ((goal - own) / 20)


MUSHRA = Task("mushra", _check, _files, _run)
