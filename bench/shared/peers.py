"""Packages that benchmarks compare unpatch with; a script without its peer reports how to install it."""

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

EXTRA = "pip install 'unpatch[bench]'"
INSTALL = {"grafx": "pip install --no-deps grafx"}
"""How packages are installed that are not in the extra; grafx requires its own torch."""


def installed(name: str) -> Any:
    """The package; ends the script with exit status 2 where it is not installed."""
    check_installed(name.partition(".")[0])
    return import_module(name)


def check_installed(name: str) -> None:
    """The same, for packages that are imported later or by another process."""
    if find_spec(name) is None:
        sys.stderr.write(f"{name} is not installed: {INSTALL.get(name, EXTRA)}\n")
        sys.exit(2)
