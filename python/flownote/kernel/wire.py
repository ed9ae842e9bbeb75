"""Frames of the interpreter protocol, Python's side.

Specified in ``runtime/kernel/src/protocol/mod.rs``: a little-endian ``u32`` length, then
that many bytes of UTF-8 JSON, one object with a ``type``.
"""

from __future__ import annotations

import json
import math
import struct
import threading

from flownote.kernel import interrupts

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any

_LENGTH = struct.Struct("<I")

# The longest frame that is written or believed.
MAX_FRAME = 64 << 20


class ProtocolError(Exception):
    """What came isn't the protocol; the process ends."""


def _plain(value: Any) -> Any:
    """Return something JSON can hold for what it can't: a NumPy number, bytes, anything."""
    item = getattr(value, "item", None)
    if item is not None and getattr(value, "ndim", None) == 0:
        return item()
    if isinstance(value, (bytes, bytearray)):
        import base64

        return base64.b64encode(value).decode()
    if isinstance(value, (set, frozenset, tuple)) or hasattr(value, "tolist"):
        return value.tolist() if hasattr(value, "tolist") else list(value)
    return repr(value)


_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain
).encode


def encode(message: dict[str, Any]) -> bytes:
    """Return the frame of a message.

    Lone surrogates and numbers that JSON lacks are replaced: a reader in another language
    has neither.

    Raises
    ------
    ProtocolError
        When the message is longer than a frame may be.
    """
    try:
        text = _encode(message)
    except (ValueError, TypeError):
        text = _encode(_finite(message))
    body = text.encode("utf-8", "replace")
    if len(body) > MAX_FRAME:
        raise ProtocolError(f"a message of {len(body):,} bytes is longer than {MAX_FRAME:,}")
    return _LENGTH.pack(len(body)) + body


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


class Channel:
    """The interpreter's end of the socket. Any thread may send; one thread receives."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._file = sock.makefile("rb", buffering=1 << 16)
        self._sending = threading.Lock()
        # Frames that go with the next one.
        self._held = b""
        # False in a forked child: the socket is the parent's.
        self.is_ours = True

    def send(self, message: dict[str, Any], *, waits: bool = False) -> None:
        """Send a message, whole, whatever signals come meanwhile.

        Parameters
        ----------
        message
            What is said.
        waits
            Whether it may go with the next one, which follows at once: each write wakes
            the reader.
        """
        if not self.is_ours:
            return
        frame = encode(message)
        with interrupts.held(), self._sending:
            waits = waits and not self._held
            self._held += frame
            if not waits:
                self._write()

    def flush(self) -> None:
        """Send what waits for the next message."""
        with interrupts.held(), self._sending:
            if self._held and self.is_ours:
                self._write()

    def _write(self) -> None:
        frames, self._held = self._held, b""
        try:
            self._sock.sendall(frames)
        except OSError:  # the supervisor is gone: the control thread ends the process
            self.is_ours = False

    def receive(self) -> dict[str, Any] | None:
        """Return the next message; None when the other side closed.

        Raises
        ------
        ProtocolError
            When what comes isn't a message.
        """
        header = self._file.read(4)
        if not header:
            return None
        if len(header) < 4:
            raise ProtocolError("the connection ended in the middle of a message")
        (length,) = _LENGTH.unpack(header)
        if length > MAX_FRAME:
            raise ProtocolError(f"a message of {length:,} bytes is longer than {MAX_FRAME:,}")
        body = self._file.read(length)
        if len(body) < length:
            raise ProtocolError("the connection ended in the middle of a message")
        try:
            message = json.loads(body)
        except ValueError as error:
            raise ProtocolError(f"a message is not JSON: {error}") from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise ProtocolError("a message is no object with a `type`")
        return message

    def forget(self) -> None:
        """Leave the socket to the parent: this is a forked child."""
        self.is_ours = False
        self._sending, self._held = threading.Lock(), b""
