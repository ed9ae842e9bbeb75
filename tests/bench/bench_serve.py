"""Measures `flownote serve` with wrk: requests per second, and the time of the median and of the
slowest hundredth.

python tests/bench/bench_serve.py --python .venv/bin/python      an installed build

The flows are the examples'. The server and wrk share the machine, and the log is written
meanwhile, as it always is. wrk isn't Flownote's to install: `apt-get install wrk`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "examples"

CASES = {
    "recommend": "GET /recommend/{member}?k=10",
    "artwork": "GET /artwork/{title}?member=",
    "events": "POST /events, a play",
}

FLOWS = {"recommend": "Recommend", "artwork_personalization": "ArtworkPersonalization"}

# One model of a family each: what is measured is the server, not the search for the best.
FAMILIES = {
    "EASE": 'candidate("EASE", "λ=200", l2=200.0)',
    "iALS, 64 factors": 'candidate("iALS", "64", factors=64, alpha=2.0)',
}


def main() -> None:
    """Runs the flows, serves their models, asks, prints a table."""
    parser = argparse.ArgumentParser(description="Measures `flownote serve` with wrk.")
    parser.add_argument("--seconds", type=int, default=10, help="how long each case is asked")
    parser.add_argument("--connections", type=int, default=8, help="connections at once")
    parser.add_argument(
        "--python", type=Path, default=Path(sys.executable), help="a Python with both wheels"
    )
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("error: wrk isn't installed\nhint: apt-get install wrk")
    python = options.python.absolute()
    with tempfile.TemporaryDirectory(prefix="flownote-serve-") as scratch:
        folder = Path(scratch)
        artwork = run(python, folder, "artwork_personalization", "", "--rounds", "3000")
        print(f"load {os.getloadavg()[0]:.2f}", file=sys.stderr)
        print("| request | model | requests/s | p50 | p99 |\n|---|---|---|---|---|")
        for family, candidate in FAMILIES.items():
            edit = f'\nCANDIDATES = [candidate("popularity"), {candidate}]\n'
            recommend = run(python, folder, "recommend", edit, "--resamples", "50")
            server, address = serve(python, folder, recommend, artwork)
            try:
                for case, title in CASES.items():
                    if case == "recommend" or family == "EASE":
                        found = ask(address, case, options.seconds, options.connections)
                        told = family if case != "artwork" else "the flow's best policy"
                        print(row(title, told, found))
            finally:
                server.terminate()
                server.wait(timeout=60)


def environment(folder: Path) -> dict[str, str]:
    """Returns what Flownote sees: a datastore of its own."""
    return os.environ | {"FLOWNOTE_STORE": str(folder / "store"), "FLOWNOTE_USER": "bench"}


def run(python: Path, folder: Path, example: str, edit: str, *words: str) -> str:
    """Runs an example's flow, its models edited, and returns the run."""
    place = folder / example
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(EXAMPLES / example, place)
    if edit:
        with (place / "rust_models.py").open("a", encoding="utf-8") as file:
            file.write(edit)
    line = [str(python), "-m", "flownote", "run", "flow.py", "--run-id-file", "run.txt", *words]
    done = subprocess.run(
        line, cwd=place, env=environment(folder), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"error: {example} failed\n{done.stderr}")
    run_id = (place / "run.txt").read_text(encoding="utf-8").strip()
    return f"{FLOWS[example]}/{run_id}"


def serve(
    python: Path, folder: Path, recommend: str, artwork: str
) -> tuple[subprocess.Popen[str], str]:
    """Starts a server and returns its address."""
    line = [str(python), "-m", "flownote", "serve", "--port", "0"]
    line += ["--recommend", recommend, "--artwork", artwork, "--explore", "0.1"]
    server = subprocess.Popen(
        line,
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout
    address = server.stdout.readline().strip()
    if not address:
        raise SystemExit("error: the server didn't start")
    return server, address


def ask(address: str, case: str, seconds: int, connections: int) -> dict[str, Any]:
    """Asks for so long, after a second that isn't counted, and returns what was measured."""
    line = [
        "wrk",
        "-t",
        "1",
        "-c",
        str(connections),
        "--latency",
        "-s",
        str(HERE / "serve/ask.lua"),
    ]
    for time in (1, seconds):
        words = [*line, "-d", f"{time}s", address, "--", case]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def row(title: str, model: str, found: dict[str, Any]) -> str:
    """Returns a row of the table; a request that failed ends the program."""
    if found["failed"]:
        raise SystemExit(f"error: {title}: {found['failed']} requests failed")
    rate = found["requests"] / found["seconds"]
    return (
        f"| {title} | {model} | {rate:,.0f} | {found['p50_ms']:.2f} ms | {found['p99_ms']:.2f} ms |"
    )


if __name__ == "__main__":
    main()
