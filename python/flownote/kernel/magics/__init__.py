"""Magics: the lines that IPython adds to Python, those that notebooks use.

One module per kind; each has ``LINE`` and ``CELL``, name → function of the shell, the line
and, for cells, the text below.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MODULES = ("timing", "capturing", "folders", "programs", "variables", "settings", "looking")


def find(name: str, kind: str) -> Callable[..., Any] | None:
    """Return the function of a magic; None when there is none."""
    for module in _MODULES:
        table = getattr(import_module(f"flownote.kernel.magics.{module}"), kind.upper())
        if name in table:
            return table[name]
    return None


def names(kind: str) -> list[str]:
    """Return the names of the magics."""
    found: list[str] = []
    for module in _MODULES:
        found += getattr(import_module(f"flownote.kernel.magics.{module}"), kind.upper())
    return sorted(found)
