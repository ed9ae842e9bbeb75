"""Measures Flownote's models beside their peers, in turns, and writes their part of `RESULTS.md`.

make bench-models
python tests/bench/bench_models.py estimators linear     prints, writes nothing
python tests/bench/bench_models.py ease --keep --write   with what was measured before
python tests/bench/bench_models.py --python .venv/bin/python     an installed build, unbuilt here

What is measured is the models' part of the studio in the release profile (`models/native`): the
same sources, without what takes an hour to build. Peers live in virtual environments of their
own. Both sides must find the same: a fit that ends elsewhere isn't measured, it is an error.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
from pathlib import Path
from typing import Any

import model_report
import report
from engines import CACHE, ROOT, say
from engines import venv as make_venv
from model_rows import COMPARISONS, DATA, PLACES, Comparison

HERE = Path(__file__).resolve().parent
MODELS = HERE / "models"

Found = dict[str, dict[str, Any]]
"""Task → its seconds and what it found."""


def main() -> None:
    """Installs the peers, measures in turns, reports."""
    options = parse()
    chosen = [one for one in COMPARISONS if not options.only or one.name in options.only]
    peers = {place: install_peers(place) for place in {one.place for one in chosen}}
    own = None if options.python else build()
    kept = CACHE / "models-measured.json"
    measured = json.loads(kept.read_text()) if options.keep and kept.exists() else {}
    for comparison in chosen:
        peer = peers[comparison.place]
        python = options.python.absolute() if options.python else peer
        measured[comparison.name] = measure(comparison, python, peer, own, options.rounds)
        measured[comparison.name]["build"] = "an installed build" if options.python else "release"
        kept.write_text(json.dumps(measured))
    part = model_report.section(measured)
    print(part)
    if options.write:
        place = HERE / "RESULTS.md"
        page = place.read_text(encoding="utf-8") if place.exists() else ""
        place.write_text(report.with_apart(page, part), encoding="utf-8")
        say("written to tests/bench/RESULTS.md")


def parse() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Measures models beside their peers.")
    names = [one.name for one in COMPARISONS]
    parser.add_argument("only", nargs="*", metavar="NAME", help=f"of {', '.join(names)}")
    parser.add_argument("--rounds", type=int, default=3, help="how often each script is run")
    parser.add_argument("--python", type=Path, help="a Python that has both wheels, and SciPy")
    parser.add_argument("--keep", action="store_true", help="with what was measured before")
    parser.add_argument("--write", action="store_true", help="write the table to RESULTS.md")
    options = parser.parse_args()
    if unknown := set(options.only) - set(names):
        parser.error(f"nothing is called {', '.join(sorted(unknown))}; there are {names}")
    return options


def install_peers(place: str) -> Path:
    """Makes a virtual environment of peers, and returns its Python."""
    python = make_venv(place)
    say(f"installing the peers of {place}")
    pip = [str(python), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "-r", str(MODELS / PLACES[place])], check=True)
    subprocess.run([*pip, "--no-deps", DATA[place]], check=True)
    return python


def build() -> Path:
    """Builds the models in the release profile, and returns a folder that Python imports from."""
    say("building the models' release build (the first time takes minutes)")
    native, target = MODELS / "native", CACHE / "native"
    # The versions of everything else that Flownote builds.
    shutil.copy(ROOT / "Cargo.lock", native / "Cargo.lock")
    manifest = ["--manifest-path", str(native / "Cargo.toml"), "--target-dir", str(target)]
    # Python loads it, and needn't be linked.
    said = {"PYO3_BUILD_EXTENSION_MODULE": "1"}
    subprocess.run(["cargo", "build", "--release", *manifest], check=True, env=os.environ | said)
    package = CACHE / "models-own/flownote_studio"
    package.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "python/studio/flownote_studio/__init__.py", package)
    shutil.copy(target / "release/lib_studio.so", package / "_studio.abi3.so")
    return package.parent


def measure(
    comparison: Comparison, python: Path, peer: Path, own: Path | None, rounds: int
) -> dict[str, Any]:
    """Runs both scripts in turns, and returns the medians and what they depend on."""
    before = os.getloadavg()[0]
    ours: list[Found] = []
    theirs: list[Found] = []
    for number in range(rounds):
        for side, who, script, path in (
            (ours, python, comparison.ours, own),
            (theirs, peer, comparison.theirs, None),
        ):
            side.append(run(who, script, path))
            say(f"round {number + 1}/{rounds}  {comparison.name}: {script}")
    for task, row in comparison.rows.items():
        near = comparison.near if row.near is None else row.near
        check(row.title, ours[0][task]["result"], theirs[0][task]["result"], near)
    return {
        "ours": medians(ours),
        "theirs": medians(theirs),
        "rounds": rounds,
        "load": [before, os.getloadavg()[0]],
        **model_report.circumstances(comparison, python, peer),
    }


def run(python: Path, script: str, path: Path | None) -> Found:
    """Runs a script, with Flownote from `path`, and returns what it printed last."""
    command = [str(python), str(MODELS / script)]
    told = {"PYTHONPATH": os.pathsep.join([str(path), str(ROOT / "python")])} if path else {}
    environment = os.environ | told
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        raise SystemExit(f"error: {script} failed\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def medians(rounds: list[Found]) -> dict[str, float]:
    """Returns the median seconds of each task."""
    return {task: statistics.median(one[task]["seconds"] for one in rounds) for task in rounds[0]}


def check(title: str, ours: list[float], theirs: list[float], near: float) -> None:
    """Ends the program if both sides didn't find the same; a peer may tell less."""
    for mine, other in zip(ours, theirs, strict=bool(theirs)):
        if abs(mine - other) > near * abs(other):
            raise SystemExit(f"error: {title}: found {ours}, the peer {theirs}")


if __name__ == "__main__":
    main()
