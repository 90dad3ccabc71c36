"""Docstrings, comments, strings and templates are in the terms of the field, without private idiom."""

import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import unpatch

PACKAGE = Path(unpatch.__file__).parent

IDIOM = re.compile(
    r"\b(?:hear|hears|heard|hearing|listens? (?:to|for)|listened|said|says?|saying|told|tells?|telling"
    r"|knows? of|asks?|asked|asked for|answers?|answered|whom|whoever|nobody|somebody|anybody|guess(?:es|ed)?"
    r"|hopes?|hoped|liking|strange|goes on|go on|going on|by and by|as it were|a little more|there is no such"
    r"|whichever|what came of it|what it is worth|of those that there are|owed|awake|believe[sd]?|forgets?"
    r"|remembers?|remembered|wants?|anew|mends?|mended|at will|to speak of)\b",
    re.IGNORECASE,
)
"""Metaphors for computing, and archaic phrases: write audible, measured, input, continue."""

ALLOWED: tuple[tuple[str, str, str], ...] = (
    ("__init__.py", "hear a sound, get the patch", "the project's motto"),
    ("cli/app.py", "Hear a sound, get the patch", "the project's motto"),
    ("pages/gallery/__init__.py", "to see and hear", "people do"),
    ("pages/templates/estimate.html.j2", "what you hear", "people do"),
    ("pages/templates/mix.html.j2", "what you hear", "people do"),
    ("blind/models/estimator.py", "hears", "key of stored configs"),
    ("mastering/presets.py", '"told"', "value of stored configs"),
    ("pages/mix/record.py", "told.json", "name of a stored file"),
    ("mixing/state.py", '"heard"', "key of stored checkpoints"),
    ("audio/reading.py", ".tell()", "method of files"),
    ("audio/reading.py", "do not say their sample rate", "message; part of the generator's checksum"),
    ("audio/reading.py", "does not say how long it is", "message; part of the generator's checksum"),
    ("rendering/energy.py", "say energy=", "message; part of the generator's checksum"),
    ("declaration/declaration.py", "say how many frames", "message; part of the generator's checksum"),
    ("synth/mixture.py", "nobody is called", "message; part of the generator's checksum"),
    ("synth/drums/kit.py", "prepared anew", "message; part of the generator's checksum"),
)
"""File, text that may stay, and why."""


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of comments, docstrings and strings with their numbers; all lines of a template."""
    if path.suffix != ".py":
        yield from enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        return
    with tokenize.open(path) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type in {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", -1)}:
                for offset, line in enumerate(token.string.splitlines()):
                    yield token.start[0] + offset, line


def without_allowed(name: str, line: str) -> str:
    for file, text, _ in ALLOWED:
        if file == name:
            line = line.replace(text, "")
    return line


def test_the_terms_are_those_of_the_field() -> None:
    found = []
    templates = PACKAGE / "pages" / "templates"
    for path in sorted([*PACKAGE.rglob("*.py"), *templates.iterdir()]):
        name = path.relative_to(PACKAGE).as_posix()
        for number, line in texts(path):
            found += [f"{name}:{number}: {word}" for word in IDIOM.findall(without_allowed(name, line))]
    assert not found, "\n".join(found)


def test_every_exception_is_used() -> None:
    unused = [
        (file, text)
        for file, text, _ in ALLOWED
        if not any(text in line for _, line in texts(PACKAGE / file))
    ]
    assert not unused
