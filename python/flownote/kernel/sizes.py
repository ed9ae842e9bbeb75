"""How much memory values take."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def size_of(value: Any) -> int:
    """Return about how many bytes a value has, 0 where that can't be told at once."""
    try:
        usage = getattr(value, "memory_usage", None)
        if callable(usage):  # pandas
            found = usage(deep=False)
            return int(found.sum() if hasattr(found, "sum") else found)
        size = getattr(value, "estimated_size", None)
        if callable(size):  # polars
            return int(size())
        size = getattr(value, "nbytes", None)  # NumPy, Arrow, torch
        if isinstance(size, int):
            return size
        if isinstance(value, (str, bytes, bytearray)):
            return len(value)
        if isinstance(value, (list, tuple, set, frozenset, dict)):
            return 8 * len(value)
    except Exception:  # a class of the user's may do anything
        return 0
    return 0
