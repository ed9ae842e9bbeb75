"""The project's source texts *as loaded*: what ran, even when a file has changed since.

`flownote.describe` reads a flow's steps from them, `flownote.provenance` its code, and
`run.json` keeps them. Modules loaded before a command began are read when it begins;
later ones are kept by `_KeepingLoader` while Python imports them.
"""

from __future__ import annotations

import ast
import os
import sys
from contextlib import suppress
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.abc import PathEntryFinder
    from types import CodeType

# How often a text became another than was known: who remembers what follows from texts
# asks only for this number.
changes = 0

_texts: dict[str, str] = {}
_trees: dict[str, ast.Module | None] = {}

_STDLIB = os.path.dirname(os.__file__) + os.sep
_OURSELVES = os.path.dirname(os.path.abspath(__file__)) + os.sep
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


def is_project_file(path: str | None) -> bool:
    """Whether a file is the user's own code: neither installed, nor Python's, nor ours."""
    if not path or path[0] == "<" or not path.endswith(tuple(SOURCE_SUFFIXES)):
        return False
    path = os.path.abspath(path)
    if path.startswith((_STDLIB, _OURSELVES)):
        return False
    return not any(part in path for part in _INSTALLED)


def keep(path: str, data: bytes | str) -> str:
    """Remember the text of a file as it was loaded, and return it."""
    path = os.path.abspath(path)
    text = data if isinstance(data, str) else decode(data)
    if _texts.get(path) != text:
        global changes
        changes += 1
        _texts[path] = text
        _trees.pop(path, None)
    return text


def text_of(path: str) -> str | None:
    """Return the text of a file as loaded; None when it can't be known."""
    path = os.path.abspath(path)
    if path not in _texts:
        try:
            with open(path, "rb") as file:
                keep(path, file.read())
        except OSError:
            return _text_of_cell(path)
        except (SyntaxError, UnicodeDecodeError):
            return None
    return _texts[path]


def _text_of_cell(path: str) -> str | None:
    """Return the text of a notebook's cell: Jupyter names files that it never writes."""
    linecache = sys.modules.get("linecache")
    lines = linecache.getlines(path) if linecache is not None else []
    return keep(path, "".join(lines)) if lines else None


def tree_of(path: str, *, keep: bool = True) -> ast.Module | None:
    """Return the syntax tree of a file as loaded; None when there is none.

    A tree is many times larger than its text: who asks once lets go of it.
    """
    path = os.path.abspath(path)
    if path in _trees:
        return _trees[path]
    text = text_of(path)
    try:
        tree = None if text is None else ast.parse(text, path)
    except (SyntaxError, ValueError, RecursionError):
        tree = None
    if keep:
        _trees[path] = tree
    return tree


def kept() -> dict[str, str]:
    """Return file → text of everything kept so far."""
    return dict(_texts)


def forget() -> None:
    """Forget everything kept: for tests, which load many projects in one process."""
    _texts.clear()
    _trees.clear()


def decode(data: bytes) -> str:
    """Decode a source file as Python does (byte order mark, coding comment)."""
    if data.startswith(b"\xef\xbb\xbf") or b"coding" in data[:400]:
        from importlib.util import decode_source

        return decode_source(data)
    return data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def keep_loaded() -> None:
    """Keep the project modules that are loaded already."""
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if isinstance(path, str) and is_project_file(path):
            text_of(path)


def install() -> None:
    """Keep, from now on, every project module that Python imports."""
    if _hook not in sys.path_hooks:
        sys.path_hooks.insert(0, _hook)
        for path in list(sys.path_importer_cache):
            if _is_project_folder(path):
                del sys.path_importer_cache[path]


class _KeepingLoader(SourceFileLoader):
    """Loads a module as Python does and keeps its text, also when bytecode was used."""

    def get_code(self, fullname: str) -> CodeType | None:
        self._read = False
        code = super().get_code(fullname)
        if not self._read:
            text_of(self.path)
        return code

    def get_data(self, path: str) -> bytes:
        if path != self.path and _is_older(path, self.path):
            # Python compares whole seconds, and would take the code of a file that was saved
            # twice within one for that of its text.
            raise OSError(f"{path} is older than its source")
        data = super().get_data(path)
        if path == self.path:
            self._read = True
            # What can't be decoded, Python itself is about to complain about.
            with suppress(SyntaxError, UnicodeDecodeError):
                keep(path, data)
        return data


def _is_older(path: str, source: str) -> bool:
    return os.stat(path).st_mtime_ns < os.stat(source).st_mtime_ns


_finder = FileFinder.path_hook(
    (ExtensionFileLoader, EXTENSION_SUFFIXES),
    (_KeepingLoader, SOURCE_SUFFIXES),
    (SourcelessFileLoader, BYTECODE_SUFFIXES),
)


def _is_project_folder(path: str) -> bool:
    return is_project_file(os.path.join(path or ".", "x.py"))


def _hook(path: str) -> PathEntryFinder:
    if not _is_project_folder(path):
        raise ImportError("not a folder of the project", path=path)
    return _finder(path)
