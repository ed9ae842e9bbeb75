"""How client objects look in a notebook. Every text is escaped."""

from __future__ import annotations

from html import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from flownote.client.run import Run
    from flownote.client.step import Step
    from flownote.client.task import Task
    from flownote.client.values import CellNames

_MARKS = {"succeeded": "✓", "failed": "✕", "cancelled": "■", "running": "●", "interrupted": "◌"}
# More rows than this don't help a reader.
_ROWS = 50


def title(name: str, about: str) -> str:
    """Return a heading: what it is, and a word about it."""
    return f"<div><b>{escape(name)}</b> <span>{_state(about)}</span></div>"


def fields(about: dict[str, Any]) -> str:
    """Return a small table of names and values; empty values are left out."""
    rows = [(name, value) for name, value in about.items() if value not in (None, "")]
    return table((), rows)


def table(names: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """Return a table, cut after fifty rows."""
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    lines = []
    for number, row in enumerate(rows):
        if number == _ROWS:
            lines.append("<tr><td>…</td></tr>")
            break
        lines.append("<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>")
    head = f"<thead><tr>{head}</tr></thead>" if head else ""
    return f"<table>{head}<tbody>{''.join(lines)}</tbody></table>"


def runs_table(runs: Iterable[Run]) -> str:
    """Return runs as a table."""
    rows = (
        (run.id, _Html(_state(run.status)), run.created_at, ", ".join(run._now()["tags"]))
        for run in runs
    )
    return table(("run", "status", "created", "tags"), rows)


def steps_table(run: Run) -> str:
    """Return the steps of a run as a table."""
    rows = ((step.id, len(step), step.finished_at) for step in run)
    return table(("step", "tasks", "finished"), rows)


def tasks_table(step: Step) -> str:
    """Return the tasks of a step as a table."""
    rows = ((task.id, _Html(_state(task.status)), task.finished_at) for task in step)
    return table(("task", "status", "finished"), rows)


def artifacts_table(task: Task | CellNames) -> str:
    """Return artifacts as a table; nothing is loaded."""
    rows = ((one.id, one.type, one.size, one.preview) for one in task)
    return table(("artifact", "type", "bytes", "preview"), rows)


def failure(exception: Any) -> str:
    """Return the traceback, or nothing."""
    if exception is None:
        return ""
    return f"<pre>{escape(exception.traceback or exception.message)}</pre>"


class _Html(str):
    """Text that is HTML already."""


def _state(word: str) -> str:
    mark = _MARKS.get(word)
    return f"{mark} {word}" if mark else escape(word)


def _cell(value: Any) -> str:
    if isinstance(value, _Html):
        return value
    if hasattr(value, "isoformat"):
        value = value.isoformat(sep=" ", timespec="seconds")
    return "" if value is None else escape(str(value))
