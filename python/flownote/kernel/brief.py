"""What a page says of a name that somebody points at: no more than is read at a glance.

Of a function or a class its signature and what it is for, of another value its type, its size
and the beginning of its text:

    {"signature": "area(width, height=1)", "doc": "Multiplies."}
    {"type": "list", "size": "1,000 items", "value": "[0, 1, 2, 3, 4, 5, ...]"}
"""

from __future__ import annotations

import inspect
import re
import reprlib

from flownote.kernel.described import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BRIEF = "application/vnd.flownote.brief+json"

# Letters and lines of a value's text, paragraphs and letters of what a function is for.
_LETTERS = 240
_LINES = 6
_PARAGRAPHS = 2
_DOC = 600
# NumPy's and Google's sections.
_SECTION = re.compile(r"[A-Z][\w ]*(?:\n-{3,}|:\n)")


def brief(name: str, value: Any) -> dict[str, str]:
    """Return what is said of a value under its name."""
    if inspect.isroutine(value) or inspect.isclass(value):
        found = {"signature": _signature(name, value), "doc": _doc(value)}
    elif inspect.ismodule(value) or isinstance(value, property):
        found = {"signature": f"{type(value).__name__} {name}", "doc": _doc(value)}
    else:
        found = _value(value)
    return {key: text for key, text in found.items() if text}


def _value(value: Any) -> dict[str, str]:
    told = describe(value)
    kind = type(value)
    size = f"{len(value):,} letters" if kind is str else told.get("summary", "")
    if kind in (bool, int, float):
        size = ""
    return {"type": told["type"], "size": size, "value": _text(value)}


def _signature(name: str, value: Any) -> str:
    try:
        return f"{name}{inspect.signature(value)}"
    except (ValueError, TypeError):
        return f"{name}(…)"


def _doc(value: Any) -> str:
    found: list[str] = []
    for paragraph in (inspect.getdoc(value) or "").split("\n\n"):
        if len(found) == _PARAGRAPHS or (found and _SECTION.match(paragraph)):
            break
        found.append(paragraph)
    return _cut("\n\n".join(found).strip(), _DOC)


def _text(value: Any) -> str:
    short = reprlib.Repr()
    short.maxstring = short.maxother = short.maxlong = _LETTERS
    lines = (repr(value) if _is_framed(value) else short.repr(value)).split("\n")
    if len(lines) > _LINES:
        lines = [*lines[:_LINES], "…"]
    return _cut("\n".join(lines), _LETTERS * 2)


def _is_framed(value: Any) -> bool:
    """Whether its text is columns: cut in their middle they say nothing."""
    return hasattr(type(value), "shape")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
