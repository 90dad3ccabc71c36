"""Reading files of plain data that anyone may have written: JSON, YAML and tables of text.

Every fault raises an error of one line that names the file. Nothing here runs code from a file, and what is
read stays in proportion to the file: no references are followed, nesting and size are limited.
"""

import csv
import json
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

LARGEST_JSON = 256 * 2**20
LARGEST_YAML = 2**20
"""Bytes. The parser of YAML takes some seconds for as much."""
LONGEST_MESSAGE = 300


class DocumentError(ValueError):
    """What is wrong with a file of data, in one line."""


@contextmanager
def reading(path: Path, kind: type[ValueError] = DocumentError, advice: str = "") -> Iterator[None]:
    """Report any error while a file is parsed as one error of ``kind`` with the file's name.

    Only for blocks that parse and convert: a parser that is given damaged data may raise anything.
    """
    try:
        yield
    except Exception as fault:
        raise kind(f"{path}: {_in_one_line(fault)}{advice}") from fault


def _in_one_line(fault: Exception) -> str:
    if isinstance(fault, OSError):
        return fault.strerror or "cannot be read"
    if isinstance(fault, RecursionError):
        return "nested too deeply"
    if isinstance(fault, KeyError):
        return f"lacks {fault.args[0]!r}"[:LONGEST_MESSAGE] if fault.args else "lacks a field"
    line = next(iter(str(fault).splitlines()), "")[:LONGEST_MESSAGE]
    return line if isinstance(fault, ValueError) and line else f"damaged ({line or type(fault).__name__})"


def read_json(path: Path, kind: type[ValueError] = DocumentError) -> Any:
    """The content of a JSON file; see :func:`parse_json`."""
    with reading(path, kind):
        data = _bytes(path, LARGEST_JSON)
        if not data.strip():
            raise DocumentError("is empty")
        return parse_json(data)


def parse_json(text: str | bytes, *, infinite: bool = False) -> Any:
    """JSON as its standard has it (RFC 8259): no NaN, no field twice in one object.

    Args:
        infinite: accept NaN and Infinity as Python writes them, in files of our own.

    Raises:
        DocumentError: the text is not such JSON.
    """
    try:
        refuse = None if infinite else _refuse_constant
        return json.loads(text, parse_constant=refuse, object_pairs_hook=_unique)
    except DocumentError:
        raise
    except UnicodeDecodeError:
        raise DocumentError("not JSON: is not text") from None
    except RecursionError:
        raise DocumentError("not JSON: nested too deeply") from None
    except ValueError as error:
        raise DocumentError(f"not JSON: {error}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise DocumentError(f"not JSON: {name} is not a number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        _refuse_repeated(name for name, _ in pairs)
    return found


def _refuse_repeated(names: Iterator[str]) -> NoReturn:
    name = Counter(names).most_common(1)[0][0]
    raise DocumentError(f"field {name[:40]!r} is written twice in one object")


def read_yaml(path: Path, kind: type[ValueError] = DocumentError) -> Any:
    """Mappings, lists and strings of a YAML file; an empty value is None.

    Values stay as they are written: ``808``, ``no`` and ``2020-01-01`` are names like any other. Tags, and
    references (``*name``), by which a small file can expand to a huge one, are refused.
    """
    import yaml

    from unpatch.storage.yaml_loader import load_plain

    with reading(path, kind):
        try:
            return load_plain(_bytes(path, LARGEST_YAML).decode())
        except yaml.YAMLError as error:
            raise DocumentError(f"is not valid YAML: {_place(error)}") from None
        except UnicodeDecodeError:
            raise DocumentError("is not valid YAML: the text is not UTF-8") from None


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = " ".join(str(getattr(error, "problem", None) or error).split())
    return f"{problem}, line {mark.line + 1}" if mark is not None else problem


def read_table(
    path: Path, columns: Collection[str], *, delimiter: str = "\t", kind: type[ValueError] = DocumentError
) -> list[tuple[int, dict[str, str]]]:
    """Rows of a table of text that starts with the names of its columns, each with its line number.

    Tables with tabs have no quotes. Every row has at least ``columns``.
    """
    with reading(path, kind), path.open(encoding="utf-8-sig", newline="") as file:
        if delimiter == "\t":
            rows = csv.DictReader(file, delimiter=delimiter, quoting=csv.QUOTE_NONE)
        else:
            rows = csv.DictReader(file, delimiter=delimiter)
        if missing := set(columns) - set(rows.fieldnames or ()):
            raise DocumentError(f"has no column {', '.join(sorted(missing))}")
        return [(rows.line_num, _complete(row, columns, rows.line_num)) for row in rows]


def _complete(row: dict[str, str], columns: Collection[str], line: int) -> dict[str, str]:
    if any(row[name] is None for name in columns):
        raise DocumentError(f"line {line} has too few columns")
    if any("\0" in row[name] for name in columns):
        raise DocumentError(f"line {line} holds a zero byte")
    return row


def _bytes(path: Path, most: int) -> bytes:
    """Content of a file; more than ``most`` bytes are refused unread."""
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise DocumentError(f"is larger than {most // 2**20} MiB, the most that is read of such a file")
    return data
