"""Prints what a run left, read through an engine's client as a user of Metaflow writes it.

`python read_back.py ENGINE FLOW.py [FLOW_NAME]`, in the project's folder: with
`ENGINE` = `metaflow` or `flownote` it is the same code but for the import.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from canonical import canonical


def main(engine: str, file: str, name: str) -> None:
    """Print the latest run of a flow as JSON."""
    sys.path.insert(0, str(Path.cwd()))
    client = importlib.import_module(engine)
    flow_module = importlib.import_module(Path(file).stem)
    for word, value in vars(flow_module).items():
        if isinstance(value, type):  # Metaflow pickles the flow file's classes as `__main__.X`
            setattr(sys.modules["__main__"], word, value)
    run = client.Flow(name).latest_run
    steps = {step.id: {place(task): of_task(task) for task in step} for step in run}
    json.dump(
        {
            "run": {
                "successful": run.successful,
                "finished": run.finished,
                "tags": sorted(tag for tag in run.user_tags),
                "latest is successful": getattr(client.Flow(name).latest_successful_run, "id", None)
                == run.id,
                "ended": run.end_task is not None,
                "steps": sorted(steps),
            },
            "tasks": {where: task for step in steps.values() for where, task in step.items()},
        },
        sys.stdout,
    )


def place(task: Any) -> str:
    """Return a task's step and its place in every foreach around it."""
    if type(task).__module__.startswith("flownote"):
        indices = [] if task.index is None else task.id.split("-")
    else:
        stack = task["_foreach_stack"].data if "_foreach_stack" in task else []
        indices = [str(frame.index) for frame in stack]
    return "-".join([task.parent.id, *indices])


def of_task(task: Any) -> dict[str, Any]:
    """Return what the client says of a task."""
    exception = task.exception
    return {
        "successful": task.successful,
        "finished": task.finished,
        "index": task.index,
        "exception": bool(exception),
        "parents": parents(task),
        "stdout": task.stdout,
        "stderr": task.stderr,
        "artifacts": {one.id: content(one) for one in task.artifacts},
    }


def parents(task: Any) -> list[str] | None:
    """Return where a task comes from; Metaflow can't say it of a task that failed."""
    try:
        return sorted(place(parent) for parent in task.parent_tasks)
    except KeyError:
        return None


def content(artifact: Any) -> Any:
    """Return an artifact's value; a caught failure by whether it is one."""
    value = artifact.data
    if type(value).__name__ in (
        "CaughtFailure",
        "MetaflowExceptionWrapper",
        "FailureHandledByCatch",
    ):
        return ["caught", bool(value)]
    return canonical(value)


if __name__ == "__main__":
    main(*sys.argv[1:])
