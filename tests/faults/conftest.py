"""Real runs, really broken: helpers that start, kill and look."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FLOWS = Path(__file__).parent / "flows"
FLOWNOTE = [sys.executable, "-m", "flownote"]


class Project:
    """A folder with a datastore, in which flows are run.

    Attributes
    ----------
    store
        The datastore's folder.
    """

    flows = FLOWS

    def __init__(self, folder: Path, store: Path | None = None) -> None:
        self.folder = folder
        self.store = store or folder / "store"

    def start(self, flow: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start `flownote run` and return its process."""
        command = [*FLOWNOTE, "run", str(FLOWS / flow), "--store", str(self.store), *arguments]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )

    def run(self, flow: str, *arguments: str, **environment: str) -> Ended:
        """Run `flownote run` to its end."""
        process = self.start(flow, *arguments, **environment)
        out, err = process.communicate(timeout=120)
        return Ended(process.returncode, out, err)

    def shell(self, *arguments: str) -> Ended:
        """Run another verb."""
        done = subprocess.run(
            [*FLOWNOTE, *arguments, "--store", str(self.store)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def runs(self, flow: str = "Spread") -> list[str]:
        """Return the ids of a flow's runs, oldest first."""
        return sorted(path.name for path in (self.store / "runs" / flow).glob("*"))

    def done(self, run: str, flow: str = "Spread") -> dict[str, list[dict]]:
        """Return `step/task` → its `done` objects in the order of the attempts."""
        found: dict[str, list[dict]] = {}
        for path in sorted((self.store / "runs" / flow / run / "tasks").glob("*/*.done")):
            done = json.loads(path.read_bytes())
            found.setdefault(f"{done['step']}/{done['task']}", []).append(done)
        return found


class Ended:
    """How a command ended: its exit code and what it wrote."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def __repr__(self) -> str:
        return f"exit {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    return Project(tmp_path)


def assert_finished_once(project: Project, run: str, width: int = 6) -> None:
    """Assert that every task of `spread.py` committed exactly once, and what came out."""
    done = project.done(run)
    tasks = {"start/0", "gather/0", "end/0", *(f"work/{index}" for index in range(width))}
    assert set(done) == tasks
    for task, attempts in done.items():
        outcomes = [attempt["outcome"] for attempt in attempts]
        assert outcomes.count("ok") == 1, f"{task}: {outcomes}"
    (gathered,) = (a for a in done["gather/0"] if a["outcome"] == "ok")
    values = gathered["manifest"]["artifacts"]
    assert values["total"]["inline"] == str(sum(n * n for n in range(width)))
    assert values["bytes"]["inline"] == str(sum(n * 100_000 for n in range(width)))
    ends = [path.name for path in (project.store / "index" / "Spread").glob("*/*-succeeded")]
    assert sum(run in name for name in ends) == 1
    assert not list((project.store / "staging").glob("*"))
