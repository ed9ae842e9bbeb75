"""The `utf8` codec: text as it would stand in a file."""

from __future__ import annotations

from flownote.codecs.base import PREVIEW, Encoded, clip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def encode(value: str) -> Encoded | None:
    """Encode text; None when it holds lone surrogates, which UTF-8 can't."""
    try:
        data = value.encode()
    except UnicodeEncodeError:
        return None
    return Encoded("utf8", (data,), None, clip(value[: PREVIEW + 1]))


def decode(data: Any, record: dict[str, Any]) -> str:
    """Decode text."""
    return str(data, "utf-8")
