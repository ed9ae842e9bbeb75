"""A folder with flows and a store, and the shell as a user starts it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_KEPT = ("PATH", "HOME", "TMPDIR")
_REDACTIONS = [
    (r"\d{8}T\d{9}-[0-9a-f]{6}", "<run>"),
    (r"\b\d+\.\d\d s\b", "<s>"),
    (r"\n *[~^]+(?=\n)", ""),  # Python 3.10 has no such line in its tracebacks
]


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str


class Project:
    """A folder with copies of flows; `shell` runs the command in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self.env |= {"LANG": "C.UTF-8", "FLOWNOTE_USER": "ana", "TZ": "UTC"}

    def add(self, *files: Path) -> None:
        """Copy files into the project."""
        for file in files:
            shutil.copy(file, self.folder)

    def shell(
        self, *words: str, stdin: str = "", folder: Path | None = None, **env: str | None
    ) -> Done:
        """Run `flownote WORDS…`; a variable that is None is not set."""
        return self.python("-m", "flownote", *words, stdin=stdin, folder=folder, **env)

    def python(
        self, *words: str, stdin: str = "", folder: Path | None = None, **env: str | None
    ) -> Done:
        """Run `python WORDS…`."""
        given = {name: value for name, value in (self.env | env).items() if value is not None}
        done = subprocess.run(
            [sys.executable, *words],
            cwd=folder or self.folder,
            env=given,
            input=stdin.encode(),
            capture_output=True,
            timeout=100,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def redact(self, text: str) -> str:
        """Take out what differs from run to run."""
        text = text.replace(str(self.folder), "<project>")
        for pattern, word in _REDACTIONS:
            text = re.sub(pattern, word, text)
        return "\n".join(line.rstrip() for line in text.splitlines())
