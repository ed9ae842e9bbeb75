"""Ctrl-C: the first lets what runs finish, then cancels; the second kills."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

from .conftest import Project


def begun(project: Project, process: subprocess.Popen[str], task: str) -> None:
    """Wait until the worker of a task runs."""
    assert process.stdout is not None
    for line in process.stdout:
        if '"attempt_started"' in line and f'"step":"{task}"' in line:
            return
    raise AssertionError("the run ended first")


def test_what_runs_may_finish_after_the_first_interrupt(project: Project) -> None:
    process = project.start("spread.py", "--pause", "1", "--json")
    begun(project, process, "work")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    done = project.done(project.runs()[0])
    outcomes = {a["outcome"] for task, tries in done.items() for a in tries if "work" in task}
    assert outcomes == {"ok"}, "a second of grace is enough for a second of work"
    assert "gather/0" not in done


def test_what_does_not_finish_is_cancelled(project: Project) -> None:
    process = project.start("spread.py", "--pause", "600", "--json")
    begun(project, process, "work")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    done = project.done(project.runs()[0])
    assert done["work/0"][0]["outcome"] == "cancelled"


def test_the_second_interrupt_kills(project: Project) -> None:
    process = project.start("spread.py", "--pause", "600", "--json")
    begun(project, process, "work")
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    for line in process.stdout:
        if '"cancelling"' in line:
            break
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 130
    done = project.done(project.runs()[0])
    assert done["work/0"][0]["outcome"] == "cancelled"


def test_no_worker_outlives_a_killed_scheduler(project: Project) -> None:
    process = project.start("spread.py", "--pause", "600", "--json")
    begun(project, process, "work")
    process.kill()
    process.communicate(timeout=60)
    for _ in range(200):
        left = processes_with(str(project.store))
        if not left:
            return
        time.sleep(0.05)
    raise AssertionError(f"still there: {left}")


def processes_with(mark: str) -> list[str]:
    """Return the command lines of living processes that contain a text."""
    lines = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = place.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it ended meanwhile
            continue
        if mark in line:
            lines.append(line)
    return lines
