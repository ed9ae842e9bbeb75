"""The `npy` codec: NumPy arrays in NumPy's own file format (NEP 1), mapped when loaded.

Arrays in C or Fortran order are written from their own memory. A loaded array is a view
of a private map: reading copies nothing, writing changes this process's pages only.
"""

from __future__ import annotations

import ast
import math

import numpy
from numpy.lib import format as npy_format

from flownote.codecs import json as json_codec
from flownote.codecs.base import PYTHON_ONLY, Encoded, clip, padding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_PIECE = 4 << 20


def encode(value: Any) -> Encoded | None:
    """Encode an array or a NumPy scalar; None for objects, subclasses and lossy dtypes."""
    kind = type(value)
    if kind is numpy.ndarray:
        return _encode_array(value)
    if isinstance(value, numpy.generic):
        encoded = json_codec.encode(value)
        if encoded is None and not value.dtype.hasobject and type(value) is value.dtype.type:
            encoded = _encode_array(numpy.asarray(value))
        return encoded
    return None


def decode(data: Any, record: dict[str, Any]) -> Any:
    """Decode to an array over ``data``, or to the scalar that was stored."""
    array = read_array(memoryview(data))
    return array if record["type"] == "numpy.ndarray" else array[()]


def is_immutable(value: Any) -> bool:
    """Whether ``value`` is a scalar rather than an array."""
    return isinstance(value, numpy.generic) and not isinstance(value, numpy.void)


def form(array: Any) -> Any:
    """Return what an array is apart from the bytes in its memory."""
    return array.__array_interface__["data"][0], array.shape, array.strides, array.dtype


def _encode_array(array: Any) -> Encoded | None:
    if not keeps(array.dtype):
        return None
    chunks = [header(array), *body(array)] if array.nbytes < _PIECE else _stream(array)
    meta: dict[str, Any] = {"shape": list(array.shape), "dtype": str(array.dtype)}
    if not array.shape:  # a scalar: nobody else has arrays without dimensions
        meta |= PYTHON_ONLY
    return Encoded("npy", chunks, meta, preview(array))


def _stream(array: Any) -> Iterator[Any]:
    yield header(array)
    yield from body(array)


def keeps(dtype: Any) -> bool:
    """Whether the file format brings exactly this dtype back."""
    if dtype.hasobject or dtype.metadata is not None:
        return False
    if dtype.isbuiltin == 1 and dtype.kind != "V":
        return True
    try:
        back = npy_format.descr_to_dtype(npy_format.dtype_to_descr(dtype))
    except (TypeError, ValueError):
        return False
    return (
        back == dtype and back.type is dtype.type and back.isalignedstruct == dtype.isalignedstruct
    )


def header(array: Any) -> bytes:
    """Return the file's header, as `numpy.save` writes it."""
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    text = (
        f"{{'descr': {npy_format.dtype_to_descr(array.dtype)!r}, "
        f"'fortran_order': {fortran}, 'shape': {array.shape!r}, }}"
    )
    try:
        raw, version = text.encode("latin1"), 1
    except UnicodeEncodeError:
        raw, version = text.encode(), 3
    if version == 1 and len(raw) + 128 > 0xFFFF:
        version = 2
    size = 2 if version == 1 else 4
    raw += b" " * padding(8 + size + len(raw) + 1) + b"\n"
    return b"\x93NUMPY" + bytes((version, 0)) + len(raw).to_bytes(size, "little") + raw


def body(array: Any) -> Iterator[Any]:
    """Yield the elements' bytes: views where the memory is in order, pieces where not."""
    if array.size == 0:
        return
    if array.flags.c_contiguous:
        yield raw_bytes(array)
    elif array.flags.f_contiguous:
        yield raw_bytes(array.T)
    elif array.nbytes <= _PIECE or array.ndim == 0:
        yield raw_bytes(numpy.ascontiguousarray(array))
    else:
        row = max(1, array.nbytes // array.shape[0])
        rows = max(1, _PIECE // row)
        for start in range(0, array.shape[0], rows):
            yield raw_bytes(numpy.ascontiguousarray(array[start : start + rows]))


def raw_bytes(array: Any) -> memoryview:
    """Return a C-contiguous array's memory, whatever its dtype is."""
    return memoryview(array.reshape(-1).view(numpy.uint8) if array.itemsize else b"")


def read_array(view: memoryview) -> Any:
    """Return the array that a file's bytes hold, as a view of them."""
    dtype, fortran, shape, start = _read_header(view)
    if 0 in shape or dtype.itemsize == 0:
        return numpy.empty(shape, dtype, order="F" if fortran else "C")
    count = math.prod(shape)
    flat = numpy.frombuffer(view, dtype, count, start)
    return flat.reshape(shape, order="F") if fortran else flat.reshape(shape)


def _read_header(view: memoryview) -> tuple[Any, bool, tuple[int, ...], int]:
    version = view[6]
    size = 2 if version == 1 else 4
    start = 8 + size
    end = start + int.from_bytes(view[8:start], "little")
    text = str(view[start:end], "utf-8" if version == 3 else "latin1")
    fields = ast.literal_eval(text.strip())
    dtype = npy_format.descr_to_dtype(fields["descr"])
    return dtype, fields["fortran_order"], fields["shape"], end


def preview(array: Any) -> str:
    """Return shape, dtype and the first values."""
    shape = "×".join(map(str, array.shape)) or "0-d"
    head = f"{shape} {array.dtype}"
    if array.size == 0:
        return clip(f"{head} (empty)")
    if array.dtype.kind not in "biufcmMSU":
        return clip(head)
    first = list(array.flat[:6])
    more = ", …" if array.size > len(first) else ""
    return clip(f"{head} [{', '.join(map(_short, first))}{more}]")


def _short(value: Any) -> str:
    return f"{value:.4g}" if value.dtype.kind == "f" else str(value)
