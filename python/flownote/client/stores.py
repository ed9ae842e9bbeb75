"""Which datastore the client reads, and the native readers of this process."""

from __future__ import annotations

import os

from flownote import _native
from flownote.current import current

_chosen: str | None = None
_readers: dict[str, _native.Reader] = {}

# No runtime and no connection goes through a fork (see python/src/client/runtime.rs).
os.register_at_fork(before=_native.rest)


def use_store(url: str | None) -> None:
    """Read this datastore from now on, in the whole process.

    Parameters
    ----------
    url
        A folder or ``s3://bucket/prefix``; None for what ``FLOWNOTE_STORE``, the
        configuration file or the project's own folder names.

    Raises
    ------
    UsageError
        When it names no datastore.
    """
    global _chosen
    _chosen = None if url is None else _native.Reader(url).url


def reader_of(store: str | None = None) -> _native.Reader:
    """Return the reader of a datastore; by default of the one in use."""
    found = _native.Reader(store or _chosen)
    return _readers.setdefault(found.url, found)


def asking_run(flow: str = "Notebook") -> str | None:
    """Return the run of the notebook whose cell asks, if one does and asks for notebooks.

    What is latest to a cell is another run than its own.
    """
    return current._session if flow == "Notebook" else None


def note_read(pathspec: str) -> None:
    """Tell the task that runs here, if one does, that it read the client (engine rule 20).

    What the client answers changes with every run, so the task's result can't stand for
    another's.
    """
    reads = current._reads
    if reads is not None:
        reads.uncacheable(f"reads the client (`{pathspec or 'all flows'}`), which changes")
