"""`Step`: the tasks of one step of a run."""

from __future__ import annotations

import json

from flownote.client.base import as_datetime
from flownote.client.run import NOTEBOOK
from flownote.client.stores import note_read
from flownote.client.within_run import WithinRun
from flownote.exceptions import NotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any

    from flownote.client.run import Run
    from flownote.client.task import Task


class Step(WithinRun):
    """A step of a run: its tasks, by their foreach indices.

    Parameters
    ----------
    pathspec
        ``Flow/run/step``.
    store
        The datastore; by default the one in use.

    Examples
    --------
    >>> [task.data.score for task in Step("Recommend/latest/train")]  # doctest: +SKIP
    [0.29, 0.31]
    """

    _depth = 3

    def _tasks(self) -> list[dict[str, Any]]:
        note_read(self.pathspec)
        return json.loads(self._reader.tasks(*self._run_key, self.id))

    def _look(self) -> None:
        self._reader.resolve(self.pathspec)  # says which steps there are
        if not self._tasks():
            raise NotFound(
                f"step `{self.id}` of run `{'/'.join(self._parts[:2])}` has not begun",
                hint=f"`flownote show {'/'.join(self._parts[:2])}` says how the run stands",
            )

    @property
    def parent(self) -> Run:
        """The run."""
        return self.run

    @property
    def task(self) -> Task:
        """Its first task: the only one outside a foreach. Of a cell, the newest that ended well.

        Raises
        ------
        NotFound
            When it has none yet.
        """
        tasks = list(self)
        if tasks and self._parts[0] == NOTEBOOK:
            return next((task for task in reversed(tasks) if task.successful), tasks[-1])
        for task in tasks:
            return task
        raise NotFound(f"step `{self.pathspec}` has no task yet")

    def tasks(self, *tags: str) -> Iterator[Task]:
        """Iterate over the tasks, by their foreach indices."""
        return iter(self) if self._has(tags) else iter(())

    @property
    def created_at(self) -> datetime | None:
        """When its first task began."""
        begun = [task["created_at"] for task in self._tasks() if task["created_at"]]
        return as_datetime(min(begun, default=None))

    @property
    def finished_at(self) -> datetime | None:
        """When its last task ended; None while one isn't over."""
        ended = [task["finished_at"] for task in self._tasks()]
        return as_datetime(max(ended)) if ended and all(ended) else None

    def _children(self) -> Iterator[Task]:
        from flownote.client.task import Task

        for known in self._tasks():
            task = Task._at(self._reader, (*self._parts, known["task"]))
            task._known = known
            yield task

    def __len__(self) -> int:
        return len(self._tasks())

    def _child(self, name: str) -> Task:
        from flownote.client.task import Task

        task = Task._at(self._reader, (*self._parts, name))
        task._look()
        return task

    def _repr_html_(self) -> str:
        from flownote.client.html import tasks_table, title

        return title(self.pathspec, f"{len(self)} tasks") + tasks_table(self)
