"""The processors: this folder is the list.

Every module here that does not start with an underscore declares one processor of its own name.
"""

from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from unpatch.spec import Processor


def _load(name: str) -> Processor:
    found = getattr(import_module(f"{__name__}.{name}"), name)
    if not isinstance(found, Processor):
        raise TypeError(f"{__name__}.{name} must declare the processor {name!r}")
    return found


PROCESSORS = MappingProxyType(
    {
        module.name: _load(module.name)
        for module in sorted(iter_modules(__path__), key=lambda m: m.name)
        if not module.name.startswith("_")
    }
)
"""Kind to processor, in alphabetical order."""
