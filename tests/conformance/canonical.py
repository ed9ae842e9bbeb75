"""A value → JSON that says all that a user could tell of it, the same under both engines."""

from __future__ import annotations

import base64
import enum
from typing import Any


def canonical(value: Any) -> Any:
    """Return what ``value`` is: its type's name and its content, exactly."""
    kind = type(value)
    plain = kind.__module__ == "builtins"
    if value is None or kind is bool:
        return value
    if plain and kind in (int, float, complex, str, range, slice):
        return ascii(value)
    if isinstance(value, enum.Enum):
        return [kind.__name__, value.name]
    if isinstance(value, (bytes, bytearray)):
        return [kind.__name__, base64.b85encode(value).decode()]
    if isinstance(value, dict):
        return [kind.__name__, [[canonical(key), canonical(one)] for key, one in value.items()]]
    if isinstance(value, (set, frozenset)):
        return [kind.__name__, sorted((canonical(one) for one in value), key=repr)]
    if kind.__module__.split(".")[0] == "pandas":
        return _pandas(value)
    if kind.__module__.split(".")[0] == "numpy":
        return _numpy(value)
    if isinstance(value, (list, tuple)) or kind.__name__ == "deque":
        return [kind.__name__, [canonical(one) for one in value]]
    if isinstance(value, BaseException):
        return [kind.__name__, canonical(value.args)]
    if type(value).__repr__ is object.__repr__:
        slots = getattr(kind, "__slots__", None)
        held = {name: getattr(value, name) for name in slots} if slots else vars(value)
        return [kind.__name__, canonical(held)]
    return [kind.__name__, ascii(value)]


def _numpy(value: Any) -> Any:
    return [
        type(value).__name__,
        str(value.dtype),
        list(value.shape),
        bool(getattr(value, "flags", None) is None or value.flags.f_contiguous),
        ascii(value.tolist()),
    ]


def _pandas(value: Any) -> Any:
    types = getattr(value, "dtypes", None)
    columns = getattr(value, "columns", None)
    return [
        type(value).__name__,
        [str(one) for one in (types if columns is not None else [types])],
        ascii(None if columns is None else columns.tolist()),
        ascii(value.index.tolist()),
        ascii(value.index.names),
        ascii(getattr(value, "name", None)),
        ascii(value.values.tolist()),
    ]
