"""The processors: this folder is the list.

Every module here that does not start with an underscore declares one processor of its own name.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

from unpatch.spec import Processor


class Registry(Mapping[str, Processor]):
    """Kind to processor; cannot be changed, and is short to print as the default of an argument."""

    def __init__(self, processors: Mapping[str, Processor]) -> None:
        self._processors = dict(processors)

    def __getitem__(self, kind: str) -> Processor:
        return self._processors[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._processors)

    def __len__(self) -> int:
        return len(self._processors)

    def __repr__(self) -> str:
        return f"<{len(self)} processors>"


def _load(name: str) -> Processor:
    found = getattr(import_module(f"{__name__}.{name}"), name)
    if not isinstance(found, Processor):
        raise TypeError(f"{__name__}.{name} must declare the processor {name!r}")
    return found


PROCESSORS = Registry(
    {
        module.name: _load(module.name)
        for module in sorted(iter_modules(__path__), key=lambda m: m.name)
        if not module.name.startswith("_")
    }
)
"""Kind to processor, in alphabetical order."""
