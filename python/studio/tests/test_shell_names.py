"""Which notebook a name means, and what a cell reads of runs: `an.py` among several, `latest`."""

from __future__ import annotations

import shutil
from pathlib import Path

from notebook_folder import Folder

NUMBER = '# %% id="a"\nnumber = len("x" * {})\nprint("it is", number)\nprint("it is as long")\n'


def _written(folder: Folder, name: str, number: int) -> Path:
    file = folder.path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(NUMBER.format(number))
    return file


def _run_inside(folder: Folder, file: Path) -> None:
    """As somebody does who works in the notebook's own folder."""
    inside = Folder(file.parent)
    ran = inside.flownote("run", file.name, "--store", str(folder.path / "store"), "--quiet")
    assert ran.code == 0, ran.err


def test_two_notebooks_of_one_name_are_two(folder: Folder) -> None:
    one, two = _written(folder, "a/an.py", 1), _written(folder, "b/an.py", 2)
    for file in (one, two):
        _run_inside(folder, file)
    # Each is there, and means itself, whichever ran last.
    assert folder.flownote("dump", "a/an.py/a/number").out == "1\n"
    assert folder.flownote("dump", "b/an.py/a/number").out == "2\n"
    assert folder.flownote("dump", f"{one}/a/number").out == "1\n"
    assert len(folder.flownote("runs", "a/an.py").out.splitlines()) == 2
    told = folder.python(
        "-c",
        "from flownote import Notebook\n"
        "print(*[Notebook(f'{name}/an.py').latest_run.data.number for name in 'ab'])\n"
        "print(len(Notebook('a/an.py')))",
    )
    assert told.out == "1 2\n1\n", told.err
    # A name alone may be either's.
    which = folder.flownote("show", "an.py")
    assert which.code == 5
    assert which.err.startswith("error: 2 notebooks are called `an.py`\n")
    assert f"`{two}` (latest `20" in which.err
    assert f"and `{one}` (latest `20" in which.err
    # They needn't be there any more.
    one.unlink()
    two.unlink()
    assert folder.flownote("dump", "a/an.py/a/number").out == "1\n"
    assert folder.flownote("dump", f"./{two.relative_to(folder.path)}/a/number").out == "2\n"
    assert folder.flownote("show", "an.py").code == 5


def test_a_copy_takes_over_no_name(folder: Folder) -> None:
    original = _written(folder, "an.py", 1)
    assert folder.flownote("run", "an.py", "--quiet").code == 0
    copy = _written(folder, "b/an.py", 2)
    never = folder.flownote("show", "b/an.py")
    assert never.code == 5
    assert "is of a notebook `b/an.py`" in never.err
    assert f"`flownote run b/an.py`; of that name is what ran as `{original}`" in never.err
    _run_inside(folder, copy)
    assert folder.flownote("dump", "an.py/a/number").out == "1\n"
    assert folder.flownote("dump", "b/an.py/a/number").out == "2\n"


def test_a_copy_with_the_same_id_is_told_by_its_place(folder: Folder) -> None:
    folder.notebook("made", NUMBER.format(1))  # a new file carries its notebook's id
    copy = folder.path / "copy.ipynb"
    shutil.copy(folder.path / "made.ipynb", copy)
    assert folder.flownote("run", "made.ipynb", "--quiet").code == 0
    copy.write_text(copy.read_text().replace("* 1", "* 2"))
    assert folder.flownote("run", "copy.ipynb", "--quiet").code == 0
    assert folder.flownote("dump", "made.ipynb/a/number").out == "1\n"
    assert folder.flownote("dump", "copy.ipynb/a/number").out == "2\n"
    # Under another name it is still the same notebook.
    copy.rename(folder.path / "renamed.ipynb")
    assert folder.flownote("dump", "renamed.ipynb/a/number").out == "2\n"


def test_latest_in_a_cell_is_the_latest_other_run(folder: Folder) -> None:
    head = '# %% id="size" tags=["parameters"]\nsize = 1\n\n# %% id="made"\nx = size * 10\n\n'
    query = "# %% [sql]\n# -- out: before\n# select * from 'Notebook/latest/made/x'\n"
    tail = (
        '\n# %% id="seen"\nfrom flownote import Flow, Notebook, Run\n'
        "runs = [Flow('Notebook').latest_run, Run('Notebook/latest'),"
        " Notebook('nb.ipynb').latest_run]\n"
        "print([run.data.x for run in runs])\n"
    )
    folder.notebook("nb", head)
    assert folder.flownote("run", "nb.ipynb", "--param", "size=2").code == 0
    folder.notebook("nb", head + tail)
    last = folder.flownote("run", "nb.ipynb", "--param", "size=3")
    assert last.out == "[20, 20, 20]\n", last.err
    # By then the session has a run, which is recorded behind its back.
    made = '# %% id="made"\nx = 7\n\n# %% [sql]\n# select 1 as one\n\n# %%\nimport time\n'
    made += "time.sleep(0.5)\n\n"
    folder.notebook("asks", made + query.replace("Notebook", "asks.ipynb"))
    only = folder.flownote("run", "asks.ipynb")
    assert "notebook `asks.ipynb` has no run but this one" in only.err
    assert "hint: `latest` in a cell is the latest other run" in only.err


def test_what_of_a_notebook_can_be_dumped_is_said(folder: Folder) -> None:
    folder.notebook("nb", '# %% id="a"\nx = len("x")\ny = [x]\ny\n\n# %% id="b"\nx = x + 1\n')
    assert folder.flownote("run", "nb.ipynb", "--quiet").code == 0
    whole = folder.flownote("dump", "nb.ipynb")
    assert whole.code == 5
    assert "is a whole notebook, not a cell or a value" in whole.err
    assert "/2/x` and `Notebook/" in whole.err
    assert "end" not in whole.err
    cell = folder.flownote("dump", "nb.ipynb/1")
    assert (cell.code, cell.out) == (0, "x = 1\ny = [1]\n")
    assert "__outputs__" not in folder.flownote("show", "nb.ipynb/1").out
    assert "__outputs__" not in folder.flownote("artifacts", "nb.ipynb/1").out


def test_the_log_of_a_reused_cell_is_where_it_ran(folder: Folder) -> None:
    _written(folder, "nb.py", 3)
    for _ in range(2):
        assert folder.flownote("run", "nb.py", "--cache", "--quiet").code == 0
    told = folder.flownote("logs", "nb.py/1")
    assert told.out == ""
    assert " took its result from Notebook/" in told.err
    command = told.err.strip().partition("`")[2].rstrip("`").split()
    assert command[:2] == ["flownote", "logs"]
    assert folder.flownote(*command[1:]).out == "it is 3\nit is as long\n"


def test_the_values_of_notebooks_are_columns_of_their_runs(folder: Folder) -> None:
    folder.notebook(
        "nb",
        '# %% tags=["parameters"]\nalpha = 1\n\n# %% id="a"\nscore = alpha / 4\nname = "x"\n\n'
        '# %% id="b"\nscore = score + 1\nname = [name]\n',
    )
    for alpha in (2, 1):
        ran = folder.flownote("run", "nb.ipynb", "--param", f"alpha={alpha}", "--quiet")
        assert ran.code == 0, ran.err
    rows = folder.flownote("runs", "nb.ipynb", "--columns", "alpha,score", "--sort", "-score")
    assert rows.code == 0, rows.err
    head, *lines = rows.out.splitlines()
    assert head.split()[-2:] == ["alpha", "score"]
    assert [line.split()[-2:] for line in lines] == [["2", "1.5"], ["1", "1.25"]]
    wrong = folder.flownote("runs", "nb.ipynb", "--columns", "name")
    assert "no run has a parameter or metric `name`" in wrong.err
    frame = folder.client("print(Flow('Notebook').runs_frame(['score']).score.tolist())")
    assert frame == "[1.25, 1.5]\n"
