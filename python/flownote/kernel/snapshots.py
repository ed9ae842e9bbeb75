"""Cheap copies of values that a cell is about to change in place (notebook rule 5).

The copy becomes the old version, the value itself is what the cell changes. What has no
cheap copy is *live*: its old version is lost, and whoever needs it runs its cell again.
"""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict, deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Buffers up to this size are copied.
LARGEST = 64 << 20
# Containers within containers are copied up to so many objects in all; beyond, the outer
# one alone is.
MOST = 10_000

_CONTAINERS = (list, dict, set, deque, defaultdict, OrderedDict, Counter)
_CONSTANT = frozenset(
    (type(None), bool, int, float, complex, str, bytes, range, slice, type(Ellipsis))
)


class _TooMany(Exception):  # noqa: N818 - a signal, not an error
    """A nested value has more objects than are worth copying."""


class Snapshots:
    """Copies of what a cell is about to change: one object has one copy, whoever holds it."""

    def __init__(self) -> None:
        self._copier = _Copier()

    def take(self, value: Any) -> tuple[Any, bool]:
        """Return a copy that later changes of ``value`` don't reach, and whether it is one."""
        kind = type(value)
        if kind in _CONSTANT:
            return value, True
        try:
            return self._copier.copy(value), True
        except _NoCopy:
            return value, False
        except _TooMany:
            if kind not in _CONTAINERS:
                return value, False
            return self._copier.put(value, value.copy()), True
        except Exception:  # a library's own copy failed
            return value, False


def is_constant(value: Any) -> bool:
    """Whether nothing changes a value in place: names of it share nothing that matters."""
    return type(value) in _CONSTANT or _is_constant(value)


class _NoCopy(Exception):  # noqa: N818 - a signal, not an error
    """A value can't be copied cheaply."""


class _Copier:
    """Copies values and what they hold, each object once."""

    def __init__(self) -> None:
        # By the original's identity; the names that are about to change hold the originals.
        self._made: dict[int, Any] = {}
        self._objects = 0
        self._bytes = 0

    def copy(self, value: Any) -> Any:
        """Copy a value; raises `_NoCopy` for what has no cheap copy."""
        self._objects = self._bytes = 0
        before = len(self._made)
        try:
            made = self._inner(value)
            if made is value and not _is_constant(value):
                raise _NoCopy
        except BaseException:
            # What isn't finished is no copy of anything.
            for identity in list(self._made)[before:]:
                del self._made[identity]
            raise
        return made

    def put(self, value: Any, made: Any) -> Any:
        """Take a copy that was made elsewhere."""
        self._made[id(value)] = made
        return made

    def _inner(self, value: Any) -> Any:
        """Copy what lies within; what can't be copied is shared."""
        kind = type(value)
        if kind in _CONSTANT:
            return value
        known = self._made.get(id(value))
        if known is not None:
            return known
        self._objects += 1
        if self._objects > MOST:
            raise _TooMany
        made = self._made[id(value)] = self._one(kind, value)
        return made

    def _one(self, kind: type, value: Any) -> Any:
        if kind in _CONTAINERS:
            return self._container(kind, value)
        if kind is tuple:
            items = [self._inner(item) for item in value]
            return value if all(map(_is, items, value)) else tuple(items)
        if kind is bytearray:
            self._take(len(value))
            return bytearray(value)
        root = kind.__module__.partition(".")[0]
        copy = _FOREIGN.get(root)
        if copy is not None and root in sys.modules:
            return copy(self, value)
        if _is_plain_instance(kind):
            return self._instance(kind, value)
        return value

    def _container(self, kind: type, value: Any) -> Any:
        # The copy keeps what the type has beside its items: a default, a length.
        made = value.copy()
        self._made[id(value)] = made
        if kind is set:
            return made
        if kind in (list, deque):
            for place, item in enumerate(value):
                inner = self._inner(item)
                if inner is not item:
                    made[place] = inner
        else:
            for key, item in value.items():
                inner = self._inner(item)
                if inner is not item:
                    made[key] = inner
        return made

    def _instance(self, kind: type, value: Any) -> Any:
        made: Any = object.__new__(kind)
        self._made[id(value)] = made
        for name, item in vars(value).items():
            made.__dict__[name] = self._inner(item)
        for owner in kind.__mro__:
            slots = owner.__dict__.get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                if hasattr(value, name) and name not in ("__dict__", "__weakref__"):
                    object.__setattr__(made, name, self._inner(getattr(value, name)))
        return made

    def _take(self, size: int) -> None:
        self._bytes += size
        if self._bytes > LARGEST:
            raise _NoCopy

    # What libraries' values need.

    def _numpy(self, value: Any) -> Any:
        import numpy

        if type(value) is numpy.ndarray:
            self._take(value.nbytes)
            return value.copy(order="K")
        return value

    def _pandas(self, value: Any) -> Any:
        import pandas

        if not isinstance(value, (pandas.DataFrame, pandas.Series)):
            return value
        if pandas_copies_on_write(pandas):
            return value.copy(deep=False)
        # A shallow copy shares its buffers here: what is set in one is set in both.
        usage = value.memory_usage(index=True)
        self._take(int(usage if isinstance(value, pandas.Series) else usage.sum()))
        return value.copy(deep=True)

    def _polars(self, value: Any) -> Any:
        return value.clone() if hasattr(value, "clone") else value

    def _scipy(self, value: Any) -> Any:
        data: Any = getattr(value, "data", None)
        if not hasattr(data, "nbytes") or not hasattr(value, "copy"):
            return value
        self._take(data.nbytes * 2)
        return value.copy()

    def _sklearn(self, value: Any) -> Any:
        return self._instance(type(value), value) if hasattr(value, "get_params") else value


_FOREIGN = {
    "numpy": _Copier._numpy,
    "pandas": _Copier._pandas,
    "polars": _Copier._polars,
    "scipy": _Copier._scipy,
    "sklearn": _Copier._sklearn,
}


def pandas_copies_on_write(pandas: Any) -> bool:
    """Whether a shallow copy of pandas is safe from changes of the original."""
    if int(pandas.__version__.partition(".")[0]) >= 3:
        return True
    try:
        return pandas.get_option("mode.copy_on_write") is True
    except KeyError:  # older than the option
        return False


def _is(one: Any, other: Any) -> bool:
    return one is other


def _is_constant(value: Any) -> bool:
    from flownote.codecs import is_immutable

    return is_immutable(value)


def _is_plain_instance(kind: Any) -> bool:
    """Whether a class is the notebook's own and copies as its attributes do."""
    return (
        kind.__module__ == "__main__"
        and kind.__new__ is object.__new__
        and not hasattr(kind, "__copy__")
        and not hasattr(kind, "__deepcopy__")
        and kind.__reduce_ex__ is object.__reduce_ex__
    )
