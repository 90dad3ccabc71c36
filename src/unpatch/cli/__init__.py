"""The command line. One command is one call of the API; heavy modules load when a command runs."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from unpatch.storage.legible import legible, one_line

if TYPE_CHECKING:
    from cyclopts import CycloptsError

BAD_INPUT = 2
INTERRUPTED = 130
TERMINATED = 143
"""128 and the number of the signal, as in shells."""


class Terminated(KeyboardInterrupt):
    """SIGTERM: the process cleans up as after Ctrl-C."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command. A user error is one line on stderr, with exit code 2.

    A command that is interrupted (Ctrl-C) or terminated ends with one line and 130 or 143.
    """
    try:
        with _terminable():
            _run(arguments)
    except Terminated as stop:
        _end(f"{stop}" or "terminated", TERMINATED)
    except KeyboardInterrupt as stop:
        _end(f"{stop}" or "interrupted", INTERRUPTED)


def _run(arguments: Sequence[str] | None) -> None:
    from cyclopts import CycloptsError

    from unpatch.cli.app import app
    from unpatch.cli.console import note_on_terminal
    from unpatch.execution.announcements import COMPILING
    from unpatch.execution.extras import MissingExtraError

    COMPILING.report = note_on_terminal
    try:
        app(arguments, exit_on_error=False, print_error=False)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(INTERRUPTED)
    except CycloptsError as error:
        _refuse(error, usage_line(error))
    except (ValueError, OSError, MissingExtraError) as error:
        # The package reports bad input as ValueError, the system as OSError.
        _refuse(error, one_line(error))


def _refuse(error: Exception, line: str) -> NoReturn:
    if os.environ.get("UNPATCH_TRACEBACK"):
        raise error
    _end(line, BAD_INPUT)


def _end(line: str, code: int) -> NoReturn:
    sys.stderr.write(f"unpatch: {legible(line)}\n")
    sys.exit(code)


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM clean up; only the main thread may set signal handlers."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: object) -> NoReturn:
    raise Terminated


def usage_line(error: CycloptsError) -> str:
    """What is wrong with the arguments of a command, and a pointer to its help."""
    from cyclopts import CoercionError, MissingArgumentError, UnusedCliTokensError

    see = f"; see `{' '.join(('unpatch', *(error.command_chain or ()), '--help'))}`"
    if isinstance(error, UnusedCliTokensError):
        return f"unexpected {', '.join(map(repr, error.unused_tokens or ()))}{see}"
    if isinstance(error, MissingArgumentError) and error.argument is not None:
        return f"{error.argument.name} is missing{see}"
    line = one_line(error)
    if isinstance(error, CoercionError) and error.argument and not line.startswith("Invalid value"):
        return f"Invalid value for {error.argument.name}: {line}"
    return line
