"""A folder with notebooks and a datastore, and the shell as a user starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple


class Ran(NamedTuple):
    """What a command gave."""

    code: int
    out: str
    err: str


class Folder(NamedTuple):
    """A folder with notebooks and a datastore of its own."""

    path: Path

    @property
    def surroundings(self) -> dict[str, str]:
        """The variables that commands see."""
        return {**os.environ, "FLOWNOTE_STORE": str(self.path / "store"), "FLOWNOTE_USER": "ana"}

    def flownote(self, *words: str) -> Ran:
        """Run a command line to its end."""
        return self.python("-m", "flownote", *words)

    def python(self, *words: str) -> Ran:
        """Run Python to its end."""
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.path,
            env=self.surroundings,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start a command line, whose output may be read or not."""
        return subprocess.Popen(
            [sys.executable, "-m", "flownote", *words],
            cwd=self.path,
            env=self.surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def notebook(self, name: str, percent: str) -> None:
        """Write a notebook, given as a percent file."""
        (self.path / f"{name}.py").write_text(percent)
        made = self.flownote("notebook", "convert", f"{name}.py", f"{name}.ipynb", "--force")
        assert made.code == 0, made.err

    def client(self, program: str) -> str:
        """Run a program that looks at the newest run; returns what it prints."""
        head = "from flownote.client import Flow, namespace\nnamespace(None)\n"
        head += "run = Flow('Notebook').latest_run\n"
        done = subprocess.run(
            [sys.executable, "-c", head + program],
            env={**os.environ, "FLOWNOTE_STORE": str(self.path / "store")},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
