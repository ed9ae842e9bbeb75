"""Nested values as data that a page folds: dicts, lists and their kin, of which text is a wall.

A result that is one has, beside its text, `application/json` as `IPython.display.JSON` gives it.
What JSON can't say stands in it as Python writes it, and what is too much isn't in it:

    [1, datetime.date(2024, 5, 1), {"a": None}]   →   [1, "datetime.date(2024, 5, 1)", {"a": null}]

The metadata names what was shown, and which texts aren't texts of the value, by their pointers
(RFC 6901): `{"nested": {"type": "list", "items": 3, "written": ["/1"]}}`.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict

from flownote.kernel.described import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DICTS = (dict, OrderedDict, defaultdict)
_LISTS = (list, tuple, set, frozenset)
# JSON's numbers, as browsers read them.
_SAFE = 2**53

# Lines of text that are seen at once: a flat list of no more stays text.
FEW_LINES = 20
# What is taken of a value: entries of one container, of all of them, levels, letters of a text.
ENTRIES = 1000
ALL_ENTRIES = 10_000
DEPTH = 12
LETTERS = 1000
_WRITTEN = 200


def nested(value: Any, text: str) -> tuple[Any, dict[str, Any]] | None:
    """Return a value as JSON and what is to be known of that; None when its text is enough.

    Parameters
    ----------
    value
        What is shown.
    text
        Its text, as it is shown.
    """
    if type(value) not in _DICTS + _LISTS or not _is_long(value, text):
        return None
    walk = _Walk()
    try:
        data = walk.container(value, "", ())
    except Exception:  # user code: `__repr__`, `__iter__`
        return None
    about = {"type": type(value).__name__, "items": len(value), "written": walk.written}
    return data, about


def _is_long(value: Any, text: str) -> bool:
    lines = text.count("\n") + 1
    items = value.values() if type(value) in _DICTS else value
    return lines > FEW_LINES or any(type(item) in _DICTS + _LISTS for item in items)


class _Walk:
    """Takes a value apart, until it is too much."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self._left = ALL_ENTRIES

    def container(self, value: Any, place: str, within: tuple[int, ...]) -> Any:
        within = (*within, id(value))
        if type(value) in _DICTS:
            found: dict[str, Any] = {}
            for key, item in value.items():
                if len(found) == ENTRIES or self._left <= 0:
                    break
                name = _name(key, found)
                found[name] = self._item(item, f"{place}/{_escaped(name)}", within)
            if len(found) < len(value):
                found[_free("…", found)] = self._more(len(value) - len(found), f"{place}/…")
            return found
        items: list[Any] = []
        for item in value:
            if len(items) == ENTRIES or self._left <= 0:
                break
            items.append(self._item(item, f"{place}/{len(items)}", within))
        if len(items) < len(value):
            items.append(self._more(len(value) - len(items), f"{place}/{len(items)}"))
        return items

    def _item(self, value: Any, place: str, within: tuple[int, ...]) -> Any:
        self._left -= 1
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind in (int, float) and -_SAFE < value < _SAFE:  # neither NaN nor infinite
            return value
        if kind is str:
            return value if len(value) <= LETTERS else f"{value[:LETTERS]}…"
        self.written.append(place)
        if kind in _DICTS + _LISTS:
            if id(value) in within:
                return f"{kind.__name__} that holds this one"
            if len(within) < DEPTH and len(value) > 0:
                self.written.pop()
                return self.container(value, place, within)
            if len(value) > 0:
                return f"{kind.__name__} of {len(value):,}"
        return _written(value)

    def _more(self, count: int, place: str) -> str:
        self.written.append(place)
        return f"… {count:,} more"


def _written(value: Any) -> str:
    """Return a value on one line; of a library's array or table its type and its size."""
    found = describe(value)
    size = found.get("summary", "scalar")
    if type(value).__module__ != "builtins" and not size.startswith("scalar"):
        return f"{found['type']} {size}"
    text = " ".join(repr(value).split())
    return text if len(text) <= _WRITTEN else f"{text[: _WRITTEN - 1]}…"


def _name(key: Any, others: dict[str, Any]) -> str:
    """Return a key as JSON has them: one that is no text as Python writes it."""
    text = key if type(key) is str else _written(key)
    return _free(text if len(text) <= LETTERS else f"{text[:LETTERS]}…", others)


def _free(name: str, others: dict[str, Any]) -> str:
    while name in others:
        name += "′"
    return name


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
