"""Every ``self.next(…)`` in a step's source, right or wrong."""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def transitions_of(node: ast.FunctionDef) -> list[dict[str, Any]]:
    """Return the transitions of a step, in the order of their lines.

    The step's first argument is what counts as ``self``, whatever it is called.
    """
    arguments = [*node.args.posonlyargs, *node.args.args]
    if not arguments:
        return []
    itself = arguments[0].arg
    last = node.body[-1]
    calls = [
        call
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and _member(call.func, itself) == "next"
    ]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return [_transition(call, itself, last) for call in calls]


def _member(node: ast.AST, itself: str) -> str | None:
    """Return ``NAME`` when the node is ``self.NAME``."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return None
    return node.attr if node.value.id == itself else None


def _transition(call: ast.Call, itself: str, last: ast.stmt) -> dict[str, Any]:
    targets = [_member(argument, itself) for argument in call.args]
    keywords = {word.arg: word.value for word in call.keywords if word.arg is not None}
    foreach = keywords.get("foreach")
    literal = (
        all(target is not None for target in targets)
        and all(word.arg is not None for word in call.keywords)
        and all(isinstance(value, ast.Constant) for value in keywords.values())
    )
    text = foreach.value if isinstance(foreach, ast.Constant) else None
    is_text = isinstance(text, str)
    return {
        "line": call.lineno,
        "targets": [target for target in targets if target is not None],
        "foreach": text if is_text else None,
        "has_foreach": foreach is not None,
        "literal": literal and (foreach is None or is_text),
        "last": isinstance(last, ast.Expr) and last.value is call,
        "keywords": [name for name in keywords if name != "foreach"],
    }
