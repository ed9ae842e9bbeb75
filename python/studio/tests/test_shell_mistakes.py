"""What the shell says of slips in notebooks: where, what was meant, and each thing once."""

from __future__ import annotations

import json

import pytest
from notebook_folder import Folder


def _run(folder: Folder, percent: str, *options: str) -> str:
    """Run a percent notebook that fails or warns; returns what it said."""
    (folder.path / "nb.py").write_text(percent)
    return folder.flownote("run", "nb.py", *options).err


def test_misspelt_words_are_told_with_their_cell(folder: Folder) -> None:
    said = _run(
        folder,
        "# %% [slq]\n# select 1\n\n# %% [sql]\n# -- uot: top\n# select 1 as a\n\n"
        '# %% tags=["parameter"]\n# flownote: nocache\nx = 1\n\n'
        '# %% language="rsut"\n# let x = 1;\n',
    )
    for warning, hint in [
        ("cell 1 (Python): `[slq]` names no language", "`[sql]`"),
        ("cell 2 (SQL), line 1: `-- uot:`", "`-- out: top`"),
        ("cell 3 (Python): the tag `parameter`", "`parameters`"),
        ("cell 3 (Python), line 1: `flownote: nocache`", "`no-cache`"),
        ("the cell `let x = 1;`: its language is `rsut`", "`rust`"),
    ]:
        line = said.index(f"warning: {warning}")
        assert said[line:].splitlines()[1] == f"hint: did you mean {hint}?", said
    assert said.count("warning: ") == 5
    assert "warning" not in _run(folder, "# %% [slq]\n1\n", "--quiet")


def test_titles_and_comments_are_free(folder: Folder) -> None:
    said = _run(
        folder, "# %% Load [later]\n# note: slow\nx = 1\n\n# %% [sql]\n# -- by: me\n# select 1\n"
    )
    assert "warning" not in said


@pytest.mark.parametrize(
    ("first", "hint"), [("%%slq", "did you mean `%%sql`?"), ("%%tiem", "did you mean `%%time`?")]
)
def test_a_misspelt_first_line_names_the_language(folder: Folder, first: str, hint: str) -> None:
    said = _run(folder, f"# %%\n# {first}\nselect = 1\n")
    assert f"error: cell 1 (Python), line 1: UsageError: there is no magic `{first}`" in said
    assert f"hint: {hint}" in said


def test_a_language_line_with_more_on_it_says_so(folder: Folder) -> None:
    said = _run(folder, "# %%\n# %%sql -- out: top\nselect = 1\n")
    assert "`%%sql` takes nothing on its line" in said
    assert "begins with `%%sql` and nothing else on the line" in said


def test_a_guess_is_told_once_and_only_of_names_that_are_missing(folder: Folder) -> None:
    top = "# %% [sql]\n# -- out: best\n# select 1 as a\n\n"
    said = _run(folder, f"{top}# %% [sql]\n# select * from bets\n")
    guesses = [line for line in said.splitlines() if "best" in line and "hint" in line]
    assert guesses == ["hint: did you mean `best`, which cell 1 makes?"], said
    own = _run(
        folder, "# %%\ntopic = 1\n\n# %%\nraise ValueError(\"name 'topci' is not defined\")\n"
    )
    assert "did you mean" not in own


@pytest.mark.parametrize(
    ("cell", "message", "line"),
    [
        (
            "# %% [sql]\n# select 1 as a,\n#   from\n",
            "cell 1 (SQL), line 2: SqlSyntaxError: expected identifier, found the end",
            "2 |   from",
        ),
        (
            "# %% [sql]\n# select *\n# from 'nowhere.csv'\n",
            "cell 1 (SQL), line 2: FileError: ",
            "2 | from 'nowhere.csv'",
        ),
        (
            '# %% [wasm]\n# (module\n#   (func (export "f") (result i64)\n#     local.gett 0))\n',
            "cell 1 (WASM), line 3: WasmError: the WebAssembly text does not compile: unknown "
            "operator or unexpected token",
            "3 |     local.gett 0))",
        ),
        (
            "# %% [wasm]\n# ;; export: f(x: f65) -> f64\n# (module)\n",
            "cell 1 (WASM), line 1: WasmError: ",
            "1 | ;; export: f(x: f65) -> f64",
        ),
    ],
)
def test_an_error_names_cell_and_line_and_shows_it(
    folder: Folder, cell: str, message: str, line: str
) -> None:
    said = _run(folder, cell)
    assert f"error: {message}" in said
    assert line in said
    assert said.count("does not compile") <= 1


def test_what_is_no_notebook_is_told_as_what_it_is(folder: Folder) -> None:
    (folder.path / "nb.py").write_text("# %%\nx = 1\n")
    inner = folder.path / "inner"
    inner.mkdir()
    (inner / "tour.ipynb").write_text("{}")
    (folder.path / "bad.ipynb").write_text("{")
    for words, error, hint in [
        (("run", "nb.ipnb"), "there is no file `nb.ipnb`", "did you mean `nb.py`?"),
        (("run", "inner"), "`inner` is a folder", "`flownote run inner/tour.ipynb`"),
        (("notebook", "status", "inner"), "`inner` cannot be read", "`inner/tour.ipynb`"),
        (("notebook", "status", "nb.ipnb"), "`nb.ipnb` cannot be read", "did you mean `nb.py`?"),
        (("resume", "latest"), "there is no file `latest`", "--origin-run-id RUN"),
        (("run", "bad.ipynb"), "`bad.ipynb`: ", "hint: "),
        (("resume", "nb.py", "top"), "nothing behind it: `top`", "flownote ui nb.py"),
        (("run", "nb.py", "x=3"), "nothing behind it: `x=3`", "`--param x=3`"),
    ]:
        ran = folder.flownote(*words)
        assert ran.code == 2, (words, ran)
        assert error in ran.err and hint in ran.err, (words, ran.err)


def test_nothing_to_resume_and_no_cell_to_open(folder: Folder) -> None:
    (folder.path / "nb.py").write_text("# %%\nx = 1\n")
    resumed = folder.flownote("resume", "nb.py")
    assert resumed.code == 5
    assert "error: there is no earlier run of `nb.py` in the store" in resumed.err
    assert "hint: run it first: `flownote run nb.py`" in resumed.err
    assert folder.flownote("run", "nb.py", "--quiet").code == 0
    assert folder.flownote("resume", "nb.py").code == 0
    opened = folder.flownote("open", "nb.py")
    assert opened.code == 2
    assert "name one of its cells, as `nb.py/3`" in opened.err


def test_a_cell_that_can_not_read_a_value_says_why_wherever_one_looks(folder: Folder) -> None:
    made = "# %%\ncomplicated = 1 + 2j\n\n"
    told = "`complicated`, a complex, has no common form"
    said = _run(folder, f"{made}# %% [sql]\n# select * from complicated\n", "-o", "done.ipynb")
    assert f"error: cell 2 (SQL): {told}\nhint: convert it to a data frame" in said
    cell = json.loads((folder.path / "done.ipynb").read_text())["cells"][1]
    assert cell["outputs"][0]["evalue"] == told
    shown = folder.flownote("show", "nb.py").out
    assert told in shown and "not started" not in shown, shown
    assert "failed" in folder.flownote("notebook", "status", "nb.py").out


def test_a_notebook_in_another_language_is_not_run(folder: Folder) -> None:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None}
    metadata = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
    document = {"cells": [{**cell, "source": "x <- 2"}], "metadata": metadata}
    file = folder.path / "r.ipynb"
    file.write_text(json.dumps({**document, "nbformat": 4, "nbformat_minor": 5}))
    refused = folder.flownote("run", "r.ipynb")
    assert refused.code == 2
    assert "error: `r.ipynb` has cells in the language `R` and no others\nhint: " in refused.err
    document["cells"].append({**cell, "id": "b", "metadata": {"language": "python"}})
    document["cells"][1]["source"] = "print(2)"
    file.write_text(json.dumps({**document, "nbformat": 4, "nbformat_minor": 5}))
    ran = folder.flownote("run", "r.ipynb")
    assert (ran.code, ran.out) == (0, "2\n"), ran.err
    assert "warning: cells in the language `R` are not run\nhint: Flownote runs" in ran.err


def test_a_first_line_of_another_language_names_those_there_are(folder: Folder) -> None:
    said = _run(folder, "# %%\n# %%julia\nprintln(1)\n")
    assert "there is no magic `%%julia`" in said
    assert "cells in other languages begin with `%%sql`, `%%rust` or `%%wasm`" in said


def test_a_question_that_nobody_answers_becomes_a_parameter(folder: Folder) -> None:
    said = _run(folder, "# %%\nname = input('who? ')\n")
    assert "error: cell 1 (Python), line 1: StdinNotImplementedError" in said
    assert "hint: make the answer a name of the cell tagged `parameters`" in said


def test_a_trap_names_the_line_of_the_call_and_none_of_ours(folder: Folder) -> None:
    said = _run(
        folder,
        "# %% [wasm]\n# ;; export: d(a: i32, b: i32) -> i32\n"
        '# (module (func (export "d") (param i32 i32) (result i32)\n'
        "#   (i32.div_s (local.get 0) (local.get 1))))\n\n# %%\nd(1, 0)\n",
    )
    assert "----> 1 d(1, 0)" in said
    assert "error: cell 2 (Python), line 1: WasmError: `d` failed: an integer was divided" in said
    assert "flownote_studio" not in said.replace("flownote_studio.wasm.WasmError", "")
