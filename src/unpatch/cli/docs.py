"""The command line's reference page: ``python -m unpatch.cli.docs > docs/cli.md``."""

import sys
from unittest.mock import patch

from unpatch.cli.app import app


def page() -> str:
    """Markdown from the commands' signatures and docstrings."""
    # cyclopts writes the running program's name into usage lines.
    with patch.object(sys, "argv", ["unpatch"]):
        return app.generate_docs().rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
