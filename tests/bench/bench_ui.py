"""Measures Flownote's notebook page beside JupyterLab and marimo, and writes `RESULTS.md`.

make bench-ui
python tests/bench/bench_ui.py --python .venv/bin/python     an installed build, unbuilt here
python tests/bench/bench_ui.py --rounds 1 --keep             goes on with the rounds before
python tests/bench/bench_ui.py --only load100 --engine Flownote     prints, writes nothing

The pages are opened by `ui/measure.mjs` in the system's Chromium; nothing is downloaded but
the peers, from the package index.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import report
from cases import FLOWNOTE
from engines import CACHE, ROOT, Engine, install_flownote, say
from engines import venv as make_venv

HERE = Path(__file__).resolve().parent
JUPYTERLAB, MARIMO = "JupyterLab", "marimo"
ENGINES = (FLOWNOTE, JUPYTERLAB, MARIMO)
TASKS = ("load100", "load1000", "scroll", "ones", "type", "table", "run")
TITLE = f"{report.APART}: the notebook page in a browser"

Round = dict[str, dict[str, Any] | None]
"""Task → what it found; None of one that was given up."""


def part_of(keys: list[float], part: float) -> float:
    """Returns the value below which a part of the keys were painted."""
    ordered = sorted(keys)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("nan")


@dataclass(frozen=True)
class Row:
    """A line of the table: one number of a task, for every engine."""

    title: str
    task: str
    unit: str
    value: Callable[[dict[str, Any]], float]
    limit: float | None = None
    """What Flownote's should keep."""


ROWS = [
    Row("100 cells: first cell painted", "load100", "ms", lambda of: of["paint_ms"], 500),
    Row("100 cells: a typed key painted", "load100", "ms", lambda of: of["key_ms"]),
    Row("1,000 cells: first cell painted", "load1000", "ms", lambda of: of["paint_ms"], 1000),
    Row("1,000 cells: a typed key painted", "load1000", "ms", lambda of: of["key_ms"]),
    Row("1,000 cells: CPU of the browser", "load1000", "s", lambda of: of["browser_cpu"]),
    Row("1,000 cells: CPU of the server", "load1000", "s", lambda of: of["server_cpu"]),
    Row("first load", "load100", "MB", lambda of: of["http_bytes"] / 1e6, 1.5),
    Row("first load, requests", "load100", "", lambda of: of["requests"]),
    Row("`1+1`, key to result, median", "ones", "ms", lambda of: part_of(of["keys"], 0.5), 30),
    Row("`1+1`, key to result, 95 %", "ones", "ms", lambda of: part_of(of["keys"], 0.95)),
    Row("typing in a flood, median", "type", "ms", lambda of: part_of(of["keys"], 0.5)),
    Row("typing in a flood, slowest key", "type", "ms", lambda of: max(of["keys"]), 100),
    Row("100,000 lines, shown to the end", "type", "ms", lambda of: of["flood_ms"]),
    Row("scrolling 1,000 cells: dropped", "scroll", "%", lambda of: of["dropped_percent"]),
    Row("scrolling: longest frame", "scroll", "ms", lambda of: of["longest_ms"]),
    Row("scrolling: sum of long tasks", "scroll", "ms", lambda of: of["long_ms"]),
    Row("memory of the page afterwards", "scroll", "MB", lambda of: of["memory"] / 1e6),
    Row("10 M rows of pandas as a grid", "table", "ms", lambda of: of["grid_ms"]),
    Row("10 M rows, scrolled: dropped", "table", "%", lambda of: of["dropped_percent"]),
    Row("10 M rows, scrolled: longest frame", "table", "ms", lambda of: of["longest_ms"]),
    Row("10 M rows, to the last", "table", "ms", lambda of: of["end_ms"]),
    Row("10 M rows, sorted", "table", "ms", lambda of: of["sort_ms"]),
    Row("a run of 10,000 tasks: painted", "run", "ms", lambda of: of["paint_ms"], 1000),
    Row("its tasks, scrolled: dropped", "run", "%", lambda of: of["dropped_percent"]),
    Row("its tasks, scrolled: longest frame", "run", "ms", lambda of: of["longest_ms"]),
]


def main() -> None:
    """Installs what is compared, measures in turns, reports."""
    options = parse()
    names = [options.engine] if options.engine else list(ENGINES)
    peers = install_peers()
    own = options.python.absolute() if options.python else install_flownote(studio=True)
    engines = [Engine(name, own if name == FLOWNOTE else peers) for name in ENGINES]
    places = {"notebooks": make_notebooks(peers), "many": make_run(own)}
    kept = CACHE / "ui-rounds.json"
    known = json.loads(kept.read_text()) if options.keep and kept.exists() else {}
    rounds: dict[str, list[Round]] = {name: known.get(name, []) for name in ENGINES}
    loads = known.get("loads", [])
    loads.append(os.getloadavg()[0])
    for number in range(options.rounds):
        for engine in (engine for engine in engines if engine.name in names):
            say(f"round {number + 1}/{options.rounds}  {engine.name}")
            rounds[engine.name].append(measure(engine, places, options))
    loads.append(os.getloadavg()[0])
    kept.write_text(json.dumps({**rounds, "loads": loads}))
    build = options.build or ("built before" if options.python else "release build")
    engines = [engine for engine in engines if rounds[engine.name]]
    part = section(rounds, engines, ", ".join(f"{load:.2f}" for load in loads), build)
    print(part)
    if options.keep or not (options.only or options.engine):
        place = HERE / "RESULTS.md"
        page = place.read_text(encoding="utf-8") if place.exists() else ""
        place.write_text(report.with_apart(page, part), encoding="utf-8")
        say("written to tests/bench/RESULTS.md")


def parse() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Measures the notebook page beside its peers.")
    parser.add_argument("--rounds", type=int, default=3, help="how often all of it is measured")
    parser.add_argument("--engine", choices=ENGINES, help="leave the others out")
    parser.add_argument("--only", nargs="+", choices=TASKS, help="leave the other tasks out")
    parser.add_argument("--python", type=Path, help="a Python that has Flownote's studio")
    parser.add_argument("--build", help="what kind of build that is, for the table")
    parser.add_argument("--dist", type=Path, help="a page that was built since the studio was")
    parser.add_argument("--keep", action="store_true", help="add to the last rounds, and write")
    return parser.parse_args()


def install_peers() -> Path:
    """Installs the peers, and returns their Python."""
    python = make_venv("ui")
    say("installing JupyterLab and marimo")
    wanted = ROOT / "python/requirements-bench-ui.txt"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", str(wanted)], check=True)
    # It asks the network for news, which isn't there.
    news = "@jupyterlab/apputils-extension:announcements"
    disable = [str(python.with_name("jupyter")), "labextension", "disable", news]
    subprocess.run([*disable, "--level=sys_prefix"], check=True, capture_output=True)
    return python


def make_notebooks(python: Path) -> Path:
    """Writes the notebooks that aren't there yet, and returns their folder."""
    folder = CACHE / "ui-notebooks"
    say("making the notebooks (the first time takes a minute)")
    script = str(HERE / "ui/notebooks.py")
    subprocess.run([str(python), script, str(folder)], check=True, capture_output=True)
    return folder


def make_run(python: Path) -> Path:
    """Runs a flow of 10,000 tasks unless it was run, and returns the folder of its store."""
    folder = CACHE / "ui-run"
    run_id = folder / "run-id"
    if run_id.exists():
        return folder
    say("running a flow of 10,000 tasks (the first time takes a minute)")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    flow = str(ROOT / "tests/browser/flows/many.py")
    command = [str(python), flow, "run", "--amount", "10000", "--keep-going"]
    # One of them fails, and the run with it.
    subprocess.run([*command, "--run-id-file", "begun"], cwd=folder, capture_output=True)
    (folder / "begun").rename(run_id)
    return folder


def measure(engine: Engine, places: dict[str, Path], options: argparse.Namespace) -> Round:
    """Measures an engine once."""
    what: dict[str, Any] = {"name": engine.name, "python": str(engine.python)}
    what["notebooks"] = str(places["notebooks"])
    if engine.name == FLOWNOTE:
        what["many"] = str(places["many"])
    if options.only:
        what["only"] = options.only
    if options.dist and engine.name == FLOWNOTE:
        what["dist"] = str(options.dist.absolute())
    command = ["node", str(HERE / "ui/measure.mjs"), json.dumps(what)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: Round = json.loads(done.stdout)
    return found


def section(rounds: dict[str, list[Round]], engines: list[Engine], load: str, build: str) -> str:
    """Returns the part of the page in Markdown."""
    counts = ", ".join(f"{engine.name} {len(rounds[engine.name])}" for engine in engines)
    return "\n".join(
        [
            TITLE,
            "",
            f"By `make bench-ui`. Medians of rounds ({counts}), engines taking turns; each task "
            "in a browser whose cache is cold, on loopback, with a real kernel. Times are to the "
            "painted frame, keys from when the browser was told of them. The first load is as it "
            "is transferred, without what sockets bring; the large notebooks hold their outputs, "
            "marimo's in its session cache.",
            "",
            *(f"- {fact}" for fact in report.facts(engines, load, build)),
            f"- browser: {browser()}",
            "",
            "| what | target | " + " | ".join(engine.name for engine in engines) + " | |",
            "|---|---:|" + "---:|" * len(engines) + "---|",
            *lines(rounds, engines),
        ]
    )


def lines(rounds: dict[str, list[Round]], engines: list[Engine]) -> list[str]:
    """Returns the table's lines, those that nobody was measured for left out."""
    made = []
    for row in ROWS:
        found = {engine.name: values(row, rounds[engine.name]) for engine in engines}
        if not any(found.values()):
            continue
        ours = median(found.get(FLOWNOTE, []))
        met = ""
        if row.limit is not None and ours is not None:
            met = "met" if ours <= row.limit else "**not met**"
        limit = "" if row.limit is None else f"≤ {row.limit:g} {row.unit}"
        shown = " | ".join(cell(row, own) for own in found.values())
        made.append(f"| {row.title} | {limit} | {shown} | {met} |")
    return made


def values(row: Row, rounds: list[Round]) -> list[float | None]:
    """Returns a number of the rounds that have its task; None where it was given up."""
    tasks = [one[row.task] for one in rounds if row.task in one]
    return [None if task is None else row.value(task) for task in tasks]


def median(found: list[float | None]) -> float | None:
    """Returns the median of the rounds that came to an end."""
    known = [value for value in found if value is not None]
    return statistics.median(known) if known else None


def cell(row: Row, found: list[float | None]) -> str:
    """Returns what the table says of an engine: with how many rounds came to an end, if not all."""
    value = median(found)
    if value is None:
        return "given up" if found else ""
    ended = sum(one is not None for one in found)
    some = "" if ended == len(found) else f" ({ended} of {len(found)})"
    return f"{number(value)} {row.unit}".strip() + some


def number(value: float) -> str:
    """Returns a number with as many digits as say something."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def browser() -> str:
    """Returns the browser's version."""
    path = os.environ.get("FLOWNOTE_TEST_CHROMIUM", "/usr/bin/chromium")
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)
    return f"{done.stdout.strip()}, headless"


if __name__ == "__main__":
    main()
