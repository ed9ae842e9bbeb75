"""Writing: encodings become records, inline when small, staged files when not."""

from __future__ import annotations

import base64
import os

from flownote import codecs
from flownote._native import Blake3, blake3_hex
from flownote.exceptions import StoreError
from flownote.worker.wire import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# Encodings up to this size stand in the record …
INLINE = 4096
# … until a task's records hold this much.
INLINE_IN_ALL = 16 << 20

# Bytes are hashed and written in pieces of this size, while the cache still holds them.
PIECE = 4 << 20


class Staging:
    """Where an attempt writes: a folder that the engine publishes from (engine rule 3).

    Parameters
    ----------
    folder
        Made when the first file is written.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._made = False
        self._files = 0
        self._inline_left = INLINE_IN_ALL

    def store(self, value: Any) -> dict[str, Any]:
        """Encode ``value``, keep the bytes, and return its record."""
        return self.keep(codecs.encode(value), codecs.type_name(type(value)))

    def keep(self, encoded: codecs.Encoded, type_name: str) -> dict[str, Any]:
        """Keep an encoding and return its record."""
        pieces = _pieces(encoded.chunks)
        head: list[Any] = []
        size = 0
        limit = min(INLINE, self._inline_left)
        for piece in pieces:
            head.append(piece)
            size += len(piece)
            if size > limit:
                break
        record: dict[str, Any] = {"codec": encoded.codec, "digest": "", "size": size}
        record["type"] = type_name
        if size > limit:
            record["digest"], record["size"] = self._write(head, pieces)
        else:
            self._inline(record, head[0] if len(head) == 1 else b"".join(head))
        if encoded.meta:
            record["meta"] = encoded.meta
        if encoded.preview is not None:
            record["preview"] = printable(encoded.preview)
        return record

    def _inline(self, record: dict[str, Any], data: Any) -> None:
        record["digest"] = blake3_hex(data)
        try:
            record["inline"] = str(data, "utf-8")
        except UnicodeDecodeError:
            record["inline_base64"] = base64.b64encode(data).decode()
        self._inline_left -= record["size"]

    def _write(self, head: list[Any], rest: Iterator[Any]) -> tuple[str, int]:
        temporary = self._open()
        hasher = Blake3()
        size = 0
        try:
            with temporary as file:
                for pieces in (head, rest):
                    for piece in pieces:
                        hasher.update(piece)
                        _write_all(file, piece)
                        size += len(piece)
            digest = hasher.hexdigest()
            _guarded(os.rename, temporary.name, f"{self._folder}/{digest}")
        except BaseException:
            os.unlink(temporary.name)
            raise
        return digest, size

    def _open(self) -> Any:
        if not self._made:
            _guarded(os.makedirs, self._folder, exist_ok=True)
            self._made = True
        self._files += 1
        return _guarded(open, f"{self._folder}/tmp-{self._files}", "wb", buffering=0)


def digest_of(encoded: codecs.Encoded) -> str:
    """Return the digest of an encoding without keeping it."""
    hasher = Blake3()
    for piece in _pieces(encoded.chunks):
        hasher.update(piece)
    return hasher.hexdigest()


def _pieces(chunks: Any) -> Iterator[Any]:
    for chunk in chunks:
        if type(chunk) is bytes and len(chunk) <= PIECE:
            yield chunk
            continue
        view = memoryview(chunk)
        if view.format != "B" or view.ndim != 1:
            view = view.cast("B") if view.nbytes else memoryview(b"")
        for start in range(0, view.nbytes, PIECE):
            yield view[start : start + PIECE]


def _write_all(file: Any, piece: Any) -> None:
    written = _guarded(file.write, piece)
    while written < len(piece):
        written += _guarded(file.write, memoryview(piece)[written:])


def _guarded(act: Any, *arguments: Any, **keywords: Any) -> Any:
    """Do something to the staging folder; what fails is the datastore, not the value."""
    try:
        return act(*arguments, **keywords)
    except OSError as error:
        raise StoreError(
            f"can't write to the datastore: {error.strerror} ({error.filename or 'staging'})",
            hint="make room or check the permissions, then run again with `run --continue`",
        ) from error
