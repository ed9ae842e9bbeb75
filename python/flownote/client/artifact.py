"""`DataArtifact`: one value that a task made or was given."""

from __future__ import annotations

import json

from flownote.client.base import as_datetime
from flownote.client.stores import note_read
from flownote.client.within_run import WithinRun
from flownote.exceptions import FlownoteException

# The type of what SQL cells give: a table of no library of Python's.
TABLE = "flownote.Table"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from typing import Any, NoReturn

    from flownote.client.task import Task


class DataArtifact(WithinRun):
    """A value: what is known of it, and with ``data`` the value itself.

    Parameters
    ----------
    pathspec
        ``Flow/run/step/task/artifact``.
    store
        The datastore; by default the one in use.

    Examples
    --------
    >>> DataArtifact("Recommend/latest/end/0/ndcg").data  # doctest: +SKIP
    0.31
    """

    _depth = 5
    _known: dict[str, Any] | None = None

    def _look(self) -> None:
        if self._known is None:
            self._known = self.task._child(self.id)._known

    def _record(self) -> dict[str, Any]:
        self._look()
        assert self._known is not None
        return self._known["record"]

    @property
    def task(self) -> Task:
        """The task that sees it."""
        from flownote.client.task import Task

        return Task._at(self._reader, self._parts[:4])

    @property
    def parent(self) -> Task:
        """The task that sees it."""
        return self.task

    @property
    def data(self) -> Any:
        """The value. It is decoded anew each time; a pickle runs its author's code.

        Raises
        ------
        DamagedArtifact
            When the stored bytes are not what the task wrote.
        FlownoteException
            When a pickle needs a module that can't be imported here.
        """
        note_read(self.pathspec)
        return decode(self._reader.fetch_blob, self._record(), self.producer or "the run", self.id)

    @property
    def producer(self) -> str | None:
        """The attempt that wrote it, ``step/task.attempt``; None for a parameter."""
        self._look()
        assert self._known is not None
        return self._known["producer"]

    @property
    def preview(self) -> str:
        """A short text for people, made when the value was written."""
        return self._record().get("preview") or ""

    @property
    def type(self) -> str:
        """The value's type by name."""
        return self._record()["type"]

    @property
    def codec(self) -> str:
        """How its bytes are to be read."""
        return self._record()["codec"]

    @property
    def size(self) -> int:
        """The size of its encoding in bytes."""
        return self._record()["size"]

    @property
    def sha(self) -> str:
        """The digest of its encoding (BLAKE3)."""
        return self._record()["digest"]

    @property
    def created_at(self) -> datetime | None:
        """When the attempt that wrote it ended."""
        return self.finished_at

    @property
    def finished_at(self) -> datetime | None:
        """When the attempt that wrote it ended."""
        if self.producer is None:
            return self.run.created_at
        step, _, rest = self.producer.partition("/")
        task = rest.rpartition(".")[0]
        known = json.loads(self._reader.task(*self._run_key, step, task))
        return as_datetime(known["finished_at"])

    def _children(self) -> Iterator[NoReturn]:
        return iter(())

    def _child(self, name: str) -> NoReturn:
        raise KeyError(name)

    def __repr__(self) -> str:
        return f"DataArtifact({self.pathspec!r}, {self.type}: {self.preview})"

    def _repr_html_(self) -> str:
        from flownote.client.html import fields, title

        about = {
            "preview": self.preview,
            "codec": self.codec,
            "size": self.size,
            "digest": self.sha,
            "from": self.producer or "the run's start",
        }
        return title(self.pathspec, self.type) + fields(about)


class _Fetch:
    """Answers for `flownote.worker.files.Files` as the engine answers a worker."""

    def __init__(self, fetch_blob: Callable[[str, str, str], str]) -> None:
        self._fetch_blob = fetch_blob

    def need(self, what: dict[str, Any]) -> str:
        blob = what["need_blob"]
        return self._fetch_blob(blob["digest"], blob["producer"], blob["artifact"])


def decode(
    fetch_blob: Callable[[str, str, str], str], record: dict[str, Any], producer: str, name: str
) -> Any:
    """Return the value of a record, from a verified local file when it is a blob."""
    from flownote import codecs
    from flownote.codecs.base import with_article
    from flownote.worker.files import Files

    kind = with_article(record["type"])
    data = Files({"remote": True}, _Fetch(fetch_blob)).data(record, producer, name)
    try:
        if record["type"] == TABLE:
            from flownote.kernel.transfer import table

            return table(name, record, data)
        return codecs.decode(data, record)
    except ImportError as error:
        missing = error.name or str(error)
        raise FlownoteException(
            f"`{name}` is {kind} and can't be loaded here: no module `{missing}`",
            hint=f"install `{missing}`, or add its folder to `sys.path`",
        ) from error
    except AttributeError as error:
        # What pickle says of a class that its module hasn't: one that a cell or a script made.
        if record["codec"] != "pickle" or "get attribute" not in str(error):
            raise
        raise FlownoteException(
            f"`{name}` is {kind} and can't be loaded here: {error}",
            hint="its class was made in a cell, or is gone: put it in a module that both import",
        ) from error
