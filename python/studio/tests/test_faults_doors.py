"""`kill -9` of what drives a notebook, the shell's run and Jupyter's kernel, at each stage:
no process outlives it, nothing that was stored is altered, and the next run goes on."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from jupyter_front_end import FrontEnd, place  # noqa: F401 - a fixture
from notebook_folder import Folder

HUNG = 60

# A value waits where a file says so: while it is encoded for the record.
HELD = """\
import os, time

class Held:
    word = "kept"

    def __getstate__(self):
        if os.path.exists("hold-export"):
            open("holds", "w").write("export")
            time.sleep(60)
        return {"word": "kept"}
"""

NOTEBOOK = """\
# %% id="kept"
import os, time
first = sum(number * number for number in range(2_000_000))

# %% id="cell"
import held
if os.path.exists("hold-run"):
    open("holds", "w").write("run")
    time.sleep(60)
value = held.Held()

# %% [sql] id="query"
# select 1 as one

# %% id="last"
print(first, value.word)
"""


def descendants(pid: int) -> list[int]:
    """The processes below one."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found += [int(stat.parent.name), *descendants(int(stat.parent.name))]
    return found


def until(true: Callable[[], object]) -> None:
    """Wait until something is so."""
    for _ in range(HUNG * 100):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never was")


def is_gone(pid: int) -> bool:
    """Whether a process has ended, reaped or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize("stage", ["start", "run", "export"])
def test_the_shells_run_is_killed(folder: Folder, stage: str) -> None:
    (folder.path / "held.py").write_text(HELD)
    (folder.path / f"hold-{stage}").write_text("")
    folder.notebook("nb", NOTEBOOK)
    running = folder.begin("run", "nb.ipynb", "--cache")
    if stage == "start":
        until(lambda: descendants(running.pid))
    else:
        until((folder.path / "holds").exists)
        time.sleep(0.3)  # the first cell's record is written beside
    below = descendants(running.pid)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate(timeout=HUNG)
    until(lambda: all(map(is_gone, below)))

    for name in ("hold-start", "hold-run", "hold-export", "holds"):
        (folder.path / name).unlink(missing_ok=True)
    assert folder.flownote("store", "check").code == 0
    again = folder.flownote("resume", "nb.ipynb")
    if stage == "start" and again.code == 5:
        # Nothing had begun: there is no run to go on with.
        again = folder.flownote("run", "nb.ipynb", "--cache")
    assert (again.code, again.out) == (0, "2666664666667000000 kept\n"), again.err
    if stage != "start":
        assert "[1/4] Python reused from Notebook/" in again.err
        listed = folder.flownote("runs", "Notebook").out
        assert "interrupted" in listed
        assert "succeeded" in listed
    staging = folder.path / "store" / "staging"
    assert not staging.exists() or not list(staging.iterdir()), "left behind"


@pytest.mark.parametrize("stubborn", [False, True], ids=["yielding", "stubborn"])
def test_the_shells_run_is_told_to_end(folder: Folder, stubborn: bool) -> None:
    """`timeout` and schedulers send SIGTERM once: the run ends, and is closed."""
    caught = "pass" if stubborn else "raise"
    folder.notebook(
        "nb",
        '# %% id="first"\nimport time\nprint("begun", flush=True)\n\n# %% id="endless"\n'
        "while True:\n    try:\n        print('in it', flush=True)\n        time.sleep(60)\n"
        f"    except KeyboardInterrupt:\n        {caught}\n",
    )
    running = folder.begin("run", "nb.ipynb", "--output", "done.ipynb")
    assert running.stdout is not None
    assert [running.stdout.readline() for _ in range(2)] == ["begun\n", "in it\n"]
    below = descendants(running.pid)
    running.terminate()
    _, told = running.communicate(timeout=HUNG)
    assert running.returncode == 130, told
    assert "was interrupted" in told and "go on with `flownote resume nb.ipynb`" in told
    assert "in it" in (folder.path / "done.ipynb").read_text()
    until(lambda: all(map(is_gone, below)))
    assert "interrupted" not in folder.flownote("runs").out, "its end is not recorded"
    assert "cancelled" in folder.flownote("runs").out


def test_a_resume_has_the_parameters_of_a_run_that_was_killed(folder: Folder) -> None:
    (folder.path / "hold").write_text("")
    folder.notebook(
        "nb",
        '# %% tags=["parameters"]\nx = 1\n\n'
        '# %%\nimport os, time\nif os.path.exists("hold"):\n'
        '    open("holds", "w").close()\n    time.sleep(60)\n\n# %%\nprint(x)\n',
    )
    running = folder.begin("run", "nb.ipynb", "--param", "x=3")
    until((folder.path / "holds").exists)
    until(lambda: list((folder.path / "store").rglob("run.json")))
    below = descendants(running.pid)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate(timeout=HUNG)
    until(lambda: all(map(is_gone, below)))
    (folder.path / "hold").unlink()
    again = folder.flownote("resume", "nb.ipynb")
    assert (again.code, again.out) == (0, "3\n"), again.err


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("stage", ["idle", "running"])
def test_jupyters_kernel_is_killed(stage: str, tmp_path: Path) -> None:
    with FrontEnd() as front_end:
        front_end.run("x = 1")
        front_end.run("%%sql\nselect 1")
        below = descendants(front_end.manager.provisioner.pid)
        assert len(below) >= 2, "two interpreters"
        if stage == "running":
            marker = tmp_path / "begun"
            front_end.client.execute(f"open({str(marker)!r}, 'w'); import time; time.sleep(60)")
            until(marker.exists)
        os.kill(front_end.manager.provisioner.pid, signal.SIGKILL)
        until(lambda: all(map(is_gone, below)))
    with FrontEnd() as front_end:
        assert front_end.execute("1 + 1").ok.result == "2"
