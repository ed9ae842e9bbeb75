"""The models' part of `RESULTS.md`: how many times as fast as its peer each is."""

from __future__ import annotations

import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import report
from model_rows import COMPARISONS, Comparison

TITLE = f"{report.APART}: models beside their peers"

ABOUT = (
    "By `make bench-models`: medians of rounds in which both sides take turns, each of which "
    "tells the median of 3 to 7 repetitions in one process. Both sides find the same within a "
    "tolerance that `model_rows.py` states, else nothing is told. Flownote's are the studio's "
    "models in the release profile; results of Flownote's estimators come with intervals and "
    "reports on the weights, those of obp's without intervals but where they are named."
)


SHORT = (
    "Where less than the target is met: a point estimate is one pass over tables of megabytes on "
    "both sides (NumPy's sum, and a check of every row here), so that only what is computed "
    "beyond it can be faster; fits and choices in batches are BLAS in mabwiser, and a policy that "
    "serves learns round by round; both iALS spend about the same "
    "arithmetic on an event, 512 multiplications here (eight factors at a time from where they "
    "are), some 500 there (three steps of conjugate gradients); PySceneDetect "
    "looks at a few of each frame's pixels and at cuts alone, Flownote sums all of them, and "
    "looks for fades, dissolves and the motion of the camera as well."
)


def shown(seconds: float) -> str:
    """Returns milliseconds, of three digits or more."""
    return f"{1000 * seconds:,.0f}" if seconds >= 0.1 else f"{1000 * seconds:.3g}"


def circumstances(comparison: Comparison, python: Path, peer: Path) -> dict[str, Any]:
    """Returns what numbers depend on, as it is now."""
    code = (
        "import platform, sys; from importlib.metadata import version; "
        "print('Python', platform.python_version()); "
        "[print(name, version(name)) for name in sys.argv[1:]]"
    )

    def told(who: Path, *names: str) -> str:
        command = [str(who), "-c", code, *names]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return ", ".join(done.stdout.splitlines())

    return {
        "when": f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC",
        "commit": report.commit(),
        "own_versions": told(python, "numpy"),
        "peer_versions": told(peer, *dict.fromkeys(["numpy", *comparison.packages])),
    }


def section(measured: dict[str, dict[str, Any]]) -> str:
    """Returns the part of the page for what was measured."""
    known = [one for one in COMPARISONS if one.name in measured]
    lines = [TITLE, "", ABOUT, "", f"- {report.machine()}"]
    for comparison in known:
        of = measured[comparison.name]
        load = ", ".join(f"{it:.2f}" for it in of["load"])
        lines.append(
            f"- {comparison.name}: {of['when']}, rounds: {of['rounds']}, load average before and "
            f"after: {load}; Flownote, {of['build']} build, commit {of['commit']}, "
            f"{of['own_versions']}; beside {of['peer_versions']}"
        )
    lines += [
        "",
        "| what | peer | Flownote ms | peer ms | times as fast | target | |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    for comparison in known:
        of = measured[comparison.name]
        for task, row in comparison.rows.items():
            mine, other = of["ours"][task], of["theirs"][task]
            times = other / mine
            target = "" if row.target is None else f"≥ {row.target:g} ×"
            met = ("met" if times >= row.target else "**not met**") if row.target else ""
            lines.append(
                f"| {row.title} | {comparison.peer} | {shown(mine)} | {shown(other)} "
                f"| {times:.1f} × | {target} | {met} |"
            )
    return "\n".join([*lines, "", SHORT, ""])
