"""Modules by name, loaded or not: the user's own, installed ones, Python's.

Nothing is imported to find out. A module that a step imports while it runs is looked up
where Python would find it, so that its code is known before.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder

from flownote import sources
from flownote.provenance.index import FileIndex, index_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_EMPTY: dict[str, Any] = {
    "units": {},
    "bindings": {},
    "touches": {},
    "imports": {},
    "stars": [],
}


class Project:
    """A module of the user's own.

    Attributes
    ----------
    name
        Its dotted name.
    file
        Its file; None for a folder without ``__init__``.
    live
        The loaded module, None when it isn't loaded.
    """

    def __init__(self, name: str, file: str | None, live: ModuleType | None) -> None:
        self.name = name
        self.file = file
        self.live = live
        self._index: FileIndex | None = None

    @property
    def index(self) -> FileIndex:
        """The module's pieces; none when its source can't be read."""
        if self._index is None:
            found = index_of(self.file) if self.file else None
            self._index = found or FileIndex(_EMPTY)
        return self._index

    @property
    def package(self) -> str:
        """What relative imports start from."""
        stem = os.path.basename(self.file or "__init__.py")
        return self.name if stem == "__init__.py" else self.name.rpartition(".")[0]


class Installed:
    """A module of a third party's distribution."""

    def __init__(self, name: str, file: str) -> None:
        self.name = name
        self.file = file


class Modules:
    """Looks modules up, each once."""

    def __init__(self) -> None:
        self._found: dict[str, Project | Installed | None] = {}

    def get(self, name: str) -> Project | Installed | None:
        """Return a module; None for Python's own, Flownote, and what doesn't exist."""
        if name not in self._found:
            self._found[name] = self._look_up(name)
        return self._found[name]

    def found(self) -> list[Project | Installed]:
        """Return every module that was asked for and exists."""
        return [one for one in self._found.values() if one is not None]

    def of_file(self, file: str, name: str) -> Project:
        """Return the module of a file that is known to be the user's."""
        found = self._found.get(name)
        if not isinstance(found, Project) or found.file != os.path.abspath(file):
            found = Project(name, os.path.abspath(file), _loaded(name))
            self._found[name] = found
        return found

    def _look_up(self, name: str) -> Project | Installed | None:
        top = name.partition(".")[0]
        if top == "flownote" or top in sys.builtin_module_names:
            return None
        live = _loaded(name)
        file, folders = _live_place(live) if live is not None else _place(name)
        if file is None and not folders:
            return None
        where = os.path.abspath(file or folders[0])
        if file is None:
            inside = sources.is_project_file(os.path.join(where, "x.py"))
            return Project(name, None, live) if inside else Installed(name, where)
        if sources.is_project_file(where):
            return Project(name, where, live)
        if top in sys.stdlib_module_names:
            return None
        return Installed(name, where)


def _loaded(name: str) -> ModuleType | None:
    return sys.modules.get(name)


def _live_place(module: ModuleType) -> tuple[str | None, list[str]]:
    file = getattr(module, "__file__", None)
    return file, [] if file else list(getattr(module, "__path__", ()))


def _place(name: str) -> tuple[str | None, list[str]]:
    """Return a module's file, or the folders of a package without ``__init__``."""
    path: Any = None
    spec = None
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        try:
            spec = PathFinder.find_spec(".".join(parts[:length]), path)
        except (ImportError, ValueError, AttributeError):
            return None, []
        if spec is None:
            return None, []
        path = spec.submodule_search_locations
    if spec is not None and spec.origin is not None and os.path.exists(spec.origin):
        return spec.origin, []
    return None, list(path or ())
