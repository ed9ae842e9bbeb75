"""What takes minutes or gigabytes: `make test-soak`."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from .conftest import FLOWNOTE, FLOWS, Project

pytestmark = pytest.mark.soak

GIB_IN_KIB = 1024 * 1024


def run_heavy(project: Project, how: str) -> tuple[dict[str, list[dict]], int]:
    """Run `heavy.py`; return its `done` objects and the largest process's memory in KiB.

    That process is the scheduler wherever the steps themselves are small.
    """
    flow = [str(FLOWS / "heavy.py"), "--how", how, "--store", str(project.store), "--quiet"]
    with open(project.folder / "err", "w+") as err:
        process = subprocess.Popen(
            [*FLOWNOTE, "run", *flow], cwd=project.folder, stdout=subprocess.DEVNULL, stderr=err
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        err.seek(0)
        assert process.returncode == 0, err.read()[-4000:]
    (run,) = project.runs("Heavy")
    return project.done(run, "Heavy"), usage.ru_maxrss


def test_five_gigabytes_of_output_are_cut_and_memory_stays(project: Project) -> None:
    done, peak = run_heavy(project, "output")
    log = done["start/0"][0]["logs"]["stdout"]
    assert log["bytes"] > 5_000_000_000
    assert log["cut_bytes"] > 4_800_000_000
    segments = list(project.store.glob("runs/Heavy/*/tasks/start/0.0.log/stdout/*"))
    assert 90 << 20 < sum(path.stat().st_size for path in segments) < 140 << 20
    texts = [json.loads(line)[1] for path in sorted(segments)[-2:] for line in path.open()]
    assert any("bytes were cut out here" in text for text in texts)
    assert texts[-1] == "the last line\n"
    assert peak < 300_000


def test_a_line_of_a_hundred_megabytes(project: Project) -> None:
    done, peak = run_heavy(project, "line")
    log = done["start/0"][0]["logs"]["stdout"]
    assert (log["bytes"], log["lines"]) == (100_000_001, 1)
    assert peak < 300_000


def test_an_artifact_of_two_gigabytes_is_written_and_read_in_place(project: Project) -> None:
    pytest.importorskip("numpy")
    done, _ = run_heavy(project, "array")
    for task in ("start/0", "end/0"):
        assert done[task][0]["usage"]["max_rss_kb"] < 1.3 * 2 * GIB_IN_KIB, task
