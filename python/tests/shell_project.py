"""A project with a flow and a store of its own, and the shell as a user starts it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

FLOW = '''\
"""A flow for tests."""
import sys

from flownote import FlowSpec, Parameter, retry, step


class Train(FlowSpec):
    """Trains three models and adds up their scores."""

    alpha = Parameter("alpha", default=0.5, help="the weight")
    fail = Parameter("fail", default=False, type=bool)

    @step
    def start(self):
        """Loads."""
        self.items = ["a", "bb", "ccc"]
        print("loading")
        print("careful", file=sys.stderr)
        self.next(self.train, foreach="items")

    @retry(times=1, minutes_between_retries=0)
    @step
    def train(self):
        self.score = len(self.input) * self.alpha
        print("training", self.input)
        if self.fail and self.input == "bb":
            raise ValueError("bb is bad")
        self.next(self.join)

    @step
    def join(self, inputs):
        self.total = sum(one.score for one in inputs)
        self.label = "first\\nsecond"
        self.table = {"a": [1, 2], "pair": (1, 2)}
        self.raw = b"\\x00\\xff"
        self.error = KeyError("k")
        self.long = "x" * 10_000
        self.next(self.end)

    @step
    def end(self):
        sys.stdout.write("no line end")


if __name__ == "__main__":
    Train()
'''

_REDACTIONS = [
    (r"\d{8}T\d{9}-[0-9a-f]{6}", "<run>"),
    (r"\b[0-9a-f]{64}\b", "<digest>"),
    (r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?", "<time>"),
    (r"\d+\.\d\d s\b", "<s>"),
    (r"\b\d+ MB\b", "<mem>"),
    (r"python:3\.\d+", "python:<v>"),
    (r"(?<=\S) {2,}", "  "),
    (r" +(?=\n)", ""),
]


class Project:
    """A folder with `flow.py`; `shell` runs the command in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store"
        (folder / "flow.py").write_text(FLOW)
        hide = ("FLOWNOTE_", "CLICOLOR", "COLUMNS")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(hide)}
        self.env |= {"FLOWNOTE_STORE": str(self.store), "FLOWNOTE_USER": "ana", "TZ": "UTC"}

    def shell(self, line: str, *more: str) -> Result:
        """Run ``flownote LINE MORE…``; the line is split at spaces."""
        return self.python("-m", "flownote", *line.split(), *more)

    def python(self, *arguments: str) -> Result:
        """Run Python in the project."""
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=self.folder, env=self.env, capture_output=True)
        return Result(self, done.returncode, done.stdout.decode(), done.stderr.decode())

    def run_ids(self) -> list[str]:
        """Return the ids of all runs, oldest first."""
        return sorted(path.name for path in self.store.glob("runs/*/*"))

    def redact(self, text: str) -> str:
        """Take out what differs from run to run."""
        text = text.replace(str(self.store), "<store>").replace(os.uname().nodename, "<host>")
        for pattern, word in _REDACTIONS:
            text = re.sub(pattern, word, text)
        for run in self.run_ids():
            text = text.replace(run[-6:], "<id>")
        return text


class Result:
    """What a command did: its exit code, and what it wrote, redacted."""

    def __init__(self, project: Project, code: int, out: str, err: str) -> None:
        self.code, self.raw, self.raw_err = code, out, err
        self.out, self.err = project.redact(out), project.redact(err)

    def lines(self) -> list[str]:
        """Return the redacted lines of standard output without their margins."""
        return [line.strip() for line in self.out.splitlines()]
