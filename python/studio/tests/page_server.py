"""`flownote ui` as a process, and somebody who opened its link."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class Page:
    """A running `flownote ui`, logged in to by its link."""

    def __init__(self, folder: Path, *options: str, environment: dict[str, str] | None = None):
        self.folder = folder
        self.environment = {
            **os.environ,
            "FLOWNOTE_STORE": str(folder / "store"),
            "FLOWNOTE_USER": "ana",
            "XDG_STATE_HOME": str(folder / "state"),
            **(environment or {}),
        }
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            self.environment.pop(name, None)
        line = [sys.executable, "-m", "flownote", "ui", "--port", "0", *options]
        self.process = subprocess.Popen(
            line,
            cwd=folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.link = self.process.stdout.readline().strip()
        assert self.link.startswith("http://127.0.0.1:"), self.link or self.end()
        self.port = urlsplit(self.link).port or 0
        self.cookie = ""

    def __enter__(self) -> Page:
        self.cookie = self.log_in(self.link)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, str], bytes]:
        """Send a request as the page does; return status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookie, "Origin": f"http://127.0.0.1:{self.port}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        found = answer.status, told, answer.read()
        connection.close()
        return found

    def log_in(self, link: str) -> str:
        """Open a link and return the cookie that comes of it."""
        parts = urlsplit(link)
        status, headers, _ = self.ask("GET", f"{parts.path}?{parts.query}")
        assert status == 303, status
        return headers["set-cookie"].partition(";")[0]

    def get(self, path: str) -> Any:
        """Ask for JSON."""
        status, _, body = self.ask("GET", path)
        assert status == 200, (status, body)
        return json.loads(body)

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        """Change something; return the status and the answer."""
        status, _, answer = self.ask("POST", path, body)
        return status, json.loads(answer)

    def flownote(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command line in the server's folder."""
        line = [sys.executable, "-m", "flownote", *words]
        return subprocess.run(
            line, cwd=self.folder, env=self.environment, capture_output=True, text=True
        )

    def over(self, path: str, status: str) -> Any:
        """Wait until a run stands so."""
        for _ in range(600):
            found = self.get(path)
            if found["row"]["status"] == status:
                return found
            time.sleep(0.1)
        raise AssertionError(found["row"])

    def end(self) -> tuple[int, str]:
        """Press Ctrl-C; return the exit code and what was said."""
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate(timeout=30)
        return self.process.returncode, said
