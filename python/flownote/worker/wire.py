"""The worker protocol, Python's side. Specified in `runtime/engine/src/wire.rs`.

The control socket carries one JSON object a packet; a task socket carries frames: a
little-endian ``u32`` length and that many bytes of JSON.
"""

from __future__ import annotations

import json
import socket
import struct
import threading

from flownote.exceptions import DamagedArtifact, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LENGTH = struct.Struct("<I")

# Long enough for any control packet.
PACKET = 64 * 1024


class TaskSocket:
    """A worker's end of its task socket: a `Channel` that crosses a process border."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        # One question is answered before the next is put, whichever thread asks.
        self._asking = threading.Lock()

    def spec(self) -> dict[str, Any]:
        """Read the first frame: what to run."""
        return self._receive()

    def send(self, message: dict[str, Any]) -> None:
        """Send a frame that has no answer."""
        frame = json.dumps(message).encode()
        self._sock.sendall(_LENGTH.pack(len(frame)) + frame)

    def mask(self, values: list[str]) -> None:
        """Have values hidden in what the task prints; they are once this returns."""
        self.ask({"mask": values})

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send a frame and return the answer."""
        with self._asking:
            self.send(message)
            return self._receive()

    def need(self, message: dict[str, Any]) -> str:
        """Ask the engine for a file; it answers with the path.

        Raises
        ------
        DamagedArtifact
            When the bytes that are stored aren't what was written.
        StoreError
            When the datastore can't give them.
        """
        return path_of(self.ask(message))

    def _receive(self) -> dict[str, Any]:
        (length,) = _LENGTH.unpack(self._read(4))
        return json.loads(self._read(length))

    def _read(self, length: int) -> bytes:
        data = self._sock.recv(length, socket.MSG_WAITALL)
        while len(data) < length:  # a signal cut the wait short
            more = self._sock.recv(length - len(data))
            if not more:
                raise EOFError("the engine closed the task socket")
            data += more
        return data


def path_of(answer: dict[str, Any]) -> str:
    """Return the path in the engine's answer to a need, or raise what it says instead."""
    if "path" in answer:
        return answer["path"]
    kind = DamagedArtifact if answer.get("kind") == "input" else StoreError
    raise kind(answer["error"])


def printable(text: str) -> str:
    """Return ``text`` without lone surrogates, which Rust's strings can't hold."""
    return text.encode("utf-8", "backslashreplace").decode()


def receive_packet(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """Read one control packet and the descriptors with it; None at the end."""
    data, descriptors, _, _ = socket.recv_fds(control, PACKET, 3)
    return (json.loads(data) if data else None), list(descriptors)


def send_packet(control: socket.socket, message: dict[str, Any]) -> None:
    """Send one control packet."""
    control.send(json.dumps(message).encode())
