"""`flownote open RUN/CELL`: a notebook's cell with what it read, as a notebook or a script.

What the cell read is loaded through the client where its value is kept. What can't be kept
(imports, functions, classes, what lives in an interpreter) comes from the cells above that
made it, as they were, and so on upwards.
"""

from __future__ import annotations

import ast
import json
import os
from itertools import groupby

from flownote.exceptions import FlownoteException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flownote.client.task import Task

# Functions of a WASM cell are kept, but only their cell says all about them.
_MADE_ANEW = "wasm"


def notebook_of(task: Task, cells: list[dict[str, Any]], store: str, folder: str) -> str:
    """Return the text of the notebook, in Jupyter's format 4.5.

    Parameters
    ----------
    task
        The execution of the cell.
    cells
        The executions of the run up to it (`python/src/shell/open/cells.rs`).
    store
        The datastore.
    folder
        Where the notebook will be.
    """
    parts = list(_parts(task, cells, store, folder))
    document = {
        "cells": [_cell("about", "markdown", _about(task)), *(_cell(*part) for part in parts)],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def script_of(task: Task, cells: list[dict[str, Any]], store: str, folder: str) -> str:
    """Return the same as a Python file with cells; raises if it needs other languages."""
    parts = list(_parts(task, cells, store, folder))
    others = sorted({language for _, language, _ in parts if language != "python"})
    if others:
        named = " and ".join(map(_title, others))
        raise FlownoteException(
            f"a script has Python only, and this needs cells of {named}",
            hint="leave `--script` out: a notebook has them",
        )
    about = "\n".join(f"# {line}".rstrip() for line in _about(task).splitlines())
    body = "\n\n".join(f"# %%\n{_commented(text)}" for _, _, text in parts)
    return f"{about}\n\n{body}\n"


def _parts(
    task: Task, cells: list[dict[str, Any]], store: str, folder: str
) -> Iterator[tuple[str, str, str]]:
    """Yield id, language and text of each cell."""
    if not cells or cells[-1]["pathspec"] != task.pathspec:
        raise FlownoteException(
            f"what `{task.pathspec}` read isn't known: it hasn't ended, or was no cell",
            hint=f"`flownote show {'/'.join(task.path_components[:2])}` lists the cells of its run",
        )
    home = task.parent.parent.environment.get("folder", folder)
    if os.path.realpath(home) != os.path.realpath(folder):
        text = f"import os\nimport sys\n\nos.chdir({home!r})  # the notebook's folder\n"
        yield "project", "python", f"{text}sys.path.insert(0, {home!r})"
    needed = _needed(cells)
    for loads, group in groupby(needed, key=lambda one: bool(one[1])):
        if loads:
            yield _loads(list(group), store)
            continue
        for cell, _ in group:
            yield _id_of(cell), cell["language"], cell["source"]
    yield _id_of(cells[-1]), cells[-1]["language"], cells[-1]["source"]


def _needed(cells: list[dict[str, Any]]) -> list[tuple[dict[str, Any], set[str]]]:
    """Return the executions that the last one builds on, in their order.

    With each stand the names to load of it; with none it is to run again.
    """
    found: dict[int, set[str]] = {}
    again: set[int] = set()
    pending = [(name, len(cells) - 1) for name in cells[-1]["inputs"]]
    seen = set(pending)
    while pending:
        name, before = pending.pop()
        at = next((at for at in range(before - 1, -1, -1) if name in cells[at]["defined"]), None)
        if at is None:
            continue
        made = cells[at]
        record = made["kept"].get(name)
        if record is None or record["codec"] == _MADE_ANEW:
            again.add(at)
            more = [(one, at) for one in made["inputs"]]
        else:
            found.setdefault(at, set()).add(name)
            # A pickle names its class, which a cell may have made.
            module, _, kind = record["type"].partition(".")
            is_own = record["codec"] == "pickle" and module == "__main__"
            more = [(kind, at + 1)] if is_own else []
        for one in more:
            if one not in seen:
                seen.add(one)
                pending.append(one)
    places = sorted(again | found.keys())
    return [(cells[at], set() if at in again else found[at]) for at in places]


def _loads(made: list[tuple[dict[str, Any], set[str]]], store: str) -> tuple[str, str, str]:
    lines = ["from flownote.client import Task, namespace", "", "namespace(None)"]
    for cell, names in made:
        task = f"Task({cell['pathspec']!r}, store={store!r})"
        if len(names) == 1:
            lines += [f"{name} = {task}.data.{name}" for name in names]
            continue
        lines += [f"_data = {task}.data", *(f"{name} = _data.{name}" for name in sorted(names))]
    return f"given-{made[0][0]['number']}", "python", "\n".join(lines)


def _about(task: Task) -> str:
    lines = [f"# Cell {task.parent.id}", "", f"As it was in `{task.pathspec}`, with what it read."]
    failure = task.exception
    if failure is not None and failure.traceback:
        lines += ["", "```", *failure.traceback.strip().splitlines(), "```"]
    return "\n".join(lines)


def _id_of(cell: dict[str, Any]) -> str:
    step = cell["pathspec"].split("/")[2]
    return f"{step[:48]}-{cell['number']}"


def _cell(name: str, language: str, text: str) -> dict[str, Any]:
    kind = "markdown" if language == "markdown" else "code"
    metadata = {}
    if language not in ("markdown", "python"):
        metadata = {"language": language}
        text = f"%%{language}\n{text}"
    cell = {
        "cell_type": kind,
        "id": name,
        "metadata": metadata,
        "source": text.splitlines(keepends=True),
    }
    return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}


def _commented(text: str) -> str:
    """Return a cell's text without what only a notebook understands."""
    try:
        ast.parse(text)
        return text
    except SyntaxError:
        pass
    lines = text.splitlines()
    return "\n".join(
        f"# {line}" if line.lstrip().startswith(("%", "!")) else line for line in lines
    )


def _title(language: str) -> str:
    return {"sql": "SQL", "rust": "Rust", "wasm": "WASM"}.get(language, language)
