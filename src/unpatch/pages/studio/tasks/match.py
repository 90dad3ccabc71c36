"""A song and its references in, a master out."""

from __future__ import annotations

from dataclasses import fields as fields_of
from typing import TYPE_CHECKING, Any

from unpatch.pages.studio import fields
from unpatch.pages.studio.fields import Fields
from unpatch.pages.studio.tasks.takes import EXCERPT_S, loudest_part, write_takes
from unpatch.pages.studio.tasks.task import Task, Work
from unpatch.ranges import LUFS, SHARE, TRUE_PEAK_DB

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.mastering.matching.song import Matched

NAMES = "target", "references", "amounts", "lufs", "true_peak_db"


def amount_names() -> tuple[str, ...]:
    """What a match changes, in the order of its stages."""
    from unpatch.mastering.matching.matching import Amounts

    return tuple(field.name for field in fields_of(Amounts))


def _check(request: object) -> dict[str, Any]:
    given = fields.known(request, NAMES)
    names = amount_names()
    amounts = fields.known(given.get("amounts", {}), names)
    return {
        "target": fields.identity(given.get("target"), "target"),
        "references": fields.identities(given, "references"),
        "amounts": {name: fields.number(amounts, name, SHARE, 1.0) for name in names},
        "lufs": fields.number(given, "lufs", LUFS),
        "true_peak_db": fields.number(given, "true_peak_db", TRUE_PEAK_DB),
    }


def _files(request: Fields) -> list[str]:
    return [request["target"], *request["references"]]


def _run(work: Work) -> dict[str, Any]:
    from unpatch import match, save
    from unpatch.mastering.matching.matching import Amounts

    request = work.request
    work.at("reading")
    target, rate = _read(work, request["target"])
    references = [_read(work, file) for file in request["references"]]
    their_rate = references[0][1]
    work.at("matching")
    matched = match(
        target,
        [_at(audio, own, their_rate) for audio, own in references],
        rate,
        reference_rate=their_rate,
        amounts=Amounts(**request["amounts"]),
        lufs=request["lufs"],
        true_peak_db=request["true_peak_db"],
    )
    work.at("writing")
    save(work.folder / "master.wav", matched.audio, rate)
    matched.master.save(work.folder / "preset.json")
    reference = _at(*references[0], rate)
    return _result(work, matched, target, reference, rate)


def _read(work: Work, file: str) -> tuple[Tensor, int]:
    from unpatch.audio import check_sounds, load

    path = work.files[file]
    audio, rate = load(path)
    check_sounds(audio, path.name)
    return audio, rate


def _at(audio: Tensor, own: int, rate: int) -> Tensor:
    from unpatch.audio import resample

    return resample(audio, own, rate)


def _result(work: Work, matched: Matched, target: Tensor, reference: Tensor, rate: int) -> dict[str, Any]:
    from unpatch.mastering.matching.telling import as_data

    frames = round(EXCERPT_S * rate)
    part = loudest_part(target, frames)
    shown = {
        "reference": ("Reference", reference[:, loudest_part(reference, frames)]),
        "render": ("Master", matched.audio[:, part]),
        "dry": ("Before", target[:, part]),
    }
    return {
        **as_data(matched.done),
        "sample_rate": rate,
        "seconds": (part.stop - part.start) / rate,
        "plays_from_s": part.start / rate,
        "takes": write_takes(work.folder, shown, rate),
        "downloads": ["master.wav", "preset.json"],
    }


MATCH = Task("match", _check, _files, _run)
