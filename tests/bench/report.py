"""The tables: what each engine used, and which targets are met."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import datetime, timezone

from cases import CASES, FLOWNOTE, IPYKERNEL, SCRIPT, TARGETS, Medians
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
            *kernels(medians),
        ]
    )


APART = "## Measured apart"


def apart(medians: Medians, engines: list[Engine], rounds: int, load: str, build: str) -> str:
    """Returns the part of the page for cases that were measured by themselves."""
    named = ", ".join(dict.fromkeys(case for case, _ in medians))
    return "\n".join(
        [
            f"{APART}: {named}",
            "",
            f"By naming these cases, with `--write`; at most {rounds} rounds, slow cases one.",
            "",
            *(f"- {fact}" for fact in facts(engines, load, build)),
            "",
            *targets(medians),
            "",
            *measurements(medians),
            "",
            *kernels(medians),
        ]
    )


def with_apart(page: str, part: str) -> str:
    """Returns a page with these parts at its end, in the place of those of the same cases."""
    named = {one.splitlines()[0] for one in _parts(part)}
    kept = [one for one in _parts(apart_of(page)) if one.splitlines()[0] not in named]
    whole = [page.partition(APART)[0], *kept, *_parts(part)]
    return "\n\n".join(one.strip() for one in whole) + "\n"


def apart_of(page: str) -> str:
    """Returns what a page has of cases that were measured by themselves."""
    _, mark, part = page.partition(APART)
    return mark + part


def _parts(text: str) -> list[str]:
    return [f"{APART}{one}" for one in text.split(APART)[1:]]


def facts(engines: list[Engine], load: str, build: str) -> list[str]:
    """Returns what the numbers depend on: machine, load, versions."""
    return [
        f"when: {datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC",
        machine(),
        f"load average before and after: {load}",
        *(
            f"{engine.name}: {versions(engine)}"
            + (f", {build}, commit {commit()}" if engine.name == FLOWNOTE else "")
            for engine in engines
            if engine.name != SCRIPT
        ),
    ]


def machine() -> str:
    """Returns which machine this is."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = {line.partition(":")[2].strip() for line in file if line.startswith("model name")}
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    processor = f"{', '.join(models) or platform.machine()}, {os.cpu_count()} cores"
    return f"machine: {processor}, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def commit() -> str:
    """Returns the commit that is checked out, with a mark when the tree differs."""
    git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude", "*"]
    return subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip() or "?"


def versions(engine: Engine) -> str:
    """Returns the versions that an engine's environment holds."""
    code = (
        "import platform; from importlib.metadata import distributions; "
        "known = {one.name.lower(): one.version for one in distributions()}; "
        f"names = ['numpy', {engine.name.partition('.')[0].lower()!r}]; "
        "told = [f', {n} {known[n]}' for n in names if n in known]; "
        "print('Python', platform.python_version(), *told)"
    )
    done = subprocess.run([engine.python, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip().replace(" ,", ",")


def targets(medians: Medians) -> list[str]:
    """Returns the table of targets, those that were not measured left out."""
    lines = ["| what | target | measured | |", "|---|---:|---:|---|"]
    for target in TARGETS:
        if target.is_known(medians):
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
            # Before ipykernel the client does a part only of what it does before Flownote.
            compared = ours and name not in (FLOWNOTE, IPYKERNEL)
            times = f"{of['cpu'] / ours['cpu']:.1f}" if compared else ""
            lines.append(
                f"| {case.title} | {name} | {of['cpu']:.3f} | {of['wall']:.3f} "
                f"| {of['rss'] / 1e6:.0f} | {of['files']:.0f} | {times} |"
            )
    return lines


KERNEL = {
    "start to ready": "start_ms",
    "`1+1`, median": "one_ms",
    "interrupt a busy loop": "interrupt_ms",
    "100,000 printed lines": "lines_ms",
}
EVCXR = (
    "Rust cells: evcxr publishes no table. Its author speaks of about 2 s a cell on Linux, and "
    "of 0.6 s before (evcxr/evcxr issue 52, 2019); a user of its Jupyter kernel measured 6.5 s "
    "for a cell with a data frame (issue 504, 2026)."
)
HANDED_ON = (
    "100 MB frame: beside ipykernel it goes as a Parquet file to DuckDB in another process, "
    "{theirs:.0f} ms each time; Flownote's goes to a SQL cell in {ours:.0f} ms, and is there "
    "{again:.1f} ms later again."
)


def kernels(medians: Medians) -> list[str]:
    """Returns the table of kernels: Flownote's at its server, and both before Jupyter's client."""
    ours, theirs = medians.get(("kernel", FLOWNOTE)), medians.get(("kernel", IPYKERNEL))
    if not (ours and theirs):
        return []
    lines = [
        "### Kernels",
        "",
        "The same client of Jupyter before both, and Flownote's kernel over its own socket, as "
        "its server has it. Milliseconds.",
        "",
        "| what | Flownote at the server | Flownote, Jupyter | ipykernel, Jupyter | times |",
        "|---|---:|---:|---:|---:|",
    ]
    for title, metric in KERNEL.items():
        same, peer = ours[f"jupyter_{metric}"], theirs[f"jupyter_{metric}"]
        lines.append(
            f"| {title} | {ours[metric]:.2f} | {same:.2f} | {peer:.2f} | {peer / same:.1f} |"
        )
    frame = HANDED_ON.format(
        theirs=theirs["frame_first_ms"], ours=ours["frame_first_ms"], again=ours["frame_again_ms"]
    )
    return [*lines, "", frame, "", EVCXR, ""]
