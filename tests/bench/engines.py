"""The engines that are compared: how each is installed, and how it runs a flow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cases import FLOWNOTE, METAFLOW, Case

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
FLOWS = HERE / "flows"
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
        keep = ["PATH", "HOME", "LANG", "TMPDIR", "BENCH_EXAMPLES"]
        keep += ["CARGO_HOME", "RUSTUP_HOME"]
        variables = {name: os.environ[name] for name in keep if name in os.environ}
        variables |= case.environment | {"BENCH_ENGINE": self.name}
        if self.name == METAFLOW:
            variables |= {
                "METAFLOW_USER": "bench",
                "METAFLOW_DATASTORE_SYSROOT_LOCAL": str(folder),
                "METAFLOW_DEFAULT_METADATA": "local",
            }
        return variables


def install_flownote(*, studio: bool) -> Path:
    """Builds the wheels in the release profile, installs them, and returns their Python."""
    python = venv("flownote")
    wheels = CACHE / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    say("building Flownote's release wheel (the first time takes minutes)")
    _pip(python, "-r", str(ROOT / "python/requirements-build.txt"))
    _pip(python, "-r", str(ROOT / "python/requirements-demo.txt"))
    _build_wheel(python, ROOT / "python/Cargo.toml", wheels)
    if studio:
        say("building the studio's release wheel (the first time takes an hour on two cores)")
        _pip(python, "-r", str(HERE / "requirements-notebook.txt"))
        _build_wheel(python, ROOT / "python/studio/Cargo.toml", wheels)
    _pip(python, "--force-reinstall", "--no-deps", *map(str, wheels.glob("*.whl")))
    return python


def _build_wheel(python: Path, project: Path, wheels: Path) -> None:
    maturin = [str(python.with_name("maturin")), "build", "--release"]
    maturin += ["--interpreter", str(python)]
    place = ["--manifest-path", str(project), "--out", str(wheels)]
    subprocess.run([*maturin, *place], check=True)


def build_examples(python: Path) -> None:
    """Builds the programs that measure below Python, unless `BENCH_EXAMPLES` names them."""
    if os.environ.get("BENCH_EXAMPLES"):
        return
    say("building what measures the kernel over its own socket")
    # The studio's: what the kernel is made of was built for its wheel already. What maturin
    # says of the Python that it builds for is said again: else all of it is built anew.
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    said = {"PYO3_PYTHON": str(python), "PYTHON_SYS_EXECUTABLE": str(python)}
    said["PYO3_ENVIRONMENT_SIGNATURE"] = f"cpython-{version}-64bit"
    for project, example in (("python/studio", "measure"), ("core/notebook", "thousand_cells")):
        manifest = ["--manifest-path", str(ROOT / project / "Cargo.toml")]
        build = ["cargo", "build", "--release", *manifest, "--example", example]
        subprocess.run(build, check=True, env=os.environ | said)
    metadata = ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"]
    told = subprocess.run(metadata, cwd=ROOT, capture_output=True, check=True)
    target = json.loads(told.stdout)["target_directory"]
    os.environ["BENCH_EXAMPLES"] = f"{target}/release/examples"


def install_peers() -> Path:
    """Installs the peers, and returns their Python."""
    python = venv("metaflow")
    say("installing Metaflow and joblib")
    _pip(python, "-r", str(ROOT / "python/requirements-bench.txt"))
    return python


def venv(name: str) -> Path:
    """Makes a virtual environment in the cache, and returns its Python."""
    folder = CACHE / name
    if not (folder / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return folder / "bin/python"


def _pip(python: Path, *arguments: str) -> None:
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *arguments], check=True)


def say(text: str) -> None:
    """Prints a line of progress."""
    print(f"==> {text}", file=sys.stderr, flush=True)
