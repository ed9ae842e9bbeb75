"""The `json` codec: scalars and containers of plain Python, with exactly their types.

What JSON has stands as itself: null, true, 1, 0.1, "text", lists, and dicts whose keys
are all text. The rest is an object whose ``$`` names it:

=====================  =====================================================
``nan``, ``-inf``      ``{"$": "float", "v": "nan"}``
a very large int       ``{"$": "int", "v": "0x…"}``
``(1, 2)``             ``{"$": "tuple", "v": [1, 2]}``
``{2, 1}``             ``{"$": "set", "v": [1, 2]}`` (sorted), ``frozenset`` too
``{1: "a"}``           ``{"$": "dict", "v": [[1, "a"]]}`` (in the dict's order)
``b"\\x00"``            ``{"$": "bytes", "v": "AA=="}``
``numpy.float64(.5)``  ``{"$": "numpy", "dtype": "<f8", "v": 0.5}``
=====================  =====================================================

Everything else (subclasses, named tuples, enums, a list that occurs twice) isn't JSON's
business: `encode` returns None. Equal values in equal order give equal bytes.

An encoding with such marks says ``"readers": "python"`` in its ``meta``: other languages
are given another one (`flownote.kernel.transfer`).
"""

from __future__ import annotations

import base64
import json
import math
import reprlib
import struct
import sys

from flownote.codecs.base import PYTHON_ONLY, Encoded, clip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PLAIN = frozenset((type(None), bool, int, str))
_CANONICAL_NAN = (struct.pack("<d", math.nan), struct.pack("<d", -math.nan))
# Python refuses to print longer ints in decimal (sys.set_int_max_str_digits).
_MAX_BITS = 2000

_write = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")
).encode
_write_ascii = json.JSONEncoder(allow_nan=False, check_circular=False, separators=(",", ":")).encode


class _NotJson(Exception):  # noqa: N818 - a signal, not an error
    """The value's exact type has no form here."""


def encode(value: Any) -> Encoded | None:
    """Encode ``value``; None when its exact types or its sharing would be lost."""
    try:
        plain = _Writer().plain(value)
        try:
            data = _write(plain).encode()
        except UnicodeEncodeError:  # lone surrogates stand as \\udc80
            data = _write_ascii(plain).encode()
    except (_NotJson, RecursionError):
        return None
    return Encoded("json", (data,), PYTHON_ONLY if b'"$"' in data else None, _preview(value))


def decode(data: Any, record: dict[str, Any]) -> Any:
    """Decode a value."""
    text = bytes(data)
    if b'"$"' in text:
        return json.loads(text, object_pairs_hook=_revive)
    return json.loads(text)


class _Writer:
    """Turns a value into one that `json` writes without loss."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def plain(self, value: Any) -> Any:
        kind = type(value)
        if kind is int:
            return value if value.bit_length() < _MAX_BITS else {"$": "int", "v": hex(value)}
        if kind in _PLAIN:
            return value
        if kind is float:
            return value if math.isfinite(value) else _float(value)
        form = getattr(self, f"_{kind.__name__}", None) if kind.__module__ == "builtins" else None
        if form is not None:
            return form(value)
        return _numpy(value)

    def _list(self, value: list) -> Any:
        self._once(value)
        return self._items(value)

    def _tuple(self, value: tuple) -> Any:
        return {"$": "tuple", "v": self._items(value)}

    def _dict(self, value: dict) -> Any:
        self._once(value)
        if all(type(key) is str for key in value) and "$" not in value:
            return dict(zip(value, self._items(value.values()), strict=True))
        pairs = [[self.plain(key), self.plain(item)] for key, item in value.items()]
        return {"$": "dict", "v": pairs}

    def _set(self, value: set) -> Any:
        self._once(value)
        return {"$": "set", "v": self._sorted(value)}

    def _frozenset(self, value: frozenset) -> Any:
        return {"$": "frozenset", "v": self._sorted(value)}

    def _bytes(self, value: bytes) -> Any:
        return {"$": "bytes", "v": base64.b64encode(value).decode()}

    def _complex(self, value: complex) -> Any:
        return {"$": "complex", "v": [self.plain(value.real), self.plain(value.imag)]}

    def _items(self, values: Any) -> Any:
        # Most containers hold scalars of one or two types: told in C, without a loop here.
        kinds = set(map(type, values))
        if kinds <= _PLAIN and (int not in kinds or _small(values)):
            return values if type(values) is list else list(values)
        if kinds == {float} and all(map(math.isfinite, values)):
            return values if type(values) is list else list(values)
        plain = self.plain
        return [plain(value) for value in values]

    def _sorted(self, values: Any) -> list[Any]:
        kinds = set(map(type, values))
        if len(kinds) == 1 and kinds <= {int, str}:
            return self._items(sorted(values))
        if any(value != value for value in values):
            raise _NotJson  # several nan have no order
        return sorted(
            self._items(values), key=lambda item: (type(item).__name__, _write_ascii(item))
        )

    def _once(self, container: Any) -> None:
        # A mutable value that occurs twice must still be one value after loading.
        before = len(self._seen)
        self._seen.add(id(container))
        if len(self._seen) == before:
            raise _NotJson


def _small(values: Any) -> bool:
    ints = [value for value in values if type(value) is int]
    return max(max(ints).bit_length(), min(ints).bit_length()) < _MAX_BITS


def _float(value: float) -> dict[str, Any]:
    if value == value:
        return {"$": "float", "v": "inf" if value > 0 else "-inf"}
    if struct.pack("<d", value) not in _CANONICAL_NAN:
        raise _NotJson  # a nan with a payload
    return {"$": "float", "v": "-nan" if math.copysign(1, value) < 0 else "nan"}


def _numpy(value: Any) -> dict[str, Any]:
    """Write a NumPy number: the usual content of a dict of metrics."""
    numpy = sys.modules.get("numpy")
    if numpy is None or type(value) not in (
        numpy.bool_, numpy.int8, numpy.int16, numpy.int32, numpy.int64, numpy.uint8,
        numpy.uint16, numpy.uint32, numpy.uint64, numpy.float32, numpy.float64,
    ):  # fmt: skip
        raise _NotJson
    item = value.item()
    if type(item) is float and not math.isfinite(item):
        item = _float(item)
    return {"$": "numpy", "dtype": value.dtype.str, "v": item}


def _revive(pairs: list[tuple[str, Any]]) -> Any:
    if pairs and pairs[0][0] == "$":
        return _REVIVE[pairs[0][1]](dict(pairs))
    return dict(pairs)


def _revive_numpy(form: dict[str, Any]) -> Any:
    import numpy

    return numpy.dtype(form["dtype"]).type(form["v"])


_REVIVE = {
    "float": lambda form: -math.nan if form["v"] == "-nan" else float(form["v"]),
    "int": lambda form: int(form["v"], 16),
    "tuple": lambda form: tuple(form["v"]),
    "set": lambda form: set(form["v"]),
    "frozenset": lambda form: frozenset(form["v"]),
    "dict": lambda form: dict(form["v"]),
    "bytes": lambda form: base64.b64decode(form["v"]),
    "complex": lambda form: complex(*form["v"]),
    "numpy": _revive_numpy,
}

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxlong = 60
_repr.maxlist = _repr.maxtuple = _repr.maxset = _repr.maxfrozenset = _repr.maxdict = 8


def _preview(value: Any) -> str:
    if hasattr(value, "dtype"):
        value = value.item()
    if type(value) is int and value.bit_length() >= _MAX_BITS:
        return f"an int of {value.bit_length():,} bits"
    try:
        return clip(_repr.repr(value))
    except ValueError:  # a very large int somewhere in it
        return type(value).__name__
