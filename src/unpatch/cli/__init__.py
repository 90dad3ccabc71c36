"""The command line. One command is one call of the API; heavy modules load when a command runs."""

import os
import sys
from collections.abc import Sequence

BAD_INPUT = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command. What the user got wrong is said in one line on stderr, with exit code 2."""
    from cyclopts import CycloptsError

    from unpatch.cli.app import app

    try:
        app(arguments, exit_on_error=False, print_error=False)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(INTERRUPTED)
    except (CycloptsError, ValueError, OSError) as error:
        # The package says what is wrong with its input by ValueError, the system by OSError.
        if os.environ.get("UNPATCH_TRACEBACK"):
            raise
        sys.stderr.write(f"unpatch: {one_line(error)}\n")
        sys.exit(BAD_INPUT)


def one_line(error: Exception) -> str:
    """The error's message without line breaks."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split()) or type(error).__name__
