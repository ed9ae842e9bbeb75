"""How verbs about notebooks end where nobody reads, nothing can be written or started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv

import pytest
from notebook_folder import Folder

NOTEBOOK = '# %% id="a"\nx = 1\nprint("told", x)\n'

VERBS = [
    ("notebook", "diff", "nb.ipynb", "other.ipynb"),
    ("notebook", "diff", "nb.ipynb", "other.ipynb", "--json"),
    ("notebook", "strip", "--stdout", "nb.ipynb"),
    ("notebook", "status", "nb.ipynb"),
    ("notebook", "convert", "nb.ipynb", "new.ipynb", "--force"),
    ("run", "nb.ipynb", "--output", "-"),
    ("rust", "docs"),
    ("kernel", "install", "--prefix", "jupyter"),
    ("open", "nb.ipynb/1", "--output", "opened.py"),
]


@pytest.fixture
def written(folder: Folder) -> Folder:
    folder.notebook("nb", NOTEBOOK)
    folder.notebook("other", NOTEBOOK.replace("1", "2"))
    assert folder.flownote("run", "nb.ipynb", "--quiet").code == 0
    return folder


def _ended(folder: Folder, verb: tuple[str, ...], out: int) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "flownote", *verb],
        cwd=folder.path,
        env=folder.surroundings,
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_reader_that_is_gone_ends_a_verb_quietly(written: Folder, verb: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        code, told = _ended(written, verb, writing)
    finally:
        os.close(writing)
    assert code == 0, told
    assert "panicked" not in told and "Traceback" not in told and "error:" not in told, told


@pytest.mark.parametrize("verb", VERBS[:-1], ids=" ".join)
def test_a_full_disk_is_an_error_like_any_other(written: Folder, verb: tuple[str, ...]) -> None:
    with open("/dev/full", "w") as full:
        code, told = _ended(written, verb, full.fileno())
    assert code == 1, told
    assert "panicked" not in told, told
    assert "error: the output can't be written: No space left on device" in told


def test_nobody_listens_to_talk_either(written: Folder) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    line = [sys.executable, "-m", "flownote", "run", "nb.ipynb"]
    done = subprocess.run(
        line,
        cwd=written.path,
        env=written.surroundings,
        stdout=subprocess.PIPE,
        stderr=writing,
        text=True,
        timeout=120,
    )
    os.close(writing)
    assert (done.returncode, done.stdout) == (0, "told 1\n")


def test_a_quiet_run_shows_what_cells_print(written: Folder) -> None:
    ran = written.flownote("run", "nb.ipynb", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "told 1\n", "")
    assert "Show only what cells print" in written.flownote("run", "nb.ipynb", "--help").out


def test_a_python_that_cannot_run_cells_leaves_no_run(written: Folder) -> None:
    before = written.flownote("runs").out
    missing = written.flownote("run", "nb.ipynb", "--python", "nope/python")
    assert missing.code == 2
    whole = written.path / "nope/python"
    assert (
        f"error: cells can't run in the Python `{whole}`: it can't be started: No such file"
        in missing.err
    )
    assert "hint: name the program of a Python in which Flownote is installed" in missing.err
    venv.create(written.path / "bare", with_pip=False)
    bare = written.flownote("run", "nb.ipynb", "--python", "bare/bin/python")
    assert bare.code == 2
    python = written.path / "bare/bin/python"
    assert f"error: cells can't run in the Python `{python}`: it has no Flownote" in bare.err
    assert f"install it there: `{python} -m pip install flownote`" in bare.err
    none = written.flownote("run", "nb.ipynb", "--python", "true")
    assert none.code == 2
    assert "error: cells can't run in the Python `true`: it is no Python" in none.err
    assert written.flownote("runs").out == before
    ran = written.flownote("run", "nb.ipynb", "--python", sys.executable)
    assert ran.out == "told 1\n", ran.err


def test_a_page_is_not_served_for_a_file_that_is_not_there(written: Folder) -> None:
    nope = written.flownote("ui", "nbb.ipynb", "--no-browser")
    assert nope.code == 2
    assert nope.err.startswith("error: `nbb.ipynb` cannot be read")
    assert "hint: did you mean `nb.ipynb`?" in nope.err


def test_a_new_file_names_the_kernel(written: Folder) -> None:
    def metadata(name: str) -> dict[str, dict[str, str]]:
        return json.loads((written.path / name).read_text())["metadata"]

    assert metadata("nb.ipynb")["kernelspec"]["name"] == "flownote"
    assert metadata("nb.ipynb")["language_info"]["name"] == "python"
    # What names another, or none and is only written again, stays as it is.
    file = written.path / "theirs.ipynb"
    theirs = json.loads((written.path / "nb.ipynb").read_text())
    theirs["metadata"] = {}
    file.write_text(json.dumps(theirs))
    assert written.flownote("notebook", "strip", "theirs.ipynb").code == 0
    assert "kernelspec" not in metadata("theirs.ipynb")
    assert written.flownote("run", "theirs.ipynb", "-q", "--output", "done.ipynb").code == 0
    assert metadata("done.ipynb")["kernelspec"]["name"] == "flownote"
    other = {"display_name": "Python 3", "language": "python", "name": "python3"}
    theirs["metadata"] = {"kernelspec": other}
    file.write_text(json.dumps(theirs))
    assert written.flownote("run", "theirs.ipynb", "-q", "--output", "done.ipynb").code == 0
    assert metadata("done.ipynb")["kernelspec"] == other
    # A percent file has no use for it, and comes back as the same notebook.
    assert written.flownote("notebook", "convert", "nb.ipynb", "back.py").code == 0
    assert "kernelspec" not in (written.path / "back.py").read_text()
    same = written.flownote("notebook", "diff", "nb.ipynb", "back.py")
    assert (same.code, same.out) == (0, ""), same.err
