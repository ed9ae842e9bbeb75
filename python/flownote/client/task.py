"""`Task`: one execution of a step, with its attempts."""

from __future__ import annotations

import json

from flownote.client.base import as_datetime
from flownote.client.stores import note_read
from flownote.client.within_run import WithinRun
from flownote.exceptions import CaughtFailure, NotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any

    from flownote.client.artifact import DataArtifact
    from flownote.client.step import Step
    from flownote.client.values import Artifacts, Data


class Task(WithinRun):
    """A task: its artifacts, what it printed, where it comes from.

    Parameters
    ----------
    pathspec
        ``Flow/run/step/task``.
    attempt
        The attempt whose output is meant, from 0; by default the last.
    store
        The datastore; by default the one in use.

    Examples
    --------
    >>> task = Task("Recommend/latest/train/3")  # doctest: +SKIP
    >>> task.data.score, task.stdout  # doctest: +SKIP
    (0.31, 'training EASE\\n')
    """

    _depth = 4
    _known: dict[str, Any] | None = None
    _attempt: int | None = None
    _artifacts: dict[str, dict[str, Any]] | None = None

    def __init__(
        self, pathspec: str, attempt: int | None = None, *, store: str | None = None
    ) -> None:
        super().__init__(pathspec, store=store)
        self._attempt = attempt
        if attempt is not None and not self.metadata_dict:
            raise NotFound(
                f"task `{self.pathspec}` has no attempt {attempt}",
                hint=f"it has {', '.join(str(one['attempt']) for one in self.attempts)}",
            )

    def _look(self) -> None:
        self._now()

    @property
    def _key(self) -> tuple[str, str, str, str]:
        flow, run, step, task = self._parts
        return flow, run, step, task

    def _now(self) -> dict[str, Any]:
        """Return how the task stands; what is over is asked once."""
        if self._known is None or self._known["finished_at"] is None:
            note_read(self.pathspec)
            self._known = json.loads(self._reader.task(*self._key))
        return self._known

    @property
    def parent(self) -> Step:
        """The step."""
        from flownote.client.step import Step

        return Step._at(self._reader, self._parts[:3])

    @property
    def status(self) -> str:
        """``succeeded``, ``failed``, ``cancelled``, ``lost``, ``running``, ``interrupted``."""
        return self._now()["status"]

    @property
    def successful(self) -> bool:
        """Whether it committed."""
        return self.status == "succeeded"

    @property
    def finished(self) -> bool:
        """Whether it is over, however it ended."""
        return self._now()["finished_at"] is not None

    @property
    def created_at(self) -> datetime | None:
        """When its first attempt began."""
        return as_datetime(self._now()["created_at"])

    @property
    def finished_at(self) -> datetime | None:
        """When its last attempt ended; None while it isn't over."""
        return as_datetime(self._now()["finished_at"])

    @property
    def exception(self) -> CaughtFailure | None:
        """Why it failed, or what `@catch` took: its ``type`` and ``traceback`` as text.

        It is never unpickled, so looking runs nobody's code.
        """
        failure = self._now()["exception"]
        return None if failure is None else CaughtFailure.of(failure)

    @property
    def index(self) -> int | None:
        """The position in the innermost foreach; None outside one."""
        levels = self._now()["foreach"]
        return levels[-1][1] if levels else None

    @property
    def current_attempt(self) -> int:
        """The attempt that is meant: the one asked for, else the last."""
        if self._attempt is not None:
            return self._attempt
        return self._now()["attempts"][-1]["attempt"]

    @property
    def attempts(self) -> list[dict[str, Any]]:
        """Each attempt: status, times, host, processor time, memory, failure."""
        return self._now()["attempts"]

    @property
    def metadata_dict(self) -> dict[str, Any]:
        """What is known of the attempt that is meant."""
        wanted = self.current_attempt
        return next((one for one in self.attempts if one["attempt"] == wanted), {})

    @property
    def cached_from(self) -> str | None:
        """The pathspec of the task whose result it took; None when it ran itself."""
        reused = self._now()["reused"]
        return reused["pathspec"] if reused else None

    @property
    def origin_pathspec(self) -> str | None:
        """The same under the name that Metaflow's users know."""
        return self.cached_from

    # Where it comes from and goes.

    @property
    def parent_task_pathspecs(self) -> Iterator[str]:
        """The pathspecs of the tasks whose results it was given."""
        run = "/".join(self._parts[:2])
        return (f"{run}/{parent}" for parent in self._now()["parents"])

    @property
    def parent_tasks(self) -> Iterator[Task]:
        """The tasks whose results it was given."""
        parents = self._now()["parents"]
        return (
            Task._at(self._reader, (*self._parts[:2], *parent.split("/"))) for parent in parents
        )

    @property
    def child_tasks(self) -> Iterator[Task]:
        """The tasks that were given its result."""
        note_read(self.pathspec)
        for known in json.loads(self._reader.child_tasks(*self._key)):
            task = Task._at(self._reader, (*self._parts[:2], known["step"], known["task"]))
            task._known = known
            yield task

    @property
    def child_task_pathspecs(self) -> Iterator[str]:
        """The pathspecs of the tasks that were given its result."""
        return (task.pathspec for task in self.child_tasks)

    # Its values.

    @property
    def data(self) -> Data:
        """Its values as attributes, each loaded when it is asked for."""
        from flownote.client.values import Data

        return Data(self)

    @property
    def artifacts(self) -> Artifacts:
        """Its artifacts as attributes; nothing is loaded."""
        from flownote.client.values import Artifacts

        return Artifacts(self)

    def _records(self) -> dict[str, dict[str, Any]]:
        if self._artifacts is None:
            note_read(self.pathspec)
            found = {
                artifact["name"]: artifact
                for artifact in json.loads(self._reader.artifacts(*self._key))
            }
            if not self.finished:
                return found
            self._artifacts = found
        return self._artifacts

    def _children(self) -> Iterator[DataArtifact]:
        # Private names (`self._x`) are found when asked for, and not listed.
        return (self._child(name) for name in self._records() if not name.startswith("_"))

    def _child(self, name: str) -> DataArtifact:
        from flownote.client.artifact import DataArtifact

        known = self._records().get(name)
        if known is None:
            raise NotFound(
                f"task `{self.pathspec}` has no artifact `{name}`",
                hint=f"it has {', '.join(self._records()) or 'none'}",
            )
        artifact = DataArtifact._at(self._reader, (*self._parts, name))
        artifact._known = known
        return artifact

    # What it printed.

    @property
    def stdout(self) -> str:
        """What it wrote to standard output, in the attempt that is meant."""
        return self._text("stdout")

    @property
    def stderr(self) -> str:
        """What it wrote to standard error, in the attempt that is meant."""
        return self._text("stderr")

    @property
    def stdout_size(self) -> int:
        """How many bytes it wrote to standard output."""
        return self.metadata_dict.get("stdout_bytes", 0)

    @property
    def stderr_size(self) -> int:
        """How many bytes it wrote to standard error."""
        return self.metadata_dict.get("stderr_bytes", 0)

    def loglines(
        self, stream: str, as_unicode: bool = True, meta_dict: dict[str, Any] | None = None
    ) -> Iterator[tuple[datetime | None, str | bytes]]:
        """Iterate over the lines of a stream with their times.

        Parameters
        ----------
        stream
            ``stdout`` or ``stderr``.
        as_unicode
            Whether lines are text rather than bytes.
        meta_dict
            Taken for compatibility; nothing of it is needed.

        Yields
        ------
        tuple
            When it was printed, and the line without its end.
        """
        at, line = None, ""
        for entry in self._log(stream):
            at = at or entry["at"]
            line += entry["text"]
            if line.endswith("\n"):
                yield as_datetime(at), _as(line[:-1], as_unicode)
                at, line = None, ""
        if line:
            yield as_datetime(at), _as(line, as_unicode)

    def _text(self, stream: str) -> str:
        return "".join(entry["text"] for entry in self._log(stream))

    def _log(self, stream: str) -> list[dict[str, Any]]:
        note_read(self.pathspec)
        return json.loads(self._reader.log_lines(*self._key, stream, self.current_attempt))

    def _repr_html_(self) -> str:
        from flownote.client.html import artifacts_table, failure, fields, title

        about = {
            "created": self.created_at,
            "finished": self.finished_at,
            "attempts": len(self.attempts),
            "after": ", ".join(self._now()["parents"]),
        }
        return (
            title(self.pathspec, self.status)
            + fields(about)
            + failure(self.exception)
            + artifacts_table(self)
        )


def _as(line: str, as_unicode: bool) -> str | bytes:
    return line if as_unicode else line.encode()
