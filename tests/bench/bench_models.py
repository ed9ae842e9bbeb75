"""Measures fits of Flownote's models beside their peers', in turns, each in its own Python.

python tests/bench/bench_models.py --python .venv/bin/python      an installed build

Peers live in a virtual environment of their own (`models/requirements.txt`). Both sides must
find the same: a fit that ends elsewhere isn't measured, it is an error.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines import CACHE

HERE = Path(__file__).resolve().parent
MODELS = HERE / "models"


@dataclass(frozen=True)
class Comparison:
    """A script of Flownote's beside a peer's: both print seconds and results by name."""

    peer: str
    ours: str
    theirs: str
    titles: dict[str, str]
    # How far apart results may be, relatively: peers stop their search earlier.
    near: float


COMPARISONS = [
    Comparison(
        peer="lifetimes 0.11.3",
        ours="cdnow_flownote.py",
        theirs="cdnow_lifetimes.py",
        titles={
            "bg_nbd": "BG/NBD fit, CDNOW",
            "pareto_nbd": "Pareto/NBD fit, CDNOW",
            "gamma_gamma": "Gamma-Gamma fit, CDNOW",
        },
        near=2e-3,
    ),
    Comparison(
        peer="implicit 0.7.2",
        ours="recommend_flownote.py",
        theirs="recommend_implicit.py",
        titles={
            "ials_movielens": "iALS fit, 64 factors, ML-100K",
            "top_movielens": "top 10 of all members, ML-100K",
            "ials_synthetic": "iALS fit, 64 factors, synthetic 1 M events",
            "top_synthetic": "top 10 of all members, synthetic 1 M events",
        },
        # Both see the same held-out events; their searches begin elsewhere.
        near=0.05,
    ),
    Comparison(
        peer="NumPy and SciPy",
        ours="ease_flownote.py",
        theirs="ease_scipy.py",
        titles={
            "ease_movielens": "EASE fit, ML-100K",
            "ease_synthetic": "EASE fit, synthetic 1 M events",
        },
        near=1e-6,
    ),
    Comparison(
        peer="OpenCV 5.0, PySceneDetect 0.7.2",
        ours="frames_flownote.py",
        theirs="frames_opencv.py",
        titles={
            "measures": "17 measures of 48 frames, 1280 × 720",
            "content": "cuts by content, 48 frames",
            "adaptive": "adaptive cuts, 48 frames",
            "hash": "cuts by hashes, 48 frames",
        },
        # They compute in 32 bits.
        near=2e-3,
    ),
]


def main() -> None:
    """Installs the peers, measures in turns, prints a table."""
    parser = argparse.ArgumentParser(description="Measures models' fits beside their peers'.")
    parser.add_argument("--rounds", type=int, default=3, help="how often each script is run")
    parser.add_argument(
        "--python", type=Path, default=Path(sys.executable), help="a Python with both wheels"
    )
    options = parser.parse_args()
    peers = install_peers()
    print(f"load {os.getloadavg()[0]:.2f}", file=sys.stderr)
    print("| fit | Flownote | peer | ratio |\n|---|---|---|---|")
    for comparison in COMPARISONS:
        ours, theirs = [], []
        for _ in range(options.rounds):
            ours.append(run(options.python.absolute(), comparison.ours))
            theirs.append(run(peers, comparison.theirs))
        for name, title in comparison.titles.items():
            check(title, ours[0][name]["result"], theirs[0][name]["result"], comparison.near)
            mine, other = (
                statistics.median(found[name]["seconds"] for found in side)
                for side in (ours, theirs)
            )
            print(
                f"| {title} | {1000 * mine:.1f} ms | {comparison.peer}: {1000 * other:.1f} ms "
                f"| {other / mine:.1f} × |"
            )


def install_peers() -> Path:
    """Makes the peers' virtual environment and returns its Python."""
    folder = CACHE / "models"
    python = folder / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    install = ["-m", "pip", "install", "--quiet", "-r", str(MODELS / "requirements.txt")]
    subprocess.run([str(python), *install], check=True)
    # For the data that is in it alone: what it depends on (PyTorch) isn't needed.
    data = ["-m", "pip", "install", "--quiet", "--no-deps", "recbole==1.2.1"]
    subprocess.run([str(python), *data], check=True)
    return python


def run(python: Path, script: str) -> dict[str, Any]:
    """Runs a script and returns what it printed last."""
    command = [str(python), str(MODELS / script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"error: {script} failed\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def check(title: str, ours: list[float], theirs: list[float], near: float) -> None:
    """Ends the program if both sides didn't find the same."""
    for mine, other in zip(ours, theirs, strict=True):
        if abs(mine - other) > near * abs(other):
            raise SystemExit(f"error: {title}: found {ours}, the peer {theirs}")


if __name__ == "__main__":
    main()
