"""The process of an open notebook: it leaves whoever started it, and is heard over its socket."""

from __future__ import annotations

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

import pytest

DOCUMENT = {
    "cells": [
        {"id": "one", "language": "python", "source": "import os\nx = 20\nprint(os.getcwd())"},
        {"id": "two", "language": "python", "source": "x + 1"},
    ]
}


class Attached:
    """One that is attached: frames are a length, little-endian, and JSON."""

    def __init__(self, path: Path, since: int | None = None) -> None:
        self.holder = json.loads(path.with_suffix(".json").read_text())
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(60)
        self._socket.connect(str(path))
        self._asked = 0
        self.say({"hello": {"version": 1, "secret": self.holder["secret"], "from": since}})
        self.welcome = self.hear()["welcome"]

    def say(self, word: Any) -> None:
        """Send a word."""
        body = json.dumps(word).encode()
        self._socket.sendall(struct.pack("<I", len(body)) + body)

    def hear(self) -> Any:
        """Return the next word, or None when nothing follows."""
        head = self._read(4)
        return json.loads(self._read(struct.unpack("<I", head)[0])) if head else None

    def _read(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            more = self._socket.recv(length - len(data))
            if not more:
                return b""
            data += more
        return data

    def ask(self, request: dict[str, Any]) -> None:
        """Ask something; the answer comes among the words."""
        self._asked += 1
        self.say({"ask": {"id": self._asked, "request": request}})

    def until(self, name: str) -> list[dict[str, Any]]:
        """Return the events up to one of a name."""
        events = []
        while (word := self.hear()) is not None:
            if "event" in word:
                events.append(word["event"])
                if events[-1]["event"] == name:
                    return events
        raise AssertionError(f"no {name} among {events}")

    def close(self) -> None:
        """Go away."""
        self._socket.close()


def start(folder: Path, *options: str) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Start a supervisor as the browser's server does, and wait until it says that it is there."""
    notebook = folder / "a.ipynb"
    notebook.write_text("{}")
    path = folder / "s.sock"
    words = [sys.executable, "-m", "flownote_studio.supervisor", "--notebook", str(notebook)]
    words += ["--socket", str(path), "--store", str(folder / "store"), *options]
    # Its standard output stays open as long as it lives: one line is read.
    with subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(folder / "log").open("w"),
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(DOCUMENT))
        process.stdin.close()
        line = process.stdout.readline()
        code = process.wait(30)
    return subprocess.CompletedProcess(words, code, line, (folder / "log").read_text()), path


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_leaves_who_started_it_and_runs_cells(tmp_path: Path) -> None:
    done, path = start(tmp_path)
    assert (done.returncode, done.stdout) == (0, "ready\n"), done.stderr
    first = Attached(path, 0)
    pid = first.holder["alive"]["pid"]
    assert os.getsid(pid) == pid != os.getsid(0)
    assert path.stat().st_mode & 0o777 == 0o600
    first.ask({"request": "run", "run": {"run": "all", "reuse": False}})
    events = first.until("idle")
    shown = [event["output"] for event in events if event["event"] == "output"]
    assert {"kind": "stream", "name": "stdout", "text": f"{tmp_path.resolve()}\n"} in shown
    assert any(it.get("data", {}).get("text/plain") == "21" for it in shown)
    first.close()

    # Who comes back reads everything again, without gaps.
    second = Attached(path, 0)
    again = second.until("idle")
    assert [event["seq"] for event in again] == list(range(len(again)))
    assert again == events
    second.ask({"request": "shutdown"})
    second.until("ended")
    deadline = time.monotonic() + 30
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)
    assert not path.exists()


def test_it_ends_when_nobody_needs_it(tmp_path: Path) -> None:
    done, path = start(tmp_path, "--orphaned", "0.2")
    assert done.stdout == "ready\n", done.stderr
    deadline = time.monotonic() + 30
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not path.exists()


def test_a_polite_kill_ends_it_and_its_interpreters(tmp_path: Path) -> None:
    done, path = start(tmp_path)
    assert done.stdout == "ready\n", done.stderr
    attached = Attached(path, 0)
    attached.ask({"request": "run", "run": {"run": "cells", "cells": ["one"]}})
    events = attached.until("idle")
    pids = [event["pid"] for event in events if event.get("state") == "ready"]
    os.kill(attached.holder["alive"]["pid"], signal.SIGTERM)
    attached.until("ended")
    deadline = time.monotonic() + 30
    while any(map(is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert pids
    assert not any(map(is_alive, pids))


@pytest.mark.parametrize(("document", "why"), [("{", "reading the notebook"), ("", "EOF")])
def test_it_says_why_it_can_not_begin(tmp_path: Path, document: str, why: str) -> None:
    notebook = tmp_path / "a.ipynb"
    notebook.write_text("{}")
    words = [sys.executable, "-m", "flownote_studio.supervisor", "--stay"]
    words += ["--notebook", str(notebook), "--socket", str(tmp_path / "s.sock")]
    done = subprocess.run(words, input=document, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert why in done.stderr
