"""The source of cells under names that Python's tracebacks, `inspect` and warnings can read.

Each execution has a file name of its own that is never written, so that a function keeps
the text that it was made from when its cell is edited and run again.
"""

from __future__ import annotations

import linecache
import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Texts of older executions are dropped beyond this.
MOST = 5_000

_FOLDER = f"/tmp/flownote-{os.getpid()}"


class Source:
    """The source of one execution.

    Attributes
    ----------
    file
        The name that its code objects have.
    cell
        The cell's id.
    title
        What people call it: ``Cell 3``.
    """

    __slots__ = ("cell", "file", "title")

    def __init__(self, file: str, cell: str, title: str) -> None:
        self.file = file
        self.cell = cell
        self.title = title


_sources: dict[str, Source] = {}


def register(code: str, number: int, cell: str, label: str, part: str = "") -> Source:
    """Make the source of an execution, or of a part of it, known."""
    name = re.sub(r"[^\w-]+", "_", label) or "cell"
    file = f"{_FOLDER}/{name}_{number}{'_' if part else ''}{part}.py"
    source = Source(file, cell, label[:1].upper() + label[1:])
    lines = code.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    # Without a time, `linecache.checkcache` leaves it alone.
    linecache.cache[file] = (len(code), None, lines, file)
    _sources[file] = source
    if len(_sources) > MOST:
        oldest = next(iter(_sources))
        del _sources[oldest]
        linecache.cache.pop(oldest, None)
    return source


def of_file(file: str) -> Source | None:
    """Return the source that a code object's file name stands for; None for real files."""
    return _sources.get(file)


def named(text: str) -> str:
    """Return a text in which the names of files that are cells are what people call them."""
    if _FOLDER not in text:
        return text
    return re.sub(rf"{re.escape(_FOLDER)}/[\w-]+\.py", _title, text)


def _title(match: Any) -> str:
    source = _sources.get(match[0])
    return source.title if source is not None else match[0]
