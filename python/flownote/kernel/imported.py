"""Values that an import gives again: modules, and functions that stand in them.

Only those of installed packages and of Python itself: what a module of the project gives
changes with its files, and its cell is run again.
"""

from __future__ import annotations

import pickle
import sys
import types
from importlib import import_module

from flownote.codecs.base import Encoded
from flownote.sources import is_project_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_importable(value: types.ModuleType | types.FunctionType) -> bool:
    """Whether another process has the same module or function once it imports it."""
    if isinstance(value, types.ModuleType):
        return _installed(value.__name__) is value
    found: Any = _installed(value.__module__)
    for part in value.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is value


def encode(module: types.ModuleType) -> Encoded:
    """Write a module as its name, in a pickle that imports it."""
    data = pickle.dumps(_Reference(module.__name__), protocol=5)
    return Encoded("pickle", (data,), None, f"module {module.__name__}")


def _installed(name: str | None) -> types.ModuleType | None:
    module = sys.modules.get(name or "")
    if module is None or name == "__main__" or is_project_file(getattr(module, "__file__", None)):
        return None
    # One that was put together by hand has no place to be found at.
    return module if getattr(module, "__spec__", None) is not None else None


class _Reference:
    """Pickled in the place of a module."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __reduce__(self) -> Any:
        return import_module, (self._name,)
