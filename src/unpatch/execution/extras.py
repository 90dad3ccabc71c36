"""Libraries that only some commands need, and that come with an extra of the package."""

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "train": ("lightning_fabric", "tensorboard"),
    "synth": ("av", "mido"),
    "mcp": ("mcp", "anyio", "pydantic"),
    "notebook": ("anywidget", "traitlets"),
    "studio": ("alembic", "sqlalchemy", "starlette", "uvicorn"),
}
"""Extra to the modules that it brings; all others of the package's libraries come with every installation."""


class MissingExtraError(ImportError):
    """An extra that is not installed, in one line."""


@cache
def require(extra: str) -> None:
    """Check that the libraries of an extra are installed; called before they are imported.

    Args:
        extra: a name in :data:`EXTRAS`.

    Raises:
        MissingExtraError: with the command that installs them.
    """
    if missing := [name for name in EXTRAS[extra] if find_spec(name) is None]:
        raise MissingExtraError(
            f"this needs unpatch[{extra}]: pip install 'unpatch[{extra}]' ({', '.join(missing)} not found)"
        )
