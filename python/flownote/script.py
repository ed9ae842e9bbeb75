"""`flownote open RUN/step/task`: a task as a notebook, or as a Python file that runs by itself.

Both have what the flow's file has beside the flow (imports, helpers, constants), a
stand-in for ``self`` that holds what the task was given (`flownote.opened`), and the body
of the step as it was when the task ran.
"""

from __future__ import annotations

import ast
import json
import os
import sys
import textwrap
from importlib.util import find_spec

from flownote.exceptions import FlownoteException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.client.run import Run
    from flownote.client.task import Task


def run(options: dict[str, Any]) -> int:
    """Write the notebook or the script, and return the exit code.

    Parameters
    ----------
    options
        ``pathspec`` of the task, ``store``, ``output``: the file, ``-`` for stdout,
        ``script``: whether a script is wanted, ``browser``: whether a notebook may be opened,
        and of a notebook's run ``cells``.
    """
    from flownote.client import Task, namespace

    namespace(None)
    task = Task(options["pathspec"], store=options["store"])
    script = options["script"]
    file = options["output"] or _default_name(options["pathspec"], "py" if script else "ipynb")
    text = _text_of(task, options, file)
    if file == "-":
        sys.stdout.write(text)
        return 0
    if options["output"] is None and os.path.exists(file):
        raise FlownoteException(
            f"`{file}` exists already", hint=f"name the file to write: `--output {file}`"
        )
    try:
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise FlownoteException(f"`{file}` can't be written: {error.strerror}") from error
    if options["browser"] and not script and _sees_pages():
        from flownote import shell

        print(f"wrote {file}", file=sys.stderr)
        return shell.open_page(file, options["store"])
    how = f"python {file}" if script else f"flownote run {file}, or open it: flownote ui {file}"
    print(f"wrote {file}\nrun it: {how}", file=sys.stderr)
    return 0


def _sees_pages() -> bool:
    """Whether somebody sits before it who can be shown a page, and there is one to show."""
    return sys.stdout.isatty() and find_spec("flownote_studio") is not None


def _text_of(task: Task, options: dict[str, Any], file: str) -> str:
    script, store = options["script"], options["store"]
    if "cells" not in options:
        return (script_of if script else notebook_of)(task, store)
    from flownote import cell_script

    make = cell_script.script_of if script else cell_script.notebook_of
    folder = os.getcwd() if file == "-" else os.path.dirname(os.path.abspath(file))
    return make(task, options["cells"], store, folder)


def _default_name(pathspec: str, ending: str) -> str:
    _, run_id, step, task = pathspec.split("/")
    return f"{step}_{task}_{run_id.rpartition('-')[2]}.{ending}"


def script_of(task: Task, store: str | None) -> str:
    """Return the text of the script for a task."""
    parts = Parts(task, store)
    return "\n".join(
        [
            *_head(task),
            "#",
            "# python -i FILE leaves you at a prompt with everything loaded.",
            "",
            *parts.first,
            *parts.project,
            "",
            *parts.surroundings,
            "",
            *parts.given,
            "",
            *parts.body,
            "",
            "self._report()",
            "",
        ]
    )


def notebook_of(task: Task, store: str | None) -> str:
    """Return the text of the notebook for a task, in Jupyter's format 4.5."""
    parts = Parts(task, store)
    told = [line.removeprefix("#").removeprefix(" ") for line in _head(task)]
    title, failure = told[0], told[1:]
    text = [f"# {task.parent.id} {task.id}", "", title]
    if failure:
        text += ["", "```", *failure[2:], "```"]
    cells = [
        _cell("about", text, kind="markdown"),
        _cell("project", [*parts.first, *parts.project, "", *parts.surroundings]),
        _cell("given", parts.given),
        _cell("body", parts.body),
        _cell("report", ["self._report()"]),
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _cell(name: str, lines: list[str], *, kind: str = "code") -> dict[str, Any]:
    text = "\n".join(lines).strip("\n")
    cell = {
        "cell_type": kind,
        "id": name,
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
    return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}


class Parts:
    """What a task is made of, as lines of Python.

    Attributes
    ----------
    first
        What must come first: imports from ``__future__``.
    project
        Where the project's own modules are, and the stand-in's import.
    surroundings
        What the flow's file has beside the flow.
    given
        ``self`` with what the task was given.
    body
        The body of the step as it was when the task ran.
    """

    def __init__(self, task: Task, store: str | None) -> None:
        ran, step = task.parent.parent, task.parent.id
        described = next(
            one for one in ran._of_record("description")["steps"] if one["name"] == step
        )
        source = Source(ran, described)
        self.first = source.first
        self.project = [
            "import sys",
            "",
            f"sys.path.insert(0, {_folder(ran, described)!r})  # the project's own modules",
            "",
            "from flownote.opened import Given",
        ]
        self.surroundings = [
            f"# What {described['file']} has beside the flow.",
            *source.surroundings,
        ]
        self.given = [
            *source.stand_in(),
            f"self = {source.class_name}({task.pathspec!r}, store={store!r})",
        ]
        if len(described["arguments"]) > 1:
            self.given.append(f"{described['arguments'][1]} = self.inputs")
        self.body = [
            f"# The body of `{step}`, {described['file']}:{described['line']}.",
            *source.body(),
        ]


def _head(task: Task) -> list[str]:
    lines = [f"# Task {task.pathspec} with what it was given, written by `flownote open`."]
    failure = task.exception
    if failure is not None and failure.traceback:
        lines += ["#", "# It failed:"]
        lines += [f"#   {line}".rstrip() for line in failure.traceback.strip().splitlines()]
    return lines


def _folder(ran: Run, described: dict[str, Any]) -> str:
    """Return the folder of the flow's file, which stands as the run's command line had it."""
    began = ran.environment.get("folder", "")
    return os.path.dirname(os.path.abspath(os.path.join(began, described["file"])))


class Source:
    """The parts of a flow's file, as it was when the run began, that a script needs.

    Attributes
    ----------
    class_name
        The name of the flow's stand-in.
    first
        What must come first: imports from ``__future__``.
    surroundings
        The statements beside the flow.
    """

    def __init__(self, ran: Run, described: dict[str, Any]) -> None:
        try:
            text = ran.code[described["file"]]
        except KeyError:
            raise FlownoteException(
                f"the run has no source of `{described['file']}`",
                hint="only runs of a flow's file keep it, not those of a prompt",
            ) from None
        self._lines = text.splitlines()
        tree = ast.parse(text)
        self._class, self._step = _find(tree, described["name"], described["line"])
        self.class_name = self._class.name
        self.first: list[str] = []
        self.surroundings: list[str] = []
        skipped = {self._class.name}
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                self.first += self._text(node)
            elif not _is_of_the_flow(node, skipped) and not _is_docstring(node):
                self.surroundings += self._text(node)

    def stand_in(self) -> list[str]:
        """Return a class of the flow's name with its other methods and plain attributes."""
        lines = [f"class {self.class_name}(Given):"]
        for node in self._class.body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not _is_step(node):
                lines += ["", *self._text(node)]
        if len(lines) == 1:
            lines.append("    pass")
        return [*lines, "", ""]

    def body(self) -> list[str]:
        """Return the statements of the step, dedented, and in a function if it returns."""
        nodes = self._step.body
        if _is_docstring(nodes[0]) and len(nodes) > 1:
            nodes = nodes[1:]
        if nodes[0].lineno == self._step.lineno:  # def start(self): self.next(self.end)
            lines = ["    " + ast.unparse(node) for node in nodes]
        else:
            lines = self._lines[_first_line(nodes[0]) - 1 : self._step.end_lineno]
        if any(isinstance(node, (ast.Return, ast.Yield)) for node in _own(self._step)):
            name = self._step.name
            inner = textwrap.indent(textwrap.dedent("\n".join(lines)), "    ").splitlines()
            return [f"def {name}():", *inner, "", "", f"{name}()"]
        text = textwrap.dedent("\n".join(lines))
        if _has_long_text(nodes):
            # Dedenting would change the text: keep the step's indentation.
            return ["if True:", *lines]
        return text.splitlines()

    def _text(self, node: ast.stmt) -> list[str]:
        return self._lines[_first_line(node) - 1 : node.end_lineno]


def _find(tree: ast.Module, name: str, line: int) -> tuple[ast.ClassDef, ast.FunctionDef]:
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found = [
        (one, node)
        for one in classes
        for node in one.body
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    for one, node in found:
        if _first_line(node) <= line <= (node.end_lineno or line):
            return one, node
    raise FlownoteException(f"the source of step `{name}` isn't in the run's files")


def _is_of_the_flow(node: ast.stmt, skipped: set[str]) -> bool:
    """Whether a statement is the flow, builds on it or starts it."""
    if isinstance(node, ast.ClassDef):
        bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
        if node.name in skipped or bases & skipped:
            skipped.add(node.name)
            return True
        return False
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _is_step(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = {one.id for one in node.decorator_list if isinstance(one, ast.Name)}
    names |= {one.attr for one in node.decorator_list if isinstance(one, ast.Attribute)}
    return "step" in names


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])


def _own(function: ast.FunctionDef) -> Any:
    """Walk a function without those inside it."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            pending.extend(ast.iter_child_nodes(node))


def _has_long_text(nodes: list[ast.stmt]) -> bool:
    """Whether a string goes over several lines."""
    strings = (ast.Constant, ast.JoinedStr)
    return any(
        isinstance(node, strings) and node.lineno != node.end_lineno
        for one in nodes
        for node in ast.walk(one)
    )
