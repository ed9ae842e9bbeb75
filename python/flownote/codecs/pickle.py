"""The `pickle` codec, asked last: protocol 5, large buffers beside the stream.

The encoding is the pickle stream, then each out-of-band buffer at a multiple of 64 bytes;
``meta.places`` tells where they are (absent when there are none: then the encoding is an
ordinary pickle). Loaded buffers are views of the private map.
"""

from __future__ import annotations

import io
import pickle
import reprlib

from flownote.codecs.base import Encoded, Sections, clip, sections, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Smaller buffers stay in the stream.
OUT_OF_BAND_FROM = 4096

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = 100


def encode(value: Any) -> Encoded:
    """Pickle ``value``; raises what `pickle` raises."""
    buffers: list[memoryview] = []

    def keep_in_band(buffer: pickle.PickleBuffer) -> bool:
        try:
            raw = buffer.raw()
        except BufferError:  # not contiguous
            return True
        if raw.nbytes < OUT_OF_BAND_FROM:
            return True
        buffers.append(raw)
        return False

    stream = io.BytesIO()
    pickle.Pickler(stream, protocol=5, buffer_callback=keep_in_band).dump(value)
    if not buffers:
        return Encoded("pickle", (stream.getbuffer(),), None, preview(value))
    whole = Sections()
    whole.add(stream.getbuffer())
    for buffer in buffers:
        whole.add(buffer)
    return Encoded("pickle", whole.chunks, {"places": whole.places}, preview(value))


def decode(data: Any, record: dict[str, Any]) -> Any:
    """Unpickle."""
    places = record.get("meta", {}).get("places")
    if not places:
        return pickle.loads(data)
    stream, *buffers = sections(data, places)
    return pickle.loads(stream, buffers=buffers)


def preview(value: Any) -> str:
    """Return what may be said of a value without much work: it may be huge, or raise."""
    name = type_name(type(value))
    try:
        if type(value) in (list, tuple, dict, set, frozenset):
            return clip(_repr.repr(value))
        if hasattr(value, "__len__"):
            return clip(f"{name} of {len(value):,}")
        return clip(repr(value))
    except Exception:  # the value's own code: whatever it does, the value is stored
        return clip(name)
