"""`Run`: one execution of a flow."""

from __future__ import annotations

import json

from flownote.client.base import ClientObject, as_datetime
from flownote.client.namespaces import get_namespace, is_within
from flownote.client.stores import asking_run, note_read
from flownote.client.tagged import Tagged
from flownote.exceptions import NamespaceMismatch, NotFound

# The flow of notebooks' sessions: its steps are cells, its tasks their executions.
NOTEBOOK = "Notebook"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any

    from flownote.client.code import Code
    from flownote.client.flow import Flow
    from flownote.client.step import Step
    from flownote.client.task import Task
    from flownote.client.values import Data


class Run(Tagged, ClientObject):
    """A run: its steps, its result, its tags.

    Parameters
    ----------
    pathspec
        ``Flow/run``; the run by its id, the beginning or the end of it, or ``latest``.
    store
        The datastore; by default the one in use.

    Examples
    --------
    >>> run = Run("Recommend/latest")  # doctest: +SKIP
    >>> run.successful, run.data.ndcg  # doctest: +SKIP
    (True, 0.31)
    """

    _depth = 2
    _summary: dict[str, Any] | None = None
    _record: dict[str, Any] | None = None

    def _resolved(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        found = json.loads(self._reader.resolve("/".join(parts), None, asking_run()))
        if found["flow"] != parts[0]:
            raise NotFound(f"there is no flow `{parts[0]}`", hint=f"the run is of {found['flow']}")
        return found["flow"], found["run"]

    def _check_namespace(self) -> None:
        if not is_within(self.tags):
            raise NamespaceMismatch(
                f"run `{self.pathspec}` is not in the namespace `{get_namespace()}`",
                hint="`namespace(None)` shows everybody's runs",
            )

    def _now(self) -> dict[str, Any]:
        """Return how the run stands; what is over is asked once."""
        if self._summary is None or self._summary["finished_at"] is None:
            note_read(self.pathspec)
            self._summary = json.loads(self._reader.run(*self._run_key))
        return self._summary

    def _of_record(self, name: str) -> Any:
        if self._record is None:
            note_read(self.pathspec)
            self._record = json.loads(self._reader.record(*self._run_key))
        return self._record.get(name)

    @property
    def parent(self) -> Flow:
        """The flow."""
        from flownote.client.flow import Flow

        return Flow._at(self._reader, self._parts[:1])

    @property
    def status(self) -> str:
        """``succeeded``, ``failed``, ``cancelled``, ``running`` or ``interrupted``."""
        return self._now()["status"]

    @property
    def successful(self) -> bool:
        """Whether its ``end`` step committed, or the one that it was to end after."""
        return self.status == "succeeded"

    @property
    def _is_partial(self) -> bool:
        """Whether it was to end after a step (`--until`)."""
        return any(tag.startswith("until:") for tag in self._now()["system_tags"])

    @property
    def finished(self) -> bool:
        """Whether it is over, however it ended."""
        return self._now()["finished_at"] is not None

    @property
    def created_at(self) -> datetime | None:
        """When it began."""
        return as_datetime(self._now()["created_at"])

    @property
    def finished_at(self) -> datetime | None:
        """When it ended; None while it isn't over."""
        return as_datetime(self._now()["finished_at"])

    @property
    def user(self) -> str:
        """Who started it."""
        return self._now()["user"]

    @property
    def origin_run_id(self) -> str | None:
        """The run that it takes results from, when it is a resume."""
        return self._now()["origin"]

    @property
    def end_task(self) -> Task | None:
        """The task of its ``end`` step; None while it hasn't come there."""
        try:
            return self._child("end")._child("0")
        except NotFound:
            return None

    @property
    def data(self) -> Data | None:
        """The values of its ``end`` task as attributes; None while there is none.

        Of a notebook: each name as the last cell that defines it left it.
        """
        if self._parts[0] == NOTEBOOK:
            from flownote.client.values import CellNames, Data

            return Data(CellNames(self))
        task = self.end_task
        return task.data if task is not None and task.successful else None

    @property
    def parameters(self) -> dict[str, Any]:
        """The values of its parameters, by attribute."""
        from flownote.client.artifact import decode

        records = self._of_record("parameters") or {}
        return {
            name: decode(self._reader.fetch_blob, record, "the run's parameters", name)
            for name, record in records.items()
        }

    @property
    def environment(self) -> dict[str, Any]:
        """The record of its environment: Python, platform, packages, git."""
        return self._of_record("environment") or {}

    @property
    def code(self) -> Code:
        """The project's source files that it was loaded from."""
        from flownote.client.code import Code

        description = self._of_record("description")
        return Code(self._reader, description["file"], self._of_record("sources") or {})

    def steps(self, *tags: str) -> Iterator[Step]:
        """Iterate over the steps that have begun, in the order of the flow's source."""
        return iter(self) if self._has(tags) else iter(())

    def _children(self) -> Iterator[Step]:
        from flownote.client.step import Step

        names = [step["name"] for step in self._of_record("description")["steps"]]
        notebook = self._parts[0] == NOTEBOOK
        if notebook or not self.successful or self._is_partial:
            tasks = json.loads(self._reader.tasks(*self._run_key))
            begun = dict.fromkeys(task["step"] for task in tasks)
            later = [name for name in begun if name not in names]  # cells younger than the run
            names = [name for name in names if name in begun] + (later if notebook else [])
        return (Step._at(self._reader, (*self._parts, name)) for name in names)

    def _child(self, name: str) -> Step:
        from flownote.client.step import Step

        step = Step._at(self._reader, (*self._parts, name))
        step._look()
        return step

    def _repr_html_(self) -> str:
        from flownote.client.html import fields, steps_table, title

        about = {
            "status": self.status,
            "created": self.created_at,
            "finished": self.finished_at,
            "user": self.user,
            "tags": ", ".join(sorted(self.user_tags)),
        }
        return title(self.pathspec, self.status) + fields(about) + steps_table(self)
