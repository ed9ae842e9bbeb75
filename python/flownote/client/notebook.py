"""`Notebook`: the runs of one notebook."""

from __future__ import annotations

import json

from flownote.client.flow import Flow
from flownote.client.run import NOTEBOOK
from flownote.client.stores import asking_run, note_read, reader_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class Notebook(Flow):
    """A notebook: its runs, newest first. All notebooks together are ``Flow("Notebook")``.

    Parameters
    ----------
    file
        The notebook's file. Where it is there, it is that notebook, whatever else is called
        so; else the one that was run under that name, its folder before it where several were.
    store
        The datastore; by default the one in use.

    Raises
    ------
    NotFound
        When no run is of such a notebook, or several are called so.

    Examples
    --------
    >>> Notebook("tour.ipynb").latest_run["top"].task.data.best  # doctest: +SKIP
    0.31
    """

    def __init__(self, file: str, *, store: str | None = None) -> None:
        note_read(file)
        self._reader, self._parts = reader_of(store), (NOTEBOOK,)
        self.file = str(file)
        newest = json.loads(self._reader.resolve(self.file, None, asking_run()))
        known = json.loads(self._reader.run(newest["flow"], newest["run"]))["system_tags"]
        ids = [tag for tag in known if tag.startswith("notebook:")]
        self._tag = next(iter(ids), f"file:{self.file}")
        self._check_namespace()

    def _filter(self, tags: Sequence[str], **more: Any) -> str:
        return super()._filter([self._tag, *tags], **more)

    def _identity(self) -> tuple[str, tuple[str, ...]]:
        return self._reader.url, (*self._parts, self._tag)

    def __reduce__(self) -> Any:
        return _again, (self.file, self._reader.url)

    def __repr__(self) -> str:
        return f"Notebook({self.file!r})"


def _again(file: str, store: str) -> Notebook:
    return Notebook(file, store=store)
