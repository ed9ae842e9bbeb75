"""Small projects on disk, loaded as `flownote run` loads them and forgotten afterwards."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flownote import flowspec, sources
from flownote.loader import LoadedFlow, load_flow

HEAD = "from flownote import FlowSpec, step, Parameter, JSONType, IncludeFile\n"


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files, their common indentation removed; ``flow.py`` gets the usual imports."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = textwrap.dedent(text)
        path.write_text(HEAD + text if name == "flow.py" else text)


@contextmanager
def clean_interpreter(folder: Path) -> Iterator[None]:
    """Undo what loading a flow changes in this process."""
    modules, path, hooks = dict(sys.modules), list(sys.path), list(sys.path_hooks)
    try:
        yield
    finally:
        for name in set(sys.modules) - set(modules):
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
                del sys.modules[name]
        sys.modules["__main__"] = modules["__main__"]
        sys.path[:], sys.path_hooks[:] = path, hooks
        sys.path_importer_cache.clear()
        flowspec.passive = False
        sources.forget()


@contextmanager
def loaded(folder: Path, files: dict[str, str], target: str = "flow.py") -> Iterator[LoadedFlow]:
    """Write a project, load its flow, and forget both afterwards."""
    write(folder, files)
    with clean_interpreter(folder):
        yield load_flow(str(folder / target))
