"""Codecs: how values become bytes and come back with exactly the type they had.

One module per codec, each with ``encode(value) -> Encoded | None`` (None: not for me) and
``decode(data, record) -> value``, where ``data`` is a writable buffer that is private to
this process. `encode` asks the codecs that know the value's exact type, then `pickle`.

A codec for a third-party type is imported only when a value of that type turns up, so
that a flow of plain Python never loads one.
"""

from __future__ import annotations

import sys
from importlib import import_module

from flownote.codecs import json as json_codec
from flownote.codecs import pickle as pickle_codec
from flownote.codecs import raw as raw_codec
from flownote.codecs import utf8 as utf8_codec
from flownote.codecs.base import Encoded, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

__all__ = [
    "Encoded",
    "decode",
    "encode",
    "form",
    "is_canonical",
    "is_immutable",
    "preload",
    "type_name",
]

# Codec → module, for decoding.
_MODULES = {
    "json": "json",
    "utf8": "utf8",
    "bytes": "raw",
    "npy": "npy",
    "csr": "sparse",
    "csc": "sparse",
    "arrow": "arrow",
    "pandas": "pandas",
    "wasm": "wasm",
    "model": "model",
    "pickle": "pickle",
}

# Exact builtin type → codecs to ask, in order.
_BUILTIN: dict[type, tuple[ModuleType, ...]] = {
    str: (utf8_codec, json_codec),
    bytes: (raw_codec,),
    bytearray: (raw_codec,),
    **dict.fromkeys(
        (type(None), bool, int, float, list, tuple, dict, set, frozenset), (json_codec,)
    ),
}

# Distribution's root module → codec module to ask for its types.
_THIRD_PARTY = {
    "numpy": "npy",
    "scipy": "sparse",
    "pyarrow": "arrow",
    "polars": "arrow",
    "pandas": "pandas",
    "flownote_studio": "wasm",
    "flownote": "model",
}

_IMMUTABLE = frozenset((str, bytes, bool, int, float, complex, type(None)))


def encode(value: Any) -> Encoded:
    """Encode ``value`` with the first codec that keeps it exactly.

    Raises
    ------
    Exception
        Whatever `pickle` raises when no codec can store the value.
    """
    kind = type(value)
    for codec in _BUILTIN.get(kind) or _foreign(kind):
        encoded = codec.encode(value)
        if encoded is not None:
            return encoded
    return pickle_codec.encode(value)


def decode(data: Any, record: dict[str, Any]) -> Any:
    """Decode a value from ``data``, a writable buffer, as ``record`` describes it."""
    name = record["codec"]
    module = _MODULES.get(name)
    if module is None:
        from flownote.exceptions import StoreError

        raise StoreError(
            f"this version knows no codec `{name}`",
            hint="a newer Flownote wrote the artifact: update this one",
        )
    return import_module(f"flownote.codecs.{module}").decode(data, record)


def identity(record: dict[str, Any]) -> str:
    """Return what two records have in common exactly when their values are equal.

    The digest alone doesn't say it: the text ``1`` and the number 1 have the same bytes.
    """
    return f"{record['codec']}:{record['type']}:{record['digest']}"


def is_immutable(value: Any) -> bool:
    """Whether nothing can change ``value`` in place, so that it needn't be checked again."""
    kind = type(value)
    if kind in _IMMUTABLE:
        return True
    if kind is tuple or kind is frozenset:
        return all(map(is_immutable, value))
    for codec in _foreign(kind):
        test = getattr(codec, "is_immutable", None)
        if test is not None:
            return test(value)
    return False


def form(value: Any) -> Any:
    """Return what a mapped value is apart from the bytes in its memory.

    ``array.shape = (2, 3)`` changes an array and touches no page of its map.
    """
    (codec,) = _foreign(type(value))
    return codec.form(value)


def is_canonical(record: dict[str, Any]) -> bool:
    """Whether an unchanged value always encodes to the same bytes again.

    Pickles don't promise it: what objects share is written by identity.
    """
    return record["codec"] != "pickle"


def preload() -> None:
    """Import the codecs of every library that is loaded: before a fork, so no child does."""
    for root, module in _THIRD_PARTY.items():
        if root in sys.modules:
            import_module(f"flownote.codecs.{module}")


def _foreign(kind: type) -> tuple[ModuleType, ...]:
    root = kind.__module__.partition(".")[0]
    module = _THIRD_PARTY.get(root)
    if module is None or root not in sys.modules:
        return ()
    return (import_module(f"flownote.codecs.{module}"),)
