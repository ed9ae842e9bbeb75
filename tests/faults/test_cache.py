"""The cache among real processes: one computes, others wait, and nothing wrong is taken.

What was computed is counted in the datastore: a `done` object without `reused`.
"""

from __future__ import annotations

import json
import signal
import subprocess
from collections import Counter

import pytest

from .conftest import Ended, Project

ALL = {"start/0", "work/0", "work/1", "work/2", "work/3", "gather/0", "end/0"}


def computed(project: Project, run: str) -> set[str]:
    """Return the tasks of a run that ran, rather than taking a result."""
    done = project.done(run, "Cached")
    return {task for task, tries in done.items() if "reused" not in tries[-1]}


def cached(project: Project, *arguments: str, flow: str = "cached.py") -> set[str]:
    """Run with the cache and return the tasks that ran."""
    before = set(project.runs("Cached"))
    ended = project.run(flow, "--cache", "--quiet", *arguments)
    assert ended.code == 0, ended
    (run,) = set(project.runs("Cached")) - before
    return computed(project, run)


def event(process: subprocess.Popen[str], name: str, step: str) -> dict:
    """Read events until this one."""
    assert process.stdout is not None
    for line in process.stdout:
        told = json.loads(line)
        if told["event"] == name and told["step"] == step:
            return told
    raise AssertionError(f"no `{name}` of {step}")


def ended(process: subprocess.Popen[str]) -> Ended:
    out, err = process.communicate(timeout=300)
    return Ended(process.returncode, out, err)


def edited(project: Project, old: str, new: str) -> str:
    """Write a copy of the flow with a change, and return its path."""
    source = (project.flows / "cached.py").read_text()
    assert old in source
    path = project.folder / f"edited{len(list(project.folder.glob('edited*')))}" / "cached.py"
    path.parent.mkdir()
    path.write_text(source.replace(old, new))
    return str(path)


def test_fifty_processes_compute_each_step_once(project: Project) -> None:
    processes = [
        project.start("cached.py", "--cache", "--quiet", "--max-workers", "2") for _ in range(50)
    ]
    results = [ended(process) for process in processes]
    assert [it for it in results if it.code != 0] == []
    runs = project.runs("Cached")
    assert len(runs) == 50
    assert Counter(task for run in runs for task in computed(project, run)) == Counter(ALL)
    for run in runs:
        (end,) = project.done(run, "Cached")["gather/0"]
        assert end["manifest"]["artifacts"]["total"]["inline"] == "14"


def test_a_killed_holder_is_replaced(project: Project) -> None:
    holder = project.start("cached.py", "--cache", "--json", PAUSE="600")
    event(holder, "attempt_started", "work")
    waiter = project.start("cached.py", "--cache", "--json")
    waiting = event(waiter, "waiting", "work")
    assert f"process {holder.pid} on " in waiting["holder"]
    holder.kill()
    holder.communicate()
    result = ended(waiter)
    assert result.code == 0, result
    assert computed(project, project.runs("Cached")[-1]) == ALL - {"start/0"}


def test_a_run_that_waits_can_be_interrupted(project: Project) -> None:
    holder = project.start("cached.py", "--cache", "--json", PAUSE="600")
    event(holder, "attempt_started", "work")
    waiter = project.start("cached.py", "--cache", "--json")
    event(waiter, "waiting", "work")
    waiter.send_signal(signal.SIGINT)
    result = ended(waiter)
    assert result.code == 130, result
    assert holder.poll() is None, "the holder goes on"
    holder.kill()
    holder.communicate()


MOMENTS = [
    f"{name}:{n}" for name in ("before-cache", "after-cache", "before-done") for n in (1, 3, 6)
]


@pytest.mark.parametrize("moment", [*MOMENTS, "blob-published:1"])
def test_a_kill_while_publishing_leaves_no_wrong_hit(project: Project, moment: str) -> None:
    killed = project.run("cached.py", "--cache", FLOWNOTE_FAILPOINT=moment)
    assert killed.code == -signal.SIGKILL, killed
    cached(project)
    second = project.runs("Cached")[-1]
    values = {
        task: tries[-1]["manifest"]["artifacts"]
        for task, tries in project.done(second, "Cached").items()
    }
    assert {task: values[task]["square"]["inline"] for task in values if "work" in task} == {
        f"work/{n}": str(n**2) for n in range(4)
    }
    assert values["gather/0"]["total"]["inline"] == "14"
    block = values["start/0"]["block"]["digest"]
    assert (project.store / "blobs" / block[:2] / block).read_bytes() == b"b" * 100_000
    assert cached(project) == set()


def test_what_changed_runs_and_the_rest_is_taken(project: Project) -> None:
    assert cached(project) == ALL
    assert cached(project) == set()
    work = {f"work/{n}" for n in range(4)}
    # A parameter reaches the steps that read it, and what follows from their results.
    assert cached(project, "--scale", "3") == {*work, "gather/0", "end/0"}
    # Another item is another task; the others are what they were.
    assert cached(project, "--width", "5") == {"start/0", "work/4", "gather/0", "end/0"}
    # A helper reaches its callers; their equal results reach nobody.
    helper = edited(project, "number**2", "number * number")
    assert cached(project, flow=helper) == work
    # A rebuilt input that is equal is the same input.
    rebuilt = edited(project, 'b"b" * 100_000', "bytes([98]) * 100_000")
    assert cached(project, flow=rebuilt) == {"start/0"}
    # Comments and line breaks are no change.
    comment = edited(project, "        self.total", "        # Adds up.\n\n        self.total")
    assert cached(project, flow=comment) == set()


def test_a_result_whose_blob_is_gone_is_computed_again(project: Project) -> None:
    cached(project)
    (blob,) = (path for path in project.store.glob("blobs/*/*") if path.stat().st_size == 100_000)
    blob.unlink()
    assert cached(project) == {"start/0"}
    assert blob.read_bytes() == b"b" * 100_000
    assert cached(project) == set()


def test_reading_only_writes_nothing(project: Project) -> None:
    read = ("cached.py", "--cache-mode", "read")
    assert project.run(*read).code == 0
    assert computed(project, project.runs("Cached")[-1]) == ALL
    assert not (project.store / "cache").exists()
    assert not (project.store / "leases").exists()
    cached(project)
    files = set(project.store.glob("cache/**/*")) | set(project.store.glob("leases/**/*"))
    assert project.run(*read).code == 0
    assert computed(project, project.runs("Cached")[-1]) == set()
    assert project.run(*read, "--scale", "5").code == 0
    assert files == set(project.store.glob("cache/**/*")) | set(project.store.glob("leases/**/*"))


def test_collecting_beside_cached_runs_harms_neither(project: Project) -> None:
    cached(project)
    for turn in range(4):
        processes = [
            project.start("cached.py", "--cache", "--quiet", "--scale", str(turn // 2))
            for _ in range(4)
        ]
        collected = project.shell("gc", "--grace", "1s", "--keep-runs", "1")
        assert collected.code == 0, collected
        results = [ended(process) for process in processes]
        assert [it for it in results if it.code != 0] == []
    # The runs that computed go; what was taken from them stays with those that took it.
    for _ in range(2):
        collected = project.shell("gc", "--grace", "0s", "--keep-runs", "1")
        assert collected.code == 0, collected
    (run,) = project.runs("Cached")
    assert computed(project, run) == set()
    (start,) = project.done(run, "Cached")["start/0"]
    digest = start["manifest"]["artifacts"]["block"]["digest"]
    assert (project.store / "blobs" / digest[:2] / digest).read_bytes() == b"b" * 100_000
    assert project.shell("store", "check").code == 0
    assert cached(project, "--scale", "1") == set()
