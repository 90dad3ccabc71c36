"""Licences as indices name them, and what a model may be used for that has learnt from several."""

import pytest

from unpatch.synth.credits import Credit, gathered, terms_of
from unpatch.synth.licences import KNOWN, LicenceError, is_permissive, licence_of


@pytest.mark.parametrize(
    ("text", "name", "permissive"),
    [
        ("CC BY 4.0 (vocadito, Zenodo 5578807)", "CC BY", True),
        ("CC BY 3.0 (Nagoya Institute of Technology, HTS Working Group)", "CC BY", True),
        ("CC BY-NC-SA 4.0 (GTSinger dataset_license.md)", "CC BY-NC-SA", False),
        ("CC BY-SA 3.0", "CC BY-SA", False),
        ("CC0 1.0", "CC0", True),
        ("MIT", "MIT", True),
        ("GPL-3.0", "GPL", False),
        ("Public-domain dedication (self-authored)", "public domain", True),
        ("SCOTTPOID terms (free incl. commercial)", "SCOTTPOID terms", True),
        ('"Use however you like" (Cerenothoa)', "dorodoro terms", True),
        ("Viki Hopper terms (Seiun; non-commercial w/o approval)", "Viki Hopper terms", False),
    ],
)
def test_a_licence_is_found_by_the_longest_name_that_fits(text: str, name: str, permissive: bool) -> None:
    assert licence_of(text).name == name
    assert is_permissive(text) is permissive


@pytest.mark.parametrize("text", ["", "all rights reserved", "CC", "see README"])
def test_what_we_have_not_read_is_refused(text: str) -> None:
    with pytest.raises(LicenceError, match="unknown licence"):
        licence_of(text)


def test_no_two_licences_are_known_by_one_name() -> None:
    marks = [mark for licence in KNOWN for mark in licence.marks]
    assert len(set(marks)) == len(marks)


def test_the_strictest_licence_decides() -> None:
    def terms(*texts: str) -> tuple[bool | None, bool | None]:
        found = terms_of([Credit("voice", ("a",), text).to_dict() for text in texts])
        return found["commercial_use"], found["share_alike"]

    assert terms("MIT", "CC0") == (True, False)
    assert terms("MIT", "CC BY-SA 3.0") == (True, True)
    assert terms("MIT", "CC BY-NC 4.0") == (False, False)
    assert terms("MIT", "CC BY-NC-SA 4.0") == (False, True)
    assert terms("MIT", "") == (None, None)
    assert terms("", "CC BY-NC 4.0") == (False, None)
    assert terms() == (None, None)


def test_credits_of_one_licence_and_origin_are_one() -> None:
    given = [
        Credit("voice", ("b",), "MIT", "x"),
        Credit("voice", ("a",), "MIT", "x"),
        Credit("voice", ("c",), "CC0"),
    ]
    assert gathered(given) == [Credit("voice", ("c",), "CC0"), Credit("voice", ("a", "b"), "MIT", "x")]
