"""Small damages to data and to bytes, drawn from a seed."""

import copy
import random
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree

ODD: Sequence[Any] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**70, 10**400, -(10**30), 1e308, -1e308, 1e-320, -0.0, 0.5,
    "", "in", "out", "kick", "__class__", "\0", "\ud800", "\u202e\x1b[31m", "😀" * 50, "x" * 10_000,
    [], {}, [[]], {"a": 1}, [1, 2, 3], "NaN", "1", float("inf"), float("nan"),
)  # fmt: skip
NUMBERS = (-1.0, 0.0, 1e-9, 3.0, 12_345.678, 1e6, -1e6)
EXTREMES = (
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x80\0\0\0",
    b"\1\0\0\0",
)

Place = tuple[Any, ...]


def damaged_data(data: Any, draw: random.Random, names: Sequence[str]) -> Any:
    """A copy with one to three places changed; ``names`` are words that mean something there."""
    data = copy.deepcopy(data)
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        places = [place for place in _places(data) if place]
        if places:
            _change(data, draw.choice(places), draw, names)
    return data


def _places(data: Any, place: Place = ()) -> Iterator[Place]:
    yield place
    items: Any = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from _places(value, (*place, key))


def _change(data: Any, place: Place, draw: random.Random, names: Sequence[str]) -> None:
    for key in place[:-1]:
        data = data[key]
    key = place[-1]
    value = data[key]
    match draw.randrange(7):
        case 0:
            data[key] = copy.deepcopy(draw.choice(ODD))
        case 1:
            del data[key]
        case 2 if isinstance(data, list):
            data.insert(draw.randrange(len(data) + 1), copy.deepcopy(value))
        case 3 if isinstance(value, int | float) and not isinstance(value, bool):
            data[key] = draw.choice((value + 1, -value, value * 3, str(value), *NUMBERS))
        case 4 if isinstance(data, dict):
            data[draw.choice((*names, "x", "__proto__"))] = copy.deepcopy(draw.choice(ODD))
        case 5 if isinstance(value, str):
            data[key] = draw.choice((*names, value.swapcase(), value + "\u0301", value + " "))
        case 6 if isinstance(data, list):
            draw.shuffle(data)


def damaged_text(text: str, draw: random.Random) -> str:
    """Text with some signs changed, left out, put in or repeated."""
    signs = list(text)
    for _ in range(draw.randint(1, 4)):
        place = draw.randrange(len(signs) + 1)
        match draw.randrange(4):
            case 0:
                del signs[place : place + 1]
            case 1:
                signs.insert(
                    place, draw.choice((*'{}[]",:0-9eE.\\&*!|>%@`\0\t\n', "NaN", "1e999", "\\ud800"))
                )
            case 2:
                signs[place : place + 1] = chr(draw.randrange(1, 0x250))
            case 3:
                signs[place : place + 200] *= 2
    return "".join(signs)


def damaged_xml(text: str, draw: random.Random, names: Sequence[str]) -> str:
    """XML that is well formed and has one to three of its elements changed."""
    root = ElementTree.fromstring(text)
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        parents = [element for element in root.iter() if len(element)]
        if parents:
            parent = draw.choice(parents)
            _change_element(parent, draw.randrange(len(parent)), draw, names)
    return ElementTree.tostring(root, encoding="unicode")


def _change_element(
    parent: ElementTree.Element, place: int, draw: random.Random, names: Sequence[str]
) -> None:
    element = parent[place]
    match draw.randrange(6):
        case 0:
            element.text = draw.choice([str(odd).replace("\0", "") for odd in (*ODD, *NUMBERS)])
        case 1:
            parent.remove(element)
        case 2:
            parent.insert(draw.randrange(len(parent) + 1), copy.deepcopy(element))
        case 3:
            element.tag = draw.choice((*names, "layer", "instrument", "name")).strip("./").replace("/", "-")
        case 4:
            children = list(parent)
            draw.shuffle(children)
            parent[:] = children
        case 5:
            element.append(copy.deepcopy(parent) if draw.random() < 0.5 else ElementTree.Element("x"))


def damaged_bytes(data: bytes, draw: random.Random) -> bytes:
    """Bytes with some flipped, cut off, doubled, left out, or a number among them at an extreme."""
    found = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 4))):
        place = draw.randrange(len(found) + 1)
        match draw.randrange(6):
            case 0:
                del found[place:]
            case 1:
                found[place : place + 1] = draw.randbytes(1)
            case 2:
                del found[place : place + draw.randint(1, 64)]
            case 3:
                found[place:place] = found[place : place + draw.randint(1, 64)]
            case 4:
                found[place : place + 4] = draw.choice(EXTREMES)
            case 5:
                # Headers decide most.
                place = draw.randrange(min(len(found), 200) + 1)
                found[place : place + 1] = draw.choice((b"\0", b"\xff", b"\x80", draw.randbytes(1)))
    return bytes(found)
