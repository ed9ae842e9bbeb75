"""Writing: encodings become records, inline when small, staged files when not."""

from __future__ import annotations

import base64
import os
from contextlib import suppress

from flownote import codecs
from flownote._native import Blake3, blake3_hex
from flownote.exceptions import StoreError, UnstorableArtifact
from flownote.worker.wire import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Encodings up to this size stand in the record …
INLINE = 4096
# … until a task's records hold this much.
INLINE_IN_ALL = 16 << 20


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
        """Encode ``value``, keep the bytes, and return its record.

        Raises
        ------
        UnstorableArtifact
            When no codec can store it; the message has its type and the reason.
        StoreError
            When the folder can't be written to.
        """
        name = codecs.type_name(type(value))
        try:
            return self.keep(codecs.encode(value), name)
        except StoreError:
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise UnstorableArtifact(f"({name}): {reason.strip()}") from error

    def keep(self, encoded: codecs.Encoded, type_name: str) -> dict[str, Any]:
        """Keep an encoding and return its record."""
        sink = _Sink(self, min(INLINE, self._inline_left))
        try:
            encoded.write(sink.write)
        except BaseException:
            sink.abandon()
            if sink.error is not None:  # what a library made of it on the way is no use
                raise sink.error from None
            raise
        record: dict[str, Any] = {"codec": encoded.codec, "digest": "", "size": sink.size}
        record["type"] = type_name
        if sink.file is None:
            self._inline(record, sink.head[0] if len(sink.head) == 1 else b"".join(sink.head))
        else:
            record["digest"] = sink.commit(self._folder)
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

    def open(self) -> Any:
        """Open a new file in the folder."""
        if not self._made:
            _guarded(os.makedirs, self._folder, exist_ok=True)
            self._made = True
        self._files += 1
        return _guarded(open, f"{self._folder}/tmp-{self._files}", "wb", buffering=0)


class _Sink:
    """Takes an encoding piece by piece: in memory while it is small, then in a file."""

    def __init__(self, staging: Staging, limit: int) -> None:
        self.size = 0
        self.head: list[Any] = []
        self.file: Any = None
        self.error: StoreError | None = None
        self._staging = staging
        self._limit = limit
        self._hasher: Any = None

    def write(self, piece: Any) -> None:
        self.size += len(piece)
        if self.file is None:
            self.head.append(piece)
            if self.size <= self._limit:
                return
            self._hasher = Blake3()
            self.file = self._act(self._staging.open)
            for earlier in self.head:
                self._append(earlier)
            self.head = []
        else:
            self._append(piece)

    def commit(self, folder: str) -> str:
        digest = self._hasher.hexdigest()
        self._act(self.file.close)
        self._act(os.rename, self.file.name, f"{folder}/{digest}")
        return digest

    def abandon(self) -> None:
        if self.file is not None:
            self.file.close()
            with suppress(OSError):
                os.unlink(self.file.name)

    def _append(self, piece: Any) -> None:
        self._hasher.update(piece)
        written = self._act(self.file.write, piece)
        while written < len(piece):
            written += self._act(self.file.write, memoryview(piece)[written:])

    def _act(self, act: Any, *arguments: Any) -> Any:
        try:
            return _guarded(act, *arguments)
        except StoreError as error:
            self.error = error
            raise


def digest_of(encoded: codecs.Encoded) -> str:
    """Return the digest of an encoding without keeping it."""
    hasher = Blake3()
    encoded.write(hasher.update)
    return hasher.hexdigest()


def _guarded(act: Any, *arguments: Any, **keywords: Any) -> Any:
    """Do something to the staging folder; what fails is the datastore, not the value."""
    try:
        return act(*arguments, **keywords)
    except OSError as error:
        raise StoreError(
            f"can't write to the datastore: {error.strerror} ({error.filename or 'staging'})",
            hint="make room or check the permissions, then go on: `flownote run FLOW "
            "--continue latest`, `flownote resume NOTEBOOK`",
        ) from error
