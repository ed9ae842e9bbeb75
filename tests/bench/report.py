"""The tables: what each engine used, and which targets are met."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import datetime, timezone

from cases import CASES, FLOWNOTE, SCRIPT, TARGETS, Medians
from engines import ROOT, Engine


def document(medians: Medians, engines: list[Engine], rounds: int, load: str, build: str) -> str:
    """Returns the whole page in Markdown."""
    return "\n".join(
        [
            "# Flownote beside its peers",
            "",
            "Written by `make bench`; not edited by hand. Medians of "
            f"{rounds} rounds, engines taking turns within a round. Processor time is that of "
            "the whole process tree, memory that of its largest process, files those in the "
            "datastore after the run.",
            "",
            *(f"- {fact}" for fact in facts(engines, load, build)),
            "",
            "## Targets",
            "",
            *targets(medians),
            "",
            "## Measurements",
            "",
            *measurements(medians),
            "",
        ]
    )


APART = "## Measured apart"


def apart(medians: Medians, engines: list[Engine], rounds: int, load: str, build: str) -> str:
    """Returns the part of the page for cases that were measured by themselves."""
    return "\n".join(
        [
            APART,
            "",
            f"By naming these cases, with `--write`; at most {rounds} rounds, slow cases one.",
            "",
            *(f"- {fact}" for fact in facts(engines, load, build)),
            "",
            *targets(medians),
            "",
            *measurements(medians),
            "",
        ]
    )


def with_apart(page: str, part: str) -> str:
    """Returns a page with this part at its end, in the place of an earlier one."""
    return f"{page.partition(APART)[0].rstrip()}\n\n{part}" if part else page


def apart_of(page: str) -> str:
    """Returns what a page has of cases that were measured by themselves."""
    _, mark, part = page.partition(APART)
    return mark + part


def facts(engines: list[Engine], load: str, build: str) -> list[str]:
    """Returns what the numbers depend on: machine, load, versions."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = {line.partition(":")[2].strip() for line in file if line.startswith("model name")}
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    kernel = f"{platform.system()} {platform.release()}"
    machine = f"{', '.join(models) or platform.machine()}, {os.cpu_count()} cores"
    return [
        f"when: {datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC",
        f"machine: {machine}, {memory:.0f} GiB, {kernel}",
        f"load average before and after: {load}",
        *(
            f"{engine.name}: {versions(engine)}"
            + (f", {build}, commit {commit()}" if engine.name == FLOWNOTE else "")
            for engine in engines
            if engine.name != SCRIPT
        ),
    ]


def commit() -> str:
    """Returns the commit that is checked out, with a mark when the tree differs."""
    git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude", "*"]
    return subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip() or "?"


def versions(engine: Engine) -> str:
    """Returns the versions that an engine's environment holds."""
    code = (
        "import platform; from importlib.metadata import version; "
        f"names = ['numpy', {engine.name.partition('.')[0].lower()!r}]; "
        "print('Python', platform.python_version(), *(f', {n} {version(n)}' for n in names))"
    )
    done = subprocess.run([engine.python, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip().replace(" ,", ",")


def targets(medians: Medians) -> list[str]:
    """Returns the table of targets, those that were not measured left out."""
    lines = ["| what | target | measured | |", "|---|---:|---:|---|"]
    for target in TARGETS:
        if all(need in medians for need in target.needs):
            value = target.value(medians)
            met = "met" if value <= target.limit else "**not met**"
            limit = f"≤ {target.limit:g} {target.unit}"
            lines.append(f"| {target.title} | {limit} | {value:.3g} {target.unit} | {met} |")
    return lines


def measurements(medians: Medians) -> list[str]:
    """Returns the table of medians, with Metaflow's processor time as a multiple of ours."""
    lines = [
        "| case | engine | CPU-s | wall s | memory MB | files | CPU, times Flownote's |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for case in CASES:
        for name in case.engines:
            if (case.name, name) not in medians:
                continue
            of = medians[case.name, name]
            ours = medians.get((case.name, FLOWNOTE))
            times = f"{of['cpu'] / ours['cpu']:.1f}" if ours and name != FLOWNOTE else ""
            lines.append(
                f"| {case.title} | {name} | {of['cpu']:.3f} | {of['wall']:.3f} "
                f"| {of['rss'] / 1e6:.0f} | {of['files']:.0f} | {times} |"
            )
    return lines
