"""Statements that only talk: a ``print`` or a log line can't change a step's result.

joblib recomputes when a log line is added; here it doesn't. What a reused task prints is
what the task printed that computed it.
"""

from __future__ import annotations

import ast

_LEVELS = frozenset(("debug", "info", "warning", "error", "critical", "exception", "log"))
_LOGGERS = frozenset(("logging", "log", "logger", "LOG", "LOGGER", "_log", "_logger"))
# `file=` writes somewhere; what is written there may be a result.
_PRINT_WORDS = frozenset(("sep", "end", "flush"))
_LOG_WORDS = frozenset(("exc_info", "stack_info", "stacklevel"))
# Calls inside an argument that change nothing; `sum` and `list` may empty an iterator.
_HARMLESS = frozenset(
    ("abs", "bool", "float", "format", "id", "int", "len", "repr", "round", "str", "type")
)
_ACTS = (
    *(ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom, ast.Starred),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


def only_talks(node: ast.expr) -> bool:
    """Whether an expression statement does nothing but print or log."""
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    if isinstance(function, ast.Name):
        words = _PRINT_WORDS if function.id == "print" else None
    elif isinstance(function, ast.Attribute) and function.attr in _LEVELS:
        words = _LOG_WORDS if _is_logger(function.value) else None
    else:
        words = None
    if words is None:
        return False
    return all(word.arg in words for word in node.keywords) and all(
        _is_harmless(part) for part in (*node.args, *(word.value for word in node.keywords))
    )


def _is_logger(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return node.id in _LOGGERS
    return isinstance(node, ast.Attribute) and node.attr in _LOGGERS


def _is_harmless(node: ast.expr) -> bool:
    for part in ast.walk(node):
        if isinstance(part, _ACTS):
            return False
        if isinstance(part, ast.Call):
            function = part.func
            if not isinstance(function, ast.Name) or function.id not in _HARMLESS:
                return False
    return True
