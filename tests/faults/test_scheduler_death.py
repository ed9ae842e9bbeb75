"""kill -9 of the scheduler anywhere: `--continue` finishes, and each task commits once."""

from __future__ import annotations

import random
import re
import signal
import time
from pathlib import Path

import pytest

from .conftest import Project, assert_finished_once

ENGINE = Path(__file__).parents[2] / "runtime" / "engine" / "src"

# Failpoint → the visits on which it strikes. The cache's and the recovery's own are below.
RUN = {
    "run-created": [1],
    "before-log": [1, 2],
    "after-log": [1, 2],
    "worker-ended": [1, 2, 5],
    "blob-published": [1, 4],
    "before-done": [1, 2, 5, 9],
    "after-done": [1, 2, 5, 9],
    "before-finish": [1],
    "after-finish": [1],
}
CACHE = {"before-cache": [1, 5], "after-cache": [1, 5, 9]}
RECOVERY = ["before-epoch", "after-epoch", "before-tombstone"]


def test_every_failpoint_of_the_engine_is_tried() -> None:
    """A new failpoint in the engine must come into these tables."""
    sources = "".join(path.read_text() for path in ENGINE.rglob("*.rs"))
    assert set(re.findall(r'failpoint\("([a-z-]+)"\)', sources)) == {*RUN, *CACHE, *RECOVERY}


@pytest.mark.parametrize(
    "failpoint", [f"{name}:{visit}" for name, visits in RUN.items() for visit in visits]
)
def test_a_run_killed_at_a_failpoint_goes_on(project: Project, failpoint: str) -> None:
    killed = project.run("spread.py", FLOWNOTE_FAILPOINT=failpoint)
    assert killed.code == -signal.SIGKILL, killed
    (run,) = project.runs()
    goes_on(project, run, finished=failpoint == "after-finish:1")
    assert_finished_once(project, run)


@pytest.mark.parametrize(
    "failpoint", [f"{name}:{visit}" for name, visits in CACHE.items() for visit in visits]
)
def test_a_cached_run_killed_at_a_failpoint_goes_on(project: Project, failpoint: str) -> None:
    killed = project.run("spread.py", "--cache", FLOWNOTE_FAILPOINT=failpoint)
    assert killed.code == -signal.SIGKILL, killed
    (run,) = project.runs()
    goes_on(project, run)
    assert_finished_once(project, run)


@pytest.mark.parametrize("failpoint", RECOVERY)
def test_a_recovery_killed_at_a_failpoint_goes_on(project: Project, failpoint: str) -> None:
    # The pause lets the log say that two tasks run before the scheduler dies.
    killed = project.run("spread.py", "--pause", "0.5", FLOWNOTE_FAILPOINT="before-done:2")
    assert killed.code == -signal.SIGKILL
    (run,) = project.runs()
    again = project.run("spread.py", "--continue", run, FLOWNOTE_FAILPOINT=failpoint)
    assert again.code == -signal.SIGKILL, again
    goes_on(project, run)
    assert_finished_once(project, run)


@pytest.mark.parametrize("seed", range(12))
def test_a_run_killed_at_any_moment_goes_on(project: Project, seed: int) -> None:
    process = project.start("spread.py", "--pause", "0.02")
    while not list(project.store.glob("runs/Spread/*/run.json")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.002)
    time.sleep(random.Random(seed).uniform(0, 0.3))
    process.kill()
    process.communicate()
    (run,) = project.runs()
    finished = bool(list((project.store / "index").glob("*/*/*-succeeded")))
    goes_on(project, run, finished=finished)
    assert_finished_once(project, run)


def test_a_living_scheduler_is_not_taken_over(project: Project) -> None:
    process = project.start("spread.py", "--pause", "1.5")
    while not project.runs() or not list(project.store.glob("runs/Spread/*/run.json")):
        time.sleep(0.01)
    (run,) = project.runs()
    refused = project.run("spread.py", "--continue", run)
    assert refused.code == 4
    assert f"error: run `{run}` is still being run by process {process.pid} on" in refused.err
    assert "hint: " in refused.err
    process.kill()
    process.communicate()
    goes_on(project, run)
    assert_finished_once(project, run)


def goes_on(project: Project, run: str, finished: bool = False) -> None:
    ended = project.run("spread.py", "--continue", run)
    if not finished:
        assert ended.code == 0 or "has already finished: succeeded" in ended.err, ended
    else:
        assert f"error: run `{run}` has already finished: succeeded" in ended.err, ended
