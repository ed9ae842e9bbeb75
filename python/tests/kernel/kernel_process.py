"""A supervisor of one interpreter: starts the real process and speaks its protocol."""

from __future__ import annotations

import functools
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import flownote

# The kernel is the one that the tests import, installed or not.
PACKAGE = Path(flownote.__file__).resolve().parent


class Ran:
    """What one cell did."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        self.messages = messages
        self.finished = messages[-1]
        self.outputs = [
            one["output"]
            for one in messages
            if one["type"] == "output" and one["execution"] == self.finished["execution"]
        ]

    @property
    def status(self) -> str:
        return self.finished["status"]

    def text(self, name: str = "stdout") -> str:
        """What it printed."""
        streams = [one for one in self.outputs if one["kind"] == "stream" and one["name"] == name]
        return "".join(one["text"] for one in streams)

    @property
    def result(self) -> Any:
        """The text of its result; None when it has none."""
        found = [one for one in self.outputs if one["kind"] == "result"]
        return found[-1]["data"]["text/plain"] if found else None

    def shown(self, kind: str = "display") -> list[dict[str, Any]]:
        """Its outputs of a kind."""
        return [one for one in self.outputs if one["kind"] == kind]

    @property
    def error(self) -> dict[str, Any]:
        """Its error."""
        found = self.shown("error")
        assert found, self.messages
        return found[-1]

    def ok(self) -> Ran:
        """Itself; fails when the cell did."""
        assert self.status == "ok", "\n".join(self.error["traceback"])
        return self


class KernelProcess:
    """A kernel and the connection to it.

    Cells are numbered, and each is given the names that those before it left, unless a test
    says what to bind.
    """

    def __init__(
        self,
        folder: Path,
        python: list[str] | None = None,
        environment: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        ours, theirs = socket.socketpair()
        self.folder = folder
        self.values = folder / ".values"
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [
                *(python or [sys.executable]),
                "-m",
                "flownote.kernel",
                "--fd",
                str(theirs.fileno()),
            ],
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": str(PACKAGE.parent), **(environment or {})},
            stdin=subprocess.DEVNULL,
            cwd=cwd,
        )
        theirs.close()
        self.socket = ours
        self._bytes = bytearray()
        self.executions = 0
        self.send(
            {
                "type": "welcome", "version": 1, "session": "test", "folder": str(folder),
                "values": str(self.values), "options": {},
            }
        )  # fmt: skip
        self.ready = self.receive()
        self.start_seconds = time.perf_counter() - started

    def __enter__(self) -> KernelProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process if it hasn't ended."""
        if self.process.poll() is None:
            try:
                self.send({"type": "shutdown"})
                self.process.wait(5)
            except (OSError, subprocess.TimeoutExpired):
                self.process.kill()
        self.process.wait()
        self.socket.close()

    def send(self, message: dict[str, Any]) -> None:
        """Send a message."""
        body = json.dumps(message).encode()
        self.socket.sendall(struct.pack("<I", len(body)) + body)

    def receive(self, seconds: float | None = 60) -> dict[str, Any]:
        """Return the next message.

        Raises EOFError when the process has ended, TimeoutError when nothing comes in time.
        """
        (length,) = struct.unpack("<I", self._take(4, seconds))
        return json.loads(self._take(length, seconds))

    def _take(self, length: int, seconds: float | None) -> bytes:
        self.socket.settimeout(seconds)
        while len(self._bytes) < length:
            more = self.socket.recv(1 << 20)
            if not more:
                raise EOFError("the kernel has ended")
            self._bytes += more
        taken = bytes(self._bytes[:length])
        del self._bytes[:length]
        return taken

    def start(self, code: str, **more: Any) -> int:
        """Have a cell executed; return the execution's number."""
        self.executions += 1
        number = self.executions
        message = {
            "type": "execute", "execution": number, "language": "python",
            "cell": f"cell-{number}", "label": f"cell {number}", "code": python_of(code),
            "rebind": {}, "snapshot": [], "exports": [], "silent": False,
            "store_history": True, "allow_stdin": True, "count": number, "reuse": False,
        }  # fmt: skip
        self.send({**message, **more})
        return number

    def finish(self) -> Ran:
        """Wait for the end of a cell that was started."""
        messages = []
        while True:
            message = self.receive()
            messages.append(message)
            if message["type"] == "finished":
                return Ran(messages)

    def run(self, code: str, **more: Any) -> Ran:
        """Execute a cell."""
        self.start(code, **more)
        return self.finish()

    def until(self, kind: str) -> dict[str, Any]:
        """Return the next message of a type, dropping others."""
        while True:
            message = self.receive()
            if message["type"] == kind:
                return message

    def ask(self, kind: str, answer: str, **content: Any) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        self.send({"type": kind, "request": 1, **content})
        return self.until(answer)

    def interrupt(self) -> None:
        """Press the stop button."""
        self.process.send_signal(signal.SIGINT)


@functools.cache
def _transformer() -> Any:
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager()


def python_of(code: str) -> str:
    """Rewrite a cell's magics, as the supervisor does."""
    if not any(sign in code for sign in "%!?"):
        return code
    return _transformer().transform_cell(code)
