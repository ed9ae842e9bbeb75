"""Wraps the readers of libraries: those that are loaded, and others when they are imported.

Nothing is imported for it. A name that the project took out of a library before
(``from polars import read_csv``) is replaced where it stands.
"""

from __future__ import annotations

import sys
from importlib import import_module

from flownote import sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

# Library's module → the module here that wraps it, by its `WRAPPERS`.
WRAPPED = {
    "pyarrow": "readers",
    "pyarrow.csv": "readers",
    "pyarrow.dataset": "readers",
    "pyarrow.feather": "readers",
    "pyarrow.json": "readers",
    "pyarrow.orc": "readers",
    "pyarrow.parquet": "readers",
    "polars": "readers",
    "pandas": "readers",
    "h5py": "readers",
    "cv2": "readers",
    "urllib.request": "web",
    "requests.sessions": "web",
    "httpx": "web",
    "botocore.client": "web",
    "multiprocessing.process": "processes",
    "duckdb": "databases",
    "psycopg2": "databases",
    "psycopg": "databases",
    "pymysql": "databases",
    "MySQLdb": "databases",
    "pyodbc": "databases",
    "oracledb": "databases",
    "snowflake.connector": "databases",
    "redshift_connector": "databases",
}


# Modules that somebody waits for → what is done once they are imported.
_awaited: dict[str, Callable[[str], None]] = {}


def once_imported(name: str, act: Callable[[str], None]) -> None:
    """Have something done when a module is imported that isn't loaded yet."""
    _awaited[name] = act


def forget(names: Iterable[str]) -> None:
    """Have nothing done for these modules any more."""
    for name in names:
        _awaited.pop(name, None)


def install() -> None:
    """Wrap what is loaded, and watch imports from now on."""
    replaced: dict[int, tuple[Any, Any]] = {}
    for name in WRAPPED:
        module = sys.modules.get(name)
        if module is not None and not getattr(module.__spec__, "_initializing", False):
            replaced.update(_wrap(module, name))
    if replaced:
        _replace_in_project(replaced)
    sys.meta_path.insert(0, _Finder())  # type: ignore[arg-type]


def _wrap(module: ModuleType, name: str) -> dict[int, tuple[Any, Any]]:
    """Wrap a module's readers; returns what was replaced, by the identity of the original."""
    wrappers = import_module(f"flownote.world.{WRAPPED[name]}").WRAPPERS
    replaced = {}
    for path, wrap in wrappers[name].items():
        *owners, last = path.split(".")
        owner: Any = module
        for part in owners:
            owner = getattr(owner, part, None)
        original = getattr(owner, last, None)
        if original is None:
            continue  # another version of the library
        wrapped = wrap(original, f"{name}.{path}")
        setattr(owner, last, wrapped)
        replaced[id(original)] = (original, wrapped)
    return replaced


def _replace_in_project(replaced: dict[int, tuple[Any, Any]]) -> None:
    for module in list(sys.modules.values()):
        if not sources.is_project_file(getattr(module, "__file__", None)):
            continue
        for name, value in list(vars(module).items()):
            found = replaced.get(id(value))
            if found is not None and found[0] is value:
                setattr(module, name, found[1])


class _Finder:
    """Finds as the others do, and has what is found wrapped once it is executed."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return the module's own spec, its loader changed; None for other modules."""
        if name not in WRAPPED and name not in _awaited:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec = None if finder is self or find is None else find(name, path, target)
            if spec is not None:
                _wrap_when_executed(spec, name)
                return spec
        return None


def _wrap_when_executed(spec: ModuleSpec, name: str) -> None:
    loader: Any = spec.loader
    execute = getattr(loader, "exec_module", None)
    if execute is None:
        return

    def execute_and_wrap(module: ModuleType) -> None:
        execute(module)
        if name in WRAPPED:
            _wrap(module, name)
        if (act := _awaited.pop(name, None)) is not None:
            act(name)

    try:
        loader.exec_module = execute_and_wrap
    except AttributeError:  # a loader without attributes of its own
        return
