"""`flownote serve` as a process, and a program that asks it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode


def flownote(folder: Path, *words: str) -> str:
    """Run a command line that goes well; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "flownote", *words],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment(folder: Path) -> dict[str, str]:
    """Return what processes of a folder see."""
    return {**os.environ, "FLOWNOTE_STORE": str(folder / "store"), "FLOWNOTE_USER": "ana"}


class Served:
    """A running `flownote serve`."""

    def __init__(self, folder: Path, *options: str) -> None:
        line = [sys.executable, "-m", "flownote", "serve", "--port", "0", *options]
        self.process = subprocess.Popen(
            line,
            cwd=folder,
            env=environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        address = self.process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), address or self.end()
        self.port = int(address.rpartition(":")[2])
        self._own = threading.local()

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send a request; a thread keeps its connection, as services do."""
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            self._own.connection = connection
        headers = {} if body is None else {"Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    def get(self, *parts: str, **query: Any) -> Any:
        """Ask for an answer: ``get("artwork", title, member="7")``."""
        path = "/" + "/".join(quote(part, safe="") for part in parts)
        status, answer = self.ask("GET", f"{path}?{urlencode(query)}")
        assert status == 200, (path, status, answer)
        return answer

    def tell(self, *events: dict[str, Any]) -> Any:
        """Tell of events that are taken."""
        status, answer = self.ask("POST", "/events", list(events))
        assert status == 200, (status, answer)
        return answer

    def serves(self, run: str) -> None:
        """Wait until a run's model is served."""
        for _ in range(600):
            models = [model["artifact"] for model in self.get("health")["models"]]
            if any(model.startswith(f"{run}/") for model in models):
                return
            time.sleep(0.05)
        raise AssertionError(models)

    def end(self) -> str:
        """Press Ctrl-C; return what was said."""
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, said
        return said
