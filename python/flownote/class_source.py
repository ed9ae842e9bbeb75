"""Where a class or a function stands in its file's syntax tree, as loaded."""

from __future__ import annotations

import ast
import os
import sys

from flownote import sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class Place:
    """A node and the absolute path of the file that it is in."""

    def __init__(self, file: str, node: Any) -> None:
        self.file = file
        self.node = node


def of_class(kind: type) -> Place | None:
    """Return where a class is defined; None when its source can't be found.

    Of several classes with one name in a file, it is the one whose methods stand where
    this class's do, or else the last.
    """
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    lines = {line for line in map(first_line, vars(kind).values()) if line is not None}
    if file is None or not file.endswith(".py"):
        return None
    tree = sources.tree_of(file)
    if tree is None:
        return None
    name = kind.__qualname__.rpartition(".")[2]
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    nodes = [node for node in nodes if node.name == name]
    if len(nodes) > 1:
        fitting = [node for node in nodes if _holds(node, lines)]
        nodes = fitting or nodes
    return Place(os.path.abspath(file), nodes[-1]) if nodes else None


def of_function(function: Any) -> Place | None:
    """Return where a function is defined, seen through its wrappers."""
    code = getattr(unwrap(function), "__code__", None)
    if code is None:
        return None
    tree = sources.tree_of(code.co_filename)
    if tree is None:
        return None
    for node in ast.walk(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if node.name == code.co_name and first_line_of_node(node) == code.co_firstlineno:
            return Place(os.path.abspath(code.co_filename), node)
    return None


def unwrap(function: Any) -> Any:
    """Return the innermost function below decorators that say ``__wrapped__``."""
    for _ in range(100):
        inner = getattr(function, "__wrapped__", None) or getattr(function, "__func__", None)
        if inner is None:
            break
        function = inner
    return function


def first_line(function: Any) -> int | None:
    """Return the line where a function begins, its decorators included."""
    code = getattr(unwrap(function), "__code__", None)
    return code.co_firstlineno if code is not None else None


def first_line_of_node(node: Any) -> int:
    """Return the line where a definition begins, its decorators included."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def methods_of(place: Place) -> list[Any]:
    """Return the functions of a class's body, those under ``if``, ``try`` and ``with`` too."""
    return [
        node
        for node in _statements(place.node.body)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def line_of(place: Place, attribute: str) -> int | None:
    """Return the line where a class's body assigns an attribute."""
    for node in _statements(place.node.body):
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == attribute for target in targets):
            return node.lineno
    return None


def has_step_decorator(node: Any) -> bool:
    """Whether a function's decorators name ``step``."""
    return any(_name(decorator) == "step" for decorator in node.decorator_list)


def literal_decorators(node: Any) -> list[Any]:
    """Return the decorators of a function that no class holds any more, as far as literal."""
    from flownote.decorators import REGISTRY

    found = []
    for decorator in node.decorator_list:
        kind = REGISTRY.get(_name(decorator) or "")
        if kind is None:
            continue
        call = decorator if isinstance(decorator, ast.Call) else None
        try:
            values = [ast.literal_eval(value) for value in call.args] if call else []
            words = (
                {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
                if call
                else {}
            )
            found.append(kind(*values, **words))
        except Exception:
            continue
    return found


def _name(node: Any) -> str | None:
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def _statements(body: list[ast.stmt]) -> Iterator[Any]:
    for node in body:
        yield node
        for part in ("body", "orelse", "finalbody"):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield from _statements(getattr(node, part, []))
        for handler in getattr(node, "handlers", []):
            yield from _statements(handler.body)


def _holds(node: ast.ClassDef, lines: set[int]) -> bool:
    return any(
        first_line_of_node(part) in lines
        for part in node.body
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef))
    )
