"""The engines that are compared: how each is installed, and how it runs a flow."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cases import FLOWNOTE, METAFLOW, Case

ROOT = Path(__file__).resolve().parents[2]
FLOWS = Path(__file__).resolve().parent / "flows"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "flownote" / "bench"


@dataclass(frozen=True)
class Engine:
    """An engine in a virtual environment of its own."""

    name: str
    python: Path

    def command(self, case: Case, folder: Path, verb: str = "run") -> list[str]:
        """Returns the command that runs the case with its data in `folder`."""
        if case.words:
            program, *words = (word.replace("@", self.name.lower()) for word in case.words)
            return [str(self.python.with_name(program)), *words]
        flow, workers = str(FLOWS / case.flow), ["--max-workers", "2"]
        if case.program:
            return [str(self.python), flow, str(folder)]
        if self.name == FLOWNOTE:
            command = [str(self.python.with_name("flownote")), verb, flow, *workers]
            return [*command, "--store", str(folder), *case.flags]
        if self.name == METAFLOW:
            command = [str(self.python), flow, "--no-pylint", verb, *workers]
            return [*command, "--max-num-splits", "20000"]
        return [str(self.python), str(FLOWS / "big_array_script.py"), str(folder)]

    def environment(self, case: Case, folder: Path) -> dict[str, str]:
        """Returns the variables that the command sees."""
        keep = ("PATH", "HOME", "LANG", "TMPDIR")
        variables = {name: os.environ[name] for name in keep if name in os.environ}
        variables |= case.environment
        if self.name == METAFLOW:
            variables |= {
                "METAFLOW_USER": "bench",
                "METAFLOW_DATASTORE_SYSROOT_LOCAL": str(folder),
                "METAFLOW_DEFAULT_METADATA": "local",
            }
        return variables


def install_flownote() -> Path:
    """Builds the wheel in the release profile, installs it, and returns its Python."""
    python = _venv("flownote")
    wheels = CACHE / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    say("building Flownote's release wheel (the first time takes minutes)")
    _pip(python, "-r", str(ROOT / "python/requirements-build.txt"))
    _pip(python, "-r", str(ROOT / "python/requirements-demo.txt"))
    maturin = [str(python.with_name("maturin")), "build", "--release"]
    project = ["--manifest-path", str(ROOT / "python/Cargo.toml"), "--out", str(wheels)]
    subprocess.run([*maturin, *project], check=True)
    _pip(python, "--force-reinstall", "--no-deps", *map(str, wheels.glob("*.whl")))
    return python


def install_peers() -> Path:
    """Installs the peers, and returns their Python."""
    python = _venv("metaflow")
    say("installing Metaflow and joblib")
    _pip(python, "-r", str(ROOT / "python/requirements-bench.txt"))
    return python


def _venv(name: str) -> Path:
    folder = CACHE / name
    if not (folder / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return folder / "bin/python"


def _pip(python: Path, *arguments: str) -> None:
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *arguments], check=True)


def say(text: str) -> None:
    """Prints a line of progress."""
    print(f"==> {text}", file=sys.stderr, flush=True)
