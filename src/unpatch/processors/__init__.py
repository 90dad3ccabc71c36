"""The processors: this folder is the list.

Every module that does not start with an underscore declares one processor of its own name: here the 33 of
blind estimation, in ``everyday`` what everyday processing needs beside them, in ``console`` the strips of
our mixing console, in ``published`` those of the mixing console of Lee et al. 2024, in ``mastering`` the
effects of a mastering chain.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

from unpatch.declaration import Processor


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


def _load(package: str, name: str) -> Processor:
    found = getattr(import_module(f"{package}.{name}"), name)
    if not isinstance(found, Processor):
        raise TypeError(f"{package}.{name} must declare the processor {name!r}")
    return found


def _registry(package: str) -> Registry:
    """Kind to processor of one folder, in alphabetical order."""
    modules = sorted(iter_modules(import_module(package).__path__), key=lambda module: module.name)
    names = [module.name for module in modules if not (module.ispkg or module.name.startswith("_"))]
    return Registry({name: _load(package, name) for name in names})


PROCESSORS = _registry(__name__)
"""The 33 kinds of the paper on blind estimation."""
EVERYDAY = Registry({**PROCESSORS, **_registry(f"{__name__}.everyday")})
"""Those and what everyday processing needs beside them."""
CONSOLE = _registry(f"{__name__}.console")
"""What the strips of our mixing console are made of."""
PUBLISHED = _registry(f"{__name__}.published")
"""What those of the published mixing console are made of."""
MASTERING = _registry(f"{__name__}.mastering")
"""The effects of a mastering chain, and those that have been tried in their place."""
KINDS = Registry({**EVERYDAY, **CONSOLE, **PUBLISHED, **MASTERING})
"""Every kind that a graph may have."""
SETS: Mapping[str, Registry] = {
    "blind": PROCESSORS,
    "everyday": EVERYDAY,
    "console": CONSOLE,
    "published": PUBLISHED,
    "mastering": MASTERING,
    "all": KINDS,
}
"""The sets by name."""


def family_of(kinds: Iterable[str]) -> Registry:
    """The set that contains all of these kinds; every kind if there is none."""
    wanted = set(kinds)
    families = (PROCESSORS, EVERYDAY, MASTERING, CONSOLE, PUBLISHED)
    return next((family for family in families if wanted <= family.keys()), KINDS)
