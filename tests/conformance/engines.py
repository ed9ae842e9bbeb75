"""Runs a case by an engine, in a project folder of its own, and reads back what it left."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cases import Case

HERE = Path(__file__).resolve().parent
_KEPT = ("PATH", "HOME", "TMPDIR")


@dataclass(frozen=True)
class Engine:
    """An engine, `metaflow` or `flownote`, in the Python where it is installed."""

    name: str
    python: str

    def run(self, case: Case, folder: Path) -> dict[str, Any]:
        """Run the case in `folder`; return its exit and what the client reads."""
        project = self._project(folder)
        env = self._environment(folder) | {
            name.replace("@", self.name.upper() + "_"): value for name, value in case.env.items()
        }
        done = self._python(project, env, *self._command(case))
        found: dict[str, Any] = {"exit": min(done.returncode, 1)}
        words = [self.name, f"{case.flow}.py", case.flow_name]
        back = self._python(project, env, str(HERE / "read_back.py"), *words)
        if back.returncode == 0:
            found |= json.loads(back.stdout)
        elif found["exit"] == 0 or "NotFound" not in back.stderr.decode():
            raise AssertionError(done.stderr.decode() + back.stderr.decode())
        else:
            found["run"] = {"created": False}
        found["said"] = (done.stdout + done.stderr).decode(errors="replace")
        return found

    def client_uses(self, folder: Path) -> dict[str, Any]:
        """Run a foreach with tags; return what each line of `client_uses.py` gives."""
        project, env = self._project(folder), self._environment(folder)
        case = Case("client", "foreach", "--tag t1 --tag t2")
        self._python(project, env, *self._command(case)).check_returncode()
        done = self._python(project, env, str(HERE / "client_uses.py"), self.name)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    def _command(self, case: Case) -> list[str]:
        flags = ["--no-pylint"] if self.name == "metaflow" else []
        return [f"{case.flow}.py", *flags, "run", *case.args.split()]

    def _python(
        self, project: Path, env: dict[str, str], *words: str
    ) -> subprocess.CompletedProcess[bytes]:
        command = [self.python, *words]
        return subprocess.run(command, cwd=project, env=env, capture_output=True, timeout=200)

    def _project(self, folder: Path) -> Path:
        """Copy the flows, and let them import this engine."""
        project = folder / "project"
        shutil.copytree(HERE / "flows", project, ignore=shutil.ignore_patterns("__pycache__"))
        for file in project.rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            file.write_text(
                text.replace("from metaflow import", f"from {self.name} import"), "utf-8"
            )
        return project

    def _environment(self, folder: Path) -> dict[str, str]:
        variables = {name: os.environ[name] for name in _KEPT if name in os.environ}
        variables |= {"LANG": "C.UTF-8", "FLOWNOTE_USER": "ana", "METAFLOW_USER": "ana"}
        store = str(folder / "store")
        if self.name == "flownote":
            return variables | {"FLOWNOTE_STORE": store}
        return variables | {
            "METAFLOW_DATASTORE_SYSROOT_LOCAL": store,
            "METAFLOW_DEFAULT_METADATA": "local",
        }


def flat(found: dict[str, Any], output: bool) -> dict[str, Any]:
    """Return paths → values: one for each artifact and each thing said of a task."""
    paths: dict[str, Any] = {"exit": found["exit"]}
    for name, value in found["run"].items():
        paths[f"run/{name}"] = value
    for key, task in found.get("tasks", {}).items():
        for name, value in task.items():
            if name == "artifacts":
                paths |= {f"{key}/{artifact}": content for artifact, content in value.items()}
            elif output or name not in ("stdout", "stderr"):
                paths[f"{key}:{name}"] = value
    return paths
