"""A supervisor of the SQL and WASM interpreter: starts the real process, speaks its protocol."""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

from flownote.kernel import transfer


class Ran:
    """What one cell did."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        self.messages = messages
        self.finished = messages[-1]
        self.outputs = [one["output"] for one in messages if one["type"] == "output"]

    @property
    def status(self) -> str:
        return self.finished["status"]

    def data(self, mime: str = "text/plain") -> Any:
        """One form of its result."""
        (result,) = [one for one in self.outputs if one["kind"] == "result"]
        return result["data"][mime]

    @property
    def rows(self) -> list[list[Any]]:
        """The rows that it shows."""
        return self.data("application/vnd.flownote.table+json")["rows"]

    @property
    def error(self) -> dict[str, Any]:
        """Its error."""
        (error,) = [one for one in self.outputs if one["kind"] == "error"]
        return error

    @property
    def ok(self) -> Ran:
        """Itself; fails when the cell did."""
        assert self.status == "ok", "\n".join(self.error["traceback"])
        return self


class Interpreter:
    """A process and the connection to it.

    Executions are numbered; what one defines or is given is bound for those after it, as in a
    notebook that is run from top to bottom.
    """

    def __init__(
        self,
        folder: Path,
        options: dict[str, Any] | None = None,
        module: str = "flownote_studio.interpreter",
    ) -> None:
        self.folder, self.values = folder, folder / ".values"
        self.values.mkdir(exist_ok=True)
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", module]
        self.process = subprocess.Popen(
            [*command, "--fd", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name != "FLOWNOTE_STORE"},
        )
        theirs.close()
        self.socket = ours
        self._bytes = bytearray()
        self.executions = 0
        self._given: dict[str, Any] = {}
        self.welcome = {
            "type": "welcome", "version": 1, "session": "test", "folder": str(folder),
            "values": str(self.values), "options": options or {},
        }  # fmt: skip
        self.send(self.welcome)
        self.ready = self.receive()

    def __enter__(self) -> Interpreter:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            try:
                self.send({"type": "shutdown"})
                self.process.wait(10)
            except (OSError, subprocess.TimeoutExpired):
                self.process.kill()
        self.process.wait()
        self.socket.close()

    def send(self, message: dict[str, Any]) -> None:
        """Send a message."""
        body = json.dumps(message).encode()
        self.socket.sendall(struct.pack("<I", len(body)) + body)

    def receive(self, seconds: float = 120) -> dict[str, Any]:
        """Return the next message; EOFError when the process has ended."""
        (length,) = struct.unpack("<I", self._take(4, seconds))
        return json.loads(self._take(length, seconds))

    def _take(self, length: int, seconds: float) -> bytes:
        self.socket.settimeout(seconds)
        while len(self._bytes) < length:
            more = self.socket.recv(1 << 20)
            if not more:
                raise EOFError("the interpreter has ended")
            self._bytes += more
        taken = bytes(self._bytes[:length])
        del self._bytes[:length]
        return taken

    def give(self, **values: Any) -> None:
        """Bind values of a Python cell, in their common form, for the cells after this."""
        for name, value in values.items():
            self.executions += 1
            exported = transfer.export(name, value, str(self.values), common=True)
            assert "error" not in exported, exported
            self.give_record(name, exported)

    def give_record(self, name: str, exported: dict[str, Any]) -> None:
        """Bind a value that an interpreter exported."""
        record = dict(exported)
        if file := record.pop("file", None):
            record["path"] = str(self.values / file)
        self._given[name] = {"version": self.executions, "value": record}

    def start(self, code: str, language: str = "sql", **more: Any) -> int:
        """Have a cell executed; return the execution's number."""
        self.executions += 1
        given, self._given = self._given, {}
        message = {
            "type": "execute", "execution": self.executions, "language": language,
            "cell": f"cell-{self.executions}", "label": f"cell {self.executions}", "code": code,
            "rebind": {"set": given, "unset": []}, "snapshot": [], "exports": [],
        }  # fmt: skip
        self.send(message | more)
        return self.executions

    def wait(self, execution: int) -> Ran:
        """Wait for a cell's end."""
        messages = []
        while True:
            message = self.receive()
            messages.append(message)
            if message["type"] == "finished":
                assert message["execution"] == execution
                return Ran(messages)

    def run(self, code: str, language: str = "sql", **more: Any) -> Ran:
        """Run a cell to its end."""
        return self.wait(self.start(code, language, **more))

    def ask(self, kind: str, **more: Any) -> dict[str, Any]:
        """Send a request and return its answer."""
        self.send({"type": kind, "request": 7} | more)
        answer = self.receive()
        assert answer["request"] == 7, answer
        return answer

    def python(self, name: str, exported: dict[str, Any]) -> Any:
        """Return a value that was exported, as a Python cell would see it."""
        assert "error" not in exported, exported
        record = dict(exported)
        if file := record.pop("file", None):
            record["path"] = str(self.values / file)
        return transfer.read(name, record)
