"""The `bytes` codec: bytes and bytearrays as they are."""

from __future__ import annotations

from flownote.codecs.base import Encoded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def encode(value: bytes | bytearray) -> Encoded:
    """Encode ``value`` without a copy."""
    head = ascii(bytes(value[:24]))
    preview = head if len(value) <= 24 else f"{head[:-1]}… ({len(value):,} bytes)"
    return Encoded("bytes", (value,), None, preview)


def decode(data: Any, record: dict[str, Any]) -> bytes | bytearray:
    """Decode to the type that was stored."""
    return bytearray(data) if record["type"] == "bytearray" else bytes(data)
