"""The digest that everything is named by: BLAKE3, from the native module."""

from __future__ import annotations

from flownote._native import blake3_hex


def digest_of_bytes(data: bytes) -> str:
    """Return the digest of bytes, as 64 hex digits."""
    return blake3_hex(data)


def digest_of_text(text: str) -> str:
    """Return the digest of a text's UTF-8 bytes, as 64 hex digits."""
    return blake3_hex(text.encode("utf-8", "surrogatepass"))
