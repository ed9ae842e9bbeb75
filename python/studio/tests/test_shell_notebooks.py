"""Runs of notebooks in the shell's other verbs: `resume`, `show`, `runs`, `dump`, the client."""

from __future__ import annotations

import json
import os

import pytest
from jupyter_front_end import FrontEnd, place  # noqa: F401 - a fixture
from notebook_folder import Folder

FAILING = """\
# %% id="defaults" tags=["parameters"]
alpha = 2
name = "ana"

# %% id="slow"
total = sum(number * number for number in range(2_000_000)) * alpha
print("computed")

# %% id="wrong"
mean = total / 0

# %% id="told"
print(name, alpha, mean)
"""


def test_a_resume_has_the_parameters_of_the_run_before(folder: Folder) -> None:
    folder.notebook("nb", FAILING)
    failed = folder.flownote("run", "nb.ipynb", "--param", "alpha=3", "-p", "name=bob")
    assert failed.code == 1
    folder.notebook("nb", FAILING.replace("/ 0", "* 0"))
    resumed = folder.flownote("resume", "nb.ipynb")
    assert resumed.code == 0, resumed.err
    assert resumed.out.endswith("bob 3 0\n")
    assert "parameter alpha = 3, as in Notebook/" in resumed.err
    assert "[2/4] Python reused from Notebook/" in resumed.err
    changed = folder.flownote("resume", "nb.ipynb", "--param", "alpha=5")
    assert changed.out.endswith("bob 5 0\n"), changed.err


def test_what_is_reused_shows_what_it_showed(folder: Folder) -> None:
    folder.notebook("nb", FAILING.replace("/ 0", "* 0"))
    first = folder.flownote("run", "nb.ipynb", "--cache")
    again = folder.flownote("run", "nb.ipynb", "--cache")
    assert "[2/4] Python reused from Notebook/" in again.err
    assert again.out == first.out == "computed\nana 2 0\n"


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ("[18446744073709551616, true, null]", [18446744073709551616, True, None]),
        ("0.1234567890123456789", 0.1234567890123456789),
        ("9007199254740993.0", 9007199254740993.0),
        ("1e5", 1e5),
        ('{"a": "true \\u00e9 \\ud83d\\ude00 \\"/"}', {"a": 'true \u00e9 \U0001f600 "/'}),
        ("007", "007"),
        ("None", None),
    ],
)
def test_a_parameter_is_what_was_typed(folder: Folder, given: str, value: object) -> None:
    folder.notebook(
        "nb",
        '# %% tags=["parameters"]\nx = None\n\n# %% id="told"\nprint(ascii(x), type(x).__name__)\n',
    )
    ran = folder.flownote("run", "nb.ipynb", "--param", f"x={given}")
    assert (ran.code, ran.out) == (0, f"{value!a} {type(value).__name__}\n"), ran.err
    assert folder.client("print(ascii(run.parameters['x']))") == f"{value!a}\n"


def test_what_show_proposes_works(folder: Folder) -> None:
    folder.notebook("nb", FAILING)
    assert folder.flownote("run", "nb.ipynb", "--param", "alpha=3").code == 1
    shown = folder.flownote("show").out
    assert "file     nb.ipynb\n" in shown
    assert "alpha  3\n" in shown
    assert "--origin-run-id" not in shown
    lines = [line for line in shown.splitlines() if "  flownote " in line]
    proposed = [line.partition("#")[0].split() for line in lines]
    assert [words[1] for words in proposed] == ["show", "logs", "open", "resume", "dump"]
    for words in proposed:
        ran = folder.flownote(*words[1:])
        assert ran.code == (1 if words[1] == "resume" else 0), ran.err
    assert (folder.path / "done.ipynb").exists()
    folder.notebook("nb", FAILING.replace("/ 0", "* 0"))
    assert folder.flownote("resume", "nb.ipynb", "--quiet").code == 0
    shown = folder.flownote("show").out
    run = shown.split()[0].rsplit("-", 1)[1]
    assert f"flownote artifacts {run} " in shown
    assert "cell 2 (Python)" in folder.flownote("artifacts", run).out
    assert "flownote logs" in shown


def test_runs_names_the_notebooks(folder: Folder) -> None:
    folder.notebook("one", "# %%\nprint(1)\n")
    folder.notebook("two", "# %%\nprint(2)\n")
    for name in ("one", "two"):
        assert folder.flownote("run", f"{name}.ipynb", "--quiet").code == 0
    head, newest, oldest = folder.flownote("runs", "Notebook").out.splitlines()
    assert head.split()[:2] == ["RUN", "NOTEBOOK"]
    assert newest.split()[1] == "two.ipynb"
    assert oldest.split()[1] == "one.ipynb"


def test_an_object_of_a_class_of_a_cell_is_named_and_no_traceback(folder: Folder) -> None:
    folder.notebook(
        "nb",
        '# %% id="made"\nclass Point:\n    def __init__(self):\n        self.x = 1\n\n'
        '# %% id="used"\npoint = Point()\nx = point.x\n',
    )
    assert folder.flownote("run", "nb.ipynb", "--quiet").code == 0
    task = folder.client("print(run['used'].task.pathspec)").strip()
    dumped = folder.flownote("dump", f"{task}/point")
    assert dumped.code == 2
    assert dumped.err.startswith("error: `point` is a __main__.Point and can't be loaded here")
    assert "hint: its class was made in a cell" in dumped.err
    assert "Traceback" not in dumped.err
    assert folder.flownote("dump", f"{task}/x").out == "1\n"


def test_the_names_of_a_run_are_those_of_its_last_cells(folder: Folder) -> None:
    folder.notebook(
        "nb",
        '# %% id="b"\nx = 1\ny = "kept"\n\n# %% id="a"\nx = x + 1\n\n'
        '# %% [sql] id="q"\n# -- out: rows\n# select 1 as n\n',
    )
    assert folder.flownote("run", "nb.ipynb", "--quiet").code == 0
    told = folder.client(
        "print(run.data.x, run.data.y, sorted(run.data._fields), 'z' in run.data)\n"
        "print(type(run.data.rows).__module__.partition('.')[0], run.data.rows.n.tolist())\n"
        "try: run.data.z\n"
        "except AttributeError as error: print(error)\n"
    )
    first, second, third = told.splitlines()
    assert first == "2 kept ['rows', 'x', 'y'] False"
    assert second == "pandas [1]"
    assert "left `z`" in third


def test_a_front_ends_run_shows_all_its_cells(place: os.PathLike[str]) -> None:  # noqa: F811
    folder = Folder(place)  # type: ignore[arg-type]
    before = os.environ.get("FLOWNOTE_STORE")
    os.environ["FLOWNOTE_STORE"] = folder.surroundings["FLOWNOTE_STORE"]
    try:
        with FrontEnd() as front_end:
            for number in range(12):
                front_end.run(f"x = {number}")
    finally:
        if before is None:
            del os.environ["FLOWNOTE_STORE"]
        else:
            os.environ["FLOWNOTE_STORE"] = before
    shown = folder.flownote("show").out
    steps = [line.split()[1] for line in shown.splitlines() if " done " in line]
    assert steps == [str(number) for number in range(1, 13)]
    assert "flownote resume" not in shown


def test_the_help_of_run_speaks_of_notebooks(folder: Folder) -> None:
    told = folder.flownote("run", "--help").out
    assert "Run a flow or a notebook" in told
    assert "flownote run nb.ipynb --param" in told
    assert "--output" in folder.flownote("run", "nb.ipynb", "--help").out


READS = """# %%
import pandas as pd
from helper import double
# %%
frame = pd.read_csv("data.csv")
# %%
total = int(frame["x"].sum())
# %%
doubled = double(4)
"""


def test_a_status_knows_files_and_modules_that_changed(folder: Folder) -> None:
    (folder.path / "data.csv").write_text("x\n1\n")
    (folder.path / "helper.py").write_text("def double(x):\n    return 2 * x\n")
    folder.notebook("reads", READS)

    def status() -> list[str]:
        told = folder.flownote("notebook", "status", "reads.ipynb")
        assert told.code == 0, told.err
        words = [line.rsplit("  ", 1)[-1].strip() for line in told.out.splitlines()[1:]]
        return [word.partition(" (computed by")[0] for word in words]

    assert folder.flownote("run", "reads.ipynb", "--cache").code == 0
    assert status()[1:] == ["fresh"] * 3
    (folder.path / "data.csv").write_text("x\n2\n")
    changed = "unverified, runs again: it read file `data.csv`, which changed"
    dependent = "fresh, if cell 2 gives the same `frame` again"
    assert status()[1:] == [changed, dependent, "fresh"]
    ran = folder.flownote("run", "reads.ipynb", "--cache")
    assert "3 ran, 1 reused" in ran.err
    assert status()[1:] == ["fresh"] * 3
    (folder.path / "helper.py").write_text("def double(x):\n    return x + x\n")
    told = status()
    assert told[0] == "stale: module `helper` changed"
    assert told[1:3] == ["fresh"] * 2
    assert told[3].startswith("stale: ")


BY_HAND = """\
# %%
first = len("x" * 20)

# %%
second = first * 2
print(second)

# %%
print("the end", second)
"""


def test_a_cell_of_a_hand_written_file_keeps_its_past_when_it_is_edited(folder: Folder) -> None:
    file = folder.path / "hand.py"
    file.write_text(BY_HAND)
    assert folder.flownote("run", "hand.py", "--quiet").code == 0
    steps = "print(*[step.id for step in reversed(list(run))][:3])"
    names = folder.client(steps)
    # One is edited, one is new, one stays.
    edited = BY_HAND.replace("first * 2", "first + 1")
    file.write_text(edited.replace("# %%\nprint", "# %%\nimport os\n\n# %%\nprint"))
    status = folder.flownote("notebook", "status", "hand.py").out.splitlines()
    told = [line.rpartition("  ")[2].strip().partition(" (")[0] for line in status[1:]]
    above = "stale: cell 2 above is not fresh"
    assert told == ["fresh", "stale: its code was edited", "never run", above]
    again = folder.flownote("run", "hand.py", "--cache")
    assert "[1/4] Python reused from" in again.err
    first, second, new, last = folder.client(steps.replace("[:3]", "[:4]")).split()
    assert [first, second, last] == names.split()
    assert new not in names
    assert file.read_text().count("id=") == 0, "what is only run isn't written"


def test_one_notebook_is_named_by_its_file(folder: Folder) -> None:
    (folder.path / "notes").mkdir()
    folder.notebook("one", '# %% id="a"\nx = 1\n')
    folder.notebook("notes/two", '# %% id="a"\nx = 2\n\n# %% id="b"\nprint(x)\n')
    for name in ("one", "one", "notes/two"):
        assert folder.flownote("run", f"{name}.ipynb", "--quiet").code == 0
    assert folder.flownote("dump", "one.ipynb/a/x").out == "1\n"
    assert folder.flownote("dump", "two.ipynb/latest/1/x").out == "2\n"
    assert folder.flownote("logs", "notes/two.ipynb/2").out.endswith("2\n")
    assert "file     one.ipynb\n" in folder.flownote("show", "one.ipynb").out
    assert len(folder.flownote("runs", "one.ipynb").out.splitlines()) == 3
    assert len(folder.flownote("runs", "./notes/two.ipynb").out.splitlines()) == 2
    told = folder.client(
        "from flownote import Notebook\n"
        "print(Notebook('one.ipynb').latest_run.data.x, len(Notebook('one.ipynb')))\n"
        "print(Notebook('two.ipynb').latest_run.data.x, len(Flow('Notebook')))\n"
    )
    assert told == "1 2\n2 3\n"
    wrong = folder.flownote("show", "tw.ipynb")
    assert "error: no run in the store" in wrong.err
    assert "hint: did you mean `notes/two.ipynb`?\n" in wrong.err
    cell = folder.flownote("show", "two.ipynb/c").err
    assert "there is no cell `c` in the notebook of run `Notebook/" in cell
    assert "cells are named by number, 1 to 2, or by id: " in cell


def test_a_hand_written_file_names_its_runs_too(folder: Folder) -> None:
    (folder.path / "hand.py").write_text(BY_HAND)
    assert folder.flownote("run", "hand.py", "--quiet").code == 0
    assert "file     hand.py\n" in folder.flownote("show", "hand.py").out
    assert folder.flownote("dump", "hand.py/1/first").out == "20\n"


def test_a_query_reads_another_notebook(folder: Folder) -> None:
    made = '# %% [sql] id="top"\n# -- out: best\n# select 7 as x\n'
    folder.notebook("made", made + '\n# %% id="other"\ny = 1\n')
    assert folder.flownote("run", "made.ipynb", "--quiet").code == 0
    query = "# %% [sql]\n# -- out: it\n# select x from 'made.ipynb/{}/best'\n"
    query += "\n# %%\nprint(int(it['x'][0]))\n"
    folder.notebook("reads", query.format("top"))
    ran = folder.flownote("run", "reads.ipynb", "--cache")
    assert ran.out.endswith("7\n"), ran.err
    again = folder.flownote("run", "reads.ipynb", "--cache")
    assert "[1/2] SQL select x" in again.err, "what it reads may be another by now"
    folder.notebook("reads", query.format("topp"))
    wrong = folder.flownote("run", "reads.ipynb")
    assert wrong.code == 1
    assert "there is no cell `topp` in the notebook of run `Notebook/" in wrong.err
    assert "did you mean `top`?" in wrong.err


def test_a_way_through_a_percent_file_and_back_is_no_difference(folder: Folder) -> None:
    folder.notebook("nb", '# %% [markdown] id="m"\n# Title\n\n# %% id="a"\nx = 1\n')
    file = folder.path / "nb.ipynb"
    notebook = json.loads(file.read_text())
    notebook["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "version": "3.11.7"},
    }
    notebook["cells"][1]["metadata"] |= {"collapsed": False, "execution": {"shell": "now"}}
    file.write_text(json.dumps(notebook))
    for names in (("nb.ipynb", "there.py"), ("there.py", "back.ipynb")):
        assert folder.flownote("notebook", "convert", *names).code == 0
    same = folder.flownote("notebook", "diff", "nb.ipynb", "back.ipynb")
    assert (same.code, same.out) == (0, "")


def test_what_goes_on_with_a_run_is_said(folder: Folder) -> None:
    folder.notebook("nb", FAILING)
    ran = folder.flownote("run", "nb.ipynb", "--store", "elsewhere")
    assert ran.code == 1
    assert f"in the store {folder.path / 'elsewhere'}\n" in ran.err
    line = "`flownote resume nb.ipynb --store elsewhere`"
    assert ran.err.endswith(f"; mend it, then go on with {line}\n")
    folder.notebook("nb", FAILING.replace("/ 0", "* 0"))
    resumed = folder.flownote(*line.strip("`").split()[1:])
    assert resumed.code == 0
    assert "reused from" in resumed.err
