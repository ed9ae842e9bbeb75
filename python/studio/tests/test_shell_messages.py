"""What the shell says of notebooks: cells by number and language, parameters by type."""

from __future__ import annotations

import pytest
from notebook_folder import Folder

TYPED = """\
# %% [markdown]
# # A title

# %% id="defaults" tags=["parameters"]
n = 3
alpha = 0.5
flag = True
name = "x"
items = [1, 2]
pairs = {}
day = None

# %% id="told"
print(ascii((n, alpha, flag, name, items, pairs, day)))

# %% [sql] id="asked"
# -- out: asked
# select nothing from items
"""


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("n=7", "(7, 0.5, True, 'x', [1, 2], {}, None)"),
        ("alpha=2", "(3, 2.0, True, 'x', [1, 2], {}, None)"),
        ("flag=no", "(3, 0.5, False, 'x', [1, 2], {}, None)"),
        ("name=007", "(3, 0.5, True, '007', [1, 2], {}, None)"),
        ("items=[null]", "(3, 0.5, True, 'x', [None], {}, None)"),
        ('pairs={"a": 1}', "(3, 0.5, True, 'x', [1, 2], {'a': 1}, None)"),
        ("day=monday", "(3, 0.5, True, 'x', [1, 2], {}, 'monday')"),
    ],
)
def test_a_parameter_has_the_type_of_its_default(folder: Folder, given: str, told: str) -> None:
    folder.notebook("nb", TYPED.split("# %% [sql]")[0])
    ran = folder.flownote("run", "nb.ipynb", "--param", given)
    assert (ran.code, ran.out) == (0, f"{told}\n"), ran.err


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("n=x", "`n` must be a whole number (int), as its default is, not `x`"),
        ("alpha=half", "`alpha` must be a number (float), as its default is, not `half`"),
        ("flag=2", "`flag` must be true or false (bool), as its default is, not `2`"),
        ("items=1", "`items` must be a JSON list, as its default is, not `1`"),
    ],
)
def test_a_value_of_another_type_is_refused_before_anything_runs(
    folder: Folder, given: str, expected: str
) -> None:
    folder.notebook("nb", TYPED)
    ran = folder.flownote("run", "nb.ipynb", "--param", given)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: the parameter {expected}\n")
    assert "hint: write, for example, `--param " in ran.err


def test_cells_have_the_numbers_of_the_file_whatever_is_given(folder: Folder) -> None:
    folder.notebook("nb", TYPED)
    ran = folder.flownote("run", "nb.ipynb", "--param", "n=4")
    assert ran.code == 1
    assert "[2/3] Python print(ascii" in ran.err
    assert "[3/3] SQL select nothing from items" in ran.err
    assert "error: cell 3 (SQL), line 2: UnknownColumn" in ran.err
    shown = folder.flownote("show")
    rows = [line.split() for line in shown.out.splitlines()]
    assert ["2", "Python", "print(ascii((n,"] in [row[1:4] for row in rows]
    assert ["\u2013", "Python", "#"] in [row[1:4] for row in rows]
    assert "failed cell 3 (SQL) \u00b7 asked/" in shown.out
    task = folder.flownote("show", "latest/3").out
    assert "cell 3 (SQL)  select nothing from items" in " ".join(task.split(" "))
    assert folder.flownote("show", "latest/told").out == folder.flownote("show", "latest/2").out
    far = folder.flownote("show", "latest/9")
    assert far.code == 5
    assert "there is no cell `9`" in far.err
    assert "cells are named by number, 1 to 3, or by id" in far.err
    logs = folder.flownote("logs", "latest")
    assert "[cell 2 \u00b7 told/" in logs.out


def test_what_show_proposes_for_a_run_that_went_well_works(folder: Folder) -> None:
    folder.notebook("nb", TYPED.split("# %% [sql]")[0])
    assert folder.flownote("run", "nb.ipynb").code == 0
    shown = folder.flownote("show").out
    proposed = [line.split("#")[0].split() for line in shown.splitlines() if "  flownote " in line]
    assert len(proposed) == 3
    for words in proposed:
        ran = folder.flownote(*words[1:])
        assert ran.code == 0, (words, ran.err)
    listed = folder.flownote("artifacts", "latest").out.splitlines()
    assert [line.split()[0] for line in listed[1:]] == [
        "alpha",
        "day",
        "flag",
        "items",
        "n",
        "name",
        "pairs",
    ]
    assert all(line.endswith("cell 1 (Python)") for line in listed[1:])


def test_an_option_of_flows_is_refused_by_name_and_says_what_there_is(folder: Folder) -> None:
    folder.notebook("nb", TYPED)

    def refused(*words: str) -> str:
        ran = folder.flownote("run", "nb.ipynb", *words)
        assert ran.code == 2
        return ran.err

    said = refused("--max-workers", "3")
    assert said.startswith("error: `run` has no option `--max-workers` for notebooks\nhint: ")
    assert "one after another" in said
    assert "flownote show latest --json" in refused("--json")
    assert "hint: parameters are given by name: `--param alpha=VALUE`\n" in refused("--alpha=1")
    assert "did you mean `--output`?" in refused("--outptu", "x")
    help_of_flows = folder.flownote("run", "--help").out
    assert "For flows and notebooks:" in help_of_flows
    assert "For flows:" in help_of_flows


def test_what_is_shown_and_not_seen_is_pointed_at_once(folder: Folder) -> None:
    folder.notebook("nb", "# %%\n1 + 1\n\n# %%\nprint(2)\n\n# %%\n'three'\n")
    ran = folder.flownote("run", "nb.ipynb")
    assert ran.out == "2\n"
    hints = [line for line in ran.err.splitlines() if line.startswith("hint:")]
    assert len(hints) == 1
    assert hints[0].startswith("hint: cells 1 and 3 each show a table, figure or value")
    command = hints[0].split("`")[3].split()
    assert folder.flownote(*command[1:]).code == 0
    assert (folder.path / "executed.ipynb").exists()
    kept = folder.flownote("run", "nb.ipynb", "--output", "done.ipynb")
    assert "hint:" not in kept.err


def test_colours_are_for_terminals_unless_they_are_asked_for(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.notebook("nb", "# %%\n1 / 0\n")
    for name in ("NO_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    assert "\x1b" not in folder.flownote("run", "nb.ipynb").err
    monkeypatch.setenv("CLICOLOR_FORCE", "1")
    assert "\x1b[1;31merror:\x1b[0m cell 1" in folder.flownote("run", "nb.ipynb").err
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in folder.flownote("run", "nb.ipynb").err


def test_the_client_reads_the_last_task_of_a_cell(folder: Folder) -> None:
    folder.notebook("nb", TYPED.split("# %% [sql]")[0])
    assert folder.flownote("run", "nb.ipynb", "--param", "n=5").code == 0
    told = folder.client(
        "print(run['defaults'].task.data.n, run.data.n, run['told'].task.data)\n"
        "print([step.id for step in run])\n"
        "print(run.end_task)\n"
    )
    assert told.splitlines()[0].startswith("3 5 ")


def test_a_name_that_another_cell_makes_is_found(folder: Folder) -> None:
    def hint(*cells: str) -> str:
        folder.notebook("nb", "\n\n".join(cells))
        ran = folder.flownote("run", "nb.ipynb")
        assert ran.code == 1
        return next(line for line in ran.err.splitlines() if line.startswith("hint: "))

    top = "# %% [sql]\n# -- out: top\n# select 1 as rating"
    said = "hint: did you mean `top`, which cell 1 makes?"
    assert hint(top, "# %%\nprint(topp)") == said
    assert hint(top, "# %% [sql]\n# select * from topp").startswith("hint: did you mean `top`")
    below = "hint: cell 2 makes `later`, and stands below: move it up"
    assert hint("# %%\nprint(later)", "# %%\nlater = 1") == below
    assert hint("# %%\nnumber = 1\nprint(numbr)") == "hint: did you mean `number`?"
    frame = "# %%\nimport pandas as pd\ndf = pd.DataFrame({'rating': [1], 'film': [2]})\n"
    assert hint(frame + "df['ratng']") == "hint: did you mean `rating`?"
    assert hint(frame + "df['year']") == "hint: the frame's columns: `rating`, `film`"


def test_a_crash_names_the_line_of_the_cell_and_none_of_the_kernel(folder: Folder) -> None:
    crash = "# %%\nx = 1\n\n# %%\nimport ctypes\nctypes.string_at(0)\n"
    folder.notebook("nb", crash)
    ran = folder.flownote("run", "nb.ipynb")
    assert "crashed in native code (SIGSEGV" in ran.err
    assert "\n  cell 2, line 2\n" in ran.err
    assert "flownote/kernel" not in ran.err and "runpy" not in ran.err


def test_a_file_that_is_not_there_is_guessed(folder: Folder) -> None:
    folder.notebook("tour", "# %%\nx = 1\n")
    for name, meant in (("other", "check the path"), ("tuor", "did you mean `tour.")):
        ran = folder.flownote("run", f"{name}.ipynb")
        assert ran.code == 2
        assert f"hint: {meant}" in ran.err
