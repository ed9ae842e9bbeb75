"""`Flow`: the runs of one flow."""

from __future__ import annotations

import json

from flownote.client.base import ClientObject
from flownote.client.namespaces import get_namespace
from flownote.client.stores import asking_run, note_read
from flownote.exceptions import NamespaceMismatch, NotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from flownote.client.run import Run

_PAGE = 200


class Flow(ClientObject):
    """A flow: its runs, newest first.

    Parameters
    ----------
    pathspec
        The flow's name.
    store
        The datastore; by default the one in use.

    Examples
    --------
    >>> Flow("Recommend").latest_successful_run.data.ndcg  # doctest: +SKIP
    0.31
    """

    _depth = 1

    def _check_namespace(self) -> None:
        # Whether it exists comes first: a wrong name is the likelier mistake.
        names = self._reader.flows()
        if self.id not in names:
            self._reader.resolve(self.id)  # says what there is
            raise NotFound(f"there is no flow `{self.id}`", hint=f"flows: {', '.join(names)}")
        if not self.is_in_namespace():
            raise NamespaceMismatch(
                f"no run of flow `{self.id}` is in the namespace `{get_namespace()}`",
                hint="`namespace(None)` shows everybody's runs",
            )

    def is_in_namespace(self) -> bool:
        """Whether some run of it lies in the namespace."""
        return get_namespace() is None or next(self.runs(), None) is not None

    @property
    def parent(self) -> None:
        """Nothing holds a flow."""
        return None

    @property
    def latest_run(self) -> Run | None:
        """The newest run in the namespace.

        In a step that is the run at work, as in Metaflow. In a notebook's cell it is the
        latest other run: whether the session has one yet depends on what ran before.
        """
        asking = asking_run(self.id)
        return next((run for run in self.runs() if run.id != asking), None)

    @property
    def latest_successful_run(self) -> Run | None:
        """The newest run in the namespace that succeeded and went to its end."""
        return next(self._runs((), status=["succeeded"], whole=True, page=1), None)

    @property
    def created_at(self) -> Any:
        """When its newest run began, a `datetime`."""
        run = self.latest_run
        return run.created_at if run else None

    def runs(self, *tags: str) -> Iterator[Run]:
        """Iterate over the runs in the namespace, newest first.

        Parameters
        ----------
        *tags
            Tags that a run must have, all of them.
        """
        return self._runs(tags, page=1)

    def runs_frame(self, columns: Sequence[str] | None = None, *, tags: Sequence[str] = ()) -> Any:
        """Return the runs as a table of parameters and metrics, newest first.

        Parameters
        ----------
        columns
            The parameters and metrics wanted; by default all. Every small scalar that a
            step assigns is a metric.
        tags
            Tags that a run must have.

        Returns
        -------
        pandas.DataFrame or list of dict
            A data frame indexed by run when pandas can be imported, else a list with one
            dict a run, ``run`` among its keys. A value that a run doesn't have is None.
        """
        note_read(self.pathspec)
        rows = json.loads(self._reader.run_rows(self._filter(tags)))
        found = [_row(row) for row in rows]
        if columns is None:
            columns = list(dict.fromkeys(name for values, _ in found for name in values))
        table = [
            {**about, **{name: values.get(name) for name in columns}} for values, about in found
        ]
        try:
            import pandas
        except ImportError:
            return table
        names = ["run", "status", "created_at", "finished_at", "user", *columns]
        frame = pandas.DataFrame(table, columns=names)
        for name in ("created_at", "finished_at"):
            frame[name] = pandas.to_datetime(frame[name])
        return frame.set_index("run")

    def _filter(self, tags: Sequence[str], **more: Any) -> str:
        chosen = get_namespace()
        wanted = [*tags] if chosen is None else [*tags, chosen]
        return json.dumps({"flow": self.id, "tags": wanted, **more})

    def _runs(self, tags: Sequence[str], *, page: int, **more: Any) -> Iterator[Run]:
        """Read pages that grow: the first run costs one look, ten thousand cost few."""
        from flownote.client.run import Run

        note_read(self.pathspec)
        before = None
        while True:
            wanted = self._filter(tags, limit=page, before=before, **more)
            answer = json.loads(self._reader.runs(wanted))
            for summary in answer["runs"]:
                run = Run._at(self._reader, (self.id, summary["run"]))
                run._summary = summary
                yield run
            before = answer["next"]
            if before is None:
                return
            page = min(page * 8, _PAGE)

    def _children(self) -> Iterator[Run]:
        return self.runs()

    def _child(self, name: str) -> Run:
        from flownote.client.run import Run

        return Run(f"{self.id}/{name}", store=self._reader.url)

    def _repr_html_(self) -> str:
        from itertools import islice

        from flownote.client.html import runs_table, title

        return title(self.id, self.store) + runs_table(islice(self, 10))


def _row(row: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = ("run", "status", "created_at", "finished_at", "user")
    return {**row["metrics"], **row["parameters"]}, {name: row[name] for name in names}
