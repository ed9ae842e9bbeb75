"""What a list of variables says of a value, found without effort."""

from __future__ import annotations

import io
import types

from flownote.codecs.base import type_name
from flownote.kernel.imported import is_importable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CONSTANT = frozenset((type(None), bool, int, float, complex, str, bytes, bytearray, range))
_CONTAINERS = (list, tuple, set, frozenset)

# What an import may give again.
_IMPORTED = (types.ModuleType, types.FunctionType)
# What lives in its process only.
_LIVE = (
    types.GeneratorType,
    types.CoroutineType,
    types.AsyncGeneratorType,
    types.FrameType,
    types.TracebackType,
    types.MethodType,
    io.IOBase,
)
# Libraries whose values have codecs or pickles.
_STORABLE = frozenset(
    ("numpy", "pandas", "polars", "pyarrow", "scipy", "sklearn", "datetime", "flownote_studio")
)
# Libraries whose values tell their shape without effort.
_SHAPED = frozenset(("numpy", "pandas", "polars", "pyarrow", "scipy", "torch", "jax", "jaxlib"))
# Items of a container that are looked at, and how deep.
_LOOKED_AT = 50
_DEPTH = 3


def describe(value: Any) -> dict[str, Any]:
    """Return a value's type, its size in words, and whether it lives in this process only."""
    kind = type(value)
    found: dict[str, Any] = {"type": type_name(kind), "live": is_live(value)}
    summary = _summary(kind, value)
    if summary is not None:
        found["summary"] = summary
    return found


def is_live(value: Any, depth: int = _DEPTH) -> bool:
    """Whether a value can't be stored, as far as a glance tells."""
    kind = type(value)
    if kind in _CONSTANT:
        return False
    if isinstance(value, _LIVE):
        return True
    if isinstance(value, _IMPORTED):
        # Within a container it is one more thing that `pickle` refuses.
        return depth < _DEPTH or not is_importable(value)
    if isinstance(value, type):
        return value.__module__ == "__main__"
    if kind.__module__.partition(".")[0] in _STORABLE:
        return False
    if depth == 0:
        return False
    if kind in _CONTAINERS:
        return any(is_live(item, depth - 1) for item in _first(value))
    if kind is dict:
        return any(is_live(item, depth - 1) for item in _first(value.values()))
    return _is_unpicklable(kind, value, depth)


def _is_unpicklable(kind: type, value: Any, depth: int) -> bool:
    own: Any = kind
    if own.__reduce_ex__ is not object.__reduce_ex__ or own.__reduce__ is not object.__reduce__:
        return False  # its own: it says how it is stored
    if getattr(kind, "__getstate__", None) is not getattr(object, "__getstate__", None):
        return False
    if kind.__module__ != "__main__" and hasattr(value, "__dict__"):
        return False
    try:
        reduced = value.__reduce_ex__(4)
    except Exception:  # TypeError: cannot pickle '_io.TextIOWrapper' object
        return True
    state = reduced[2] if isinstance(reduced, tuple) and len(reduced) > 2 else None
    return isinstance(state, dict) and any(
        is_live(item, depth - 1) for item in _first(state.values())
    )


def _first(items: Any) -> list[Any]:
    found = []
    for item in items:
        found.append(item)
        if len(found) == _LOOKED_AT:
            break
    return found


def _summary(kind: type, value: Any) -> str | None:
    try:
        has_shape = kind.__module__.partition(".")[0] in _SHAPED
        shape = getattr(value, "shape", None) if has_shape else None
        if type(shape) is tuple and all(isinstance(size, int) for size in shape):
            size = " × ".join(f"{one:,}" for one in shape) or "scalar"
            dtype = getattr(value, "dtype", None)
            return size if dtype is None or kind.__name__ == "DataFrame" else f"{size} {dtype}"
        if kind in _CONTAINERS or kind is dict:
            return f"{len(value):,} items" if len(value) != 1 else "1 item"
        if kind is str:
            return _clipped(value)
        if kind in (bool, int, float):
            return _clipped(repr(value))
    except Exception:  # user code: properties of their own
        pass
    return None


def _clipped(text: str) -> str:
    text = text if len(text) <= 60 else f"{text[:59]}…"
    return text if text.isprintable() else ascii(text)[1:-1]
