"""Indexes of files, kept beside the user's caches under the digest of their text."""

from __future__ import annotations

import atexit
import json
import os
import sys
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Raised whenever indexes are made otherwise.
SCHEMA = 1


# So many indexes are kept; the oldest go.
MOST_KEPT = 2_000

_waiting: dict[str, dict[str, Any]] = {}


def _place(digest: str) -> str:
    root = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}-{SCHEMA}"
    return os.path.join(root, "flownote", "code", version, f"{digest}.json")


def read(digest: str) -> dict[str, Any] | None:
    """Return the index that was kept for a text; None when there is none, or it is damaged."""
    try:
        with open(_place(digest), encoding="utf-8") as file:
            data = json.load(file)
        return data if data.get("units") is not None else None
    except (OSError, ValueError, AttributeError):
        return None


def write(digest: str, data: dict[str, Any]) -> None:
    """Keep an index when the process ends, so that no step waits for it.

    Nothing is lost when it can't be kept: it is made again.
    """
    if not _waiting:
        atexit.register(_flush_in, os.getpid())
    _waiting[digest] = data


def _flush_in(process: int) -> None:
    """Write what waits, in the process that made it and not in those forked from it."""
    if os.getpid() == process:
        flush()


def flush() -> None:
    """Write the indexes that wait for the end of the process."""
    folder = os.path.dirname(_place(""))
    with suppress(OSError):
        os.makedirs(folder, exist_ok=True)
        for digest, data in _waiting.items():
            temporary = f"{_place(digest)}.{os.getpid()}"
            with open(temporary, "w", encoding="utf-8") as file:
                json.dump(data, file, separators=(",", ":"))
            os.replace(temporary, _place(digest))
        _make_room(folder)
    _waiting.clear()


def _make_room(folder: str) -> None:
    names = os.listdir(folder)
    if len(names) > MOST_KEPT:
        paths = [os.path.join(folder, name) for name in names]
        for path in sorted(paths, key=os.path.getmtime)[: len(names) - MOST_KEPT]:
            os.remove(path)
