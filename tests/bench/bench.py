"""Measures Flownote beside Metaflow, and writes `RESULTS.md`.

make bench
python tests/bench/bench.py hello linear --rounds 1      prints, writes nothing
python tests/bench/bench.py million --write              these cases apart from the others
python tests/bench/bench.py --engine Metaflow            the peer alone
python tests/bench/bench.py kernel names sql wasm --write   the notebook rows
python tests/bench/bench.py --python .venv/bin/python    an installed build, unbuilt here
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import report
from cases import CASES, FLOWNOTE, IPYKERNEL, JOBLIB, METAFLOW, SCRIPT, Case, Medians
from engines import CACHE, Engine, build_examples, install_flownote, install_peers, say

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Installs what is compared, measures in turns, reports."""
    options = parse()
    cases = chosen(options)
    engines = install(options, cases)
    before = os.getloadavg()[0]
    medians = measure_all(cases, engines, options.rounds)
    load = f"{before:.2f}, {os.getloadavg()[0]:.2f}"
    build = f"the build of {options.python}" if options.python else "release build"
    place = HERE / "RESULTS.md"
    known = place.read_text(encoding="utf-8") if place.exists() else ""
    if options.cases:
        part = report.apart(medians, engines, options.rounds, load, build)
        print(part)
        page = report.with_apart(known, part)
    else:
        page = report.document(medians, engines, options.rounds, load, build)
        print(page)
        page = report.with_apart(page, report.apart_of(known))
    if options.write or not (options.cases or options.engine or options.python):
        place.write_text(page, encoding="utf-8")
        say("written to tests/bench/RESULTS.md")


def chosen(options: argparse.Namespace) -> list[Case]:
    """Returns the cases that are named; else all, the slow ones if they are asked for."""
    if options.cases:
        return [case for case in CASES if case.name in options.cases]
    return [case for case in CASES if options.slow or not case.slow]


def parse() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Measures Flownote beside its peers.")
    names = [case.name for case in CASES]
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(names)}")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is run")
    parser.add_argument("--engine", choices=[FLOWNOTE, METAFLOW], help="leave the other out")
    parser.add_argument("--python", type=Path, help="a Python that has Flownote installed")
    parser.add_argument("--write", action="store_true", help="write what the named cases took")
    parser.add_argument("--slow", action="store_true", help="the cases of many minutes, too")
    options = parser.parse_args()
    if unknown := set(options.cases) - set(names):
        parser.error(
            f"no case is called {', '.join(sorted(unknown))}; there are {', '.join(names)}"
        )
    return options


def install(options: argparse.Namespace, cases: list[Case]) -> list[Engine]:
    """Returns the engines that were asked for and that a case needs, installed."""
    engines = []
    studio = any(case.studio for case in cases)
    if options.engine != METAFLOW:
        own = options.python
        python = own.absolute() if own else install_flownote(studio=studio)
        # Kernels run the same Python, with the same packages.
        engines += [Engine(name, python) for name in (FLOWNOTE, SCRIPT, IPYKERNEL)]
        if studio:
            build_examples(python)
    if options.engine != FLOWNOTE and any({METAFLOW, JOBLIB} & {*case.engines} for case in cases):
        python = install_peers()
        engines += [Engine(METAFLOW, python), Engine(JOBLIB, python)]
    needed = {name for case in cases for name in case.engines}
    return [engine for engine in engines if engine.name in needed]


def measure_all(cases: list[Case], engines: list[Engine], rounds: int) -> Medians:
    """Runs every case `rounds` times on every engine that it names, in turns."""
    found: dict[tuple[str, str], list[dict[str, float]]] = {}
    for number in range(rounds):
        for case in (case for case in cases if number < case.rounds):
            for engine in (engine for engine in engines if engine.name in case.engines):
                result = measure(case, engine)
                found.setdefault((case.name, engine.name), []).append(result)
                say(
                    f"round {number + 1}/{rounds}  {case.title}  {engine.name}: "
                    f"{result['cpu']:.3f} CPU-s, {result['wall']:.3f} s"
                )
    return {
        key: {metric: statistics.median(r[metric] for r in results) for metric in results[0]}
        for key, results in found.items()
    }


def measure(case: Case, engine: Engine) -> dict[str, float]:
    """Runs a case once, in a folder of its own, by way of `measure.py`."""
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=CACHE))
    try:
        data, output, log = folder / "data", folder / "measured.json", folder / "log"
        data.mkdir()
        command = [sys.executable, str(HERE / "measure.py"), str(output), str(log)]
        environment = engine.environment(case, data)
        if case.resume:
            failing = environment | {"BENCH_FAIL": "1"}
            first = engine.command(case, data)
            subprocess.run(first, cwd=folder, env=failing, check=False, capture_output=True)
        if case.again:
            first = engine.command(case, data)
            subprocess.run(first, cwd=folder, env=environment, check=True, capture_output=True)
        measured = engine.command(case, data, "resume" if case.resume else "run")
        subprocess.run([*command, *measured], cwd=folder, env=environment, check=True)
        result = json.loads(output.read_text())
        if result.pop("code") != 0:
            raise SystemExit(f"error: {case.name} failed on {engine.name}\n{log.read_text()}")
        if case.program:
            result |= json.loads(log.read_text().splitlines()[-1])
        return result | {"files": sum(1 for path in data.rglob("*") if path.is_file())}
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
