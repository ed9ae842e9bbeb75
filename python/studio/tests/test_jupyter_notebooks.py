"""Notebooks of several languages through nbclient and papermill; the files are valid."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from jupyter_front_end import place
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from flownote_studio import shell

__all__ = ["place"]

TWICE = """%%wasm
;; export: twice(x: i64) -> i64
(module (func (export "twice") (param i64) (result i64) (i64.mul (i64.const 2) (local.get 0))))"""

RATINGS = """import pandas as pd
ratings = pd.DataFrame({"title": ["Alien", "Brazil", "Alien"], "stars": [5, 3, 4]})"""

DOUBLED = """%%sql
-- out: doubled
select title, twice(sum(stars)) as doubled from ratings group by title order by title"""


SQUARED = """%%rust
fn square(x: i64) -> i64 { x * x }
let squared: Vec<i64> = doubled.i64("doubled")?.iter().map(|x| square(*x)).collect();"""


def notebook() -> nbformat.NotebookNode:
    """Cells of four languages; the last one says what came of them."""
    parameters = new_code_cell("factor = 1", metadata={"tags": ["parameters"]})
    cells = [new_markdown_cell("# Doubled"), parameters]
    cells += [new_code_cell(one) for one in (RATINGS, TWICE, DOUBLED, SQUARED)]
    cells.append(
        new_code_cell("([int(one) * factor for one in doubled['doubled']], squared.tolist())")
    )
    spec = {"name": "flownote", "display_name": "Flownote", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": spec})


def last(executed: nbformat.NotebookNode) -> str:
    (output,) = executed.cells[-1].outputs
    return output["data"]["text/plain"]


def test_nbclient_executes(place: Path) -> None:
    executed = NotebookClient(
        notebook(), timeout=120, resources={"metadata": {"path": str(place)}}
    ).execute()
    assert last(executed) == "([18, 6], [324, 36])"
    nbformat.validate(executed)
    counts = [cell.execution_count for cell in executed.cells if cell.cell_type == "code"]
    assert counts == [1, 2, 3, 4, 5, 6]


def test_nbclient_is_told_where_it_fails(place: Path) -> None:
    failing = notebook()
    failing.cells[4].source = "%%sql\nselect stars from nowhere"
    client = NotebookClient(failing, timeout=120, resources={"metadata": {"path": str(place)}})
    with pytest.raises(CellExecutionError, match="nowhere"):
        client.execute()


def test_papermill_sets_parameters(place: Path, tmp_path: Path) -> None:
    given, executed = tmp_path / "given.ipynb", tmp_path / "executed.ipynb"
    nbformat.write(notebook(), given)
    papermill.execute_notebook(
        str(given), str(executed), parameters={"factor": 10}, cwd=str(place), progress_bar=False
    )
    result = nbformat.read(executed, as_version=4)
    assert last(result) == "([180, 60], [324, 36])"
    nbformat.validate(result)


FUNCTIONS = """import math
import pandas as pd
floor = 1
def table(rows):
    return pd.DataFrame({"x": [math.sqrt(row) + floor for row in range(rows)]})
class Reader:
    def read(self):
        return table(2)"""


def test_functions_that_read_names_later_stay_in_their_language(place: Path) -> None:
    cells = [FUNCTIONS, "frame = table(2)", "%%sql\n-- out: counted\nselect count(*) n from frame"]
    cells += ['%%rust\nlet most = counted.i64("n")?[0] * 2;', "(most, len(Reader().read()))"]
    called = notebook()
    called.cells = [new_code_cell(cell) for cell in cells]
    client = NotebookClient(called, timeout=120, resources={"metadata": {"path": str(place)}})
    assert last(client.execute()) == "(4, 2)"


EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "notebooks"


@pytest.mark.parametrize("door", ["nbclient", "papermill"])
@pytest.mark.parametrize("name", ["tour", "bandit"])
def test_examples_run_in_jupyter(name: str, door: str, place: Path, tmp_path: Path) -> None:
    given, executed = EXAMPLES / f"{name}.ipynb", tmp_path / "executed.ipynb"
    if door == "papermill":
        papermill.execute_notebook(
            str(given),
            str(executed),
            cwd=str(place),
            kernel_name="flownote",
            progress_bar=False,
        )
        found = nbformat.read(executed, as_version=4)
    else:
        client = NotebookClient(
            nbformat.read(given, as_version=4),
            timeout=300,
            kernel_name="flownote",
            resources={"metadata": {"path": str(place)}},
        )
        found = client.execute()
    code = [cell for cell in found.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    outputs = [output for cell in code for output in cell.outputs]
    assert outputs
    assert not [output for output in outputs if output.output_type == "error"]


def strictly_valid(file: Path) -> nbformat.NotebookNode:
    """Read a file that its own schema must accept as it is: nothing is repaired."""
    content = json.loads(file.read_text())
    nbformat.validate(content, relax_add_props=False)
    assert content == json.loads(file.read_text())
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    return nbformat.read(file, as_version=4)


def test_executed_files_are_valid_and_run_again_in_jupyter(place: Path, tmp_path: Path) -> None:
    given, executed = tmp_path / "given.ipynb", tmp_path / "executed.ipynb"
    shows = "import sys; print('out'); print('err', file=sys.stderr); display(ratings); 1 / 0"
    with_outputs = notebook()
    with_outputs.cells.insert(3, new_code_cell(shows, metadata={"tags": ["raises-exception"]}))
    nbformat.write(with_outputs, given)
    command = [sys.executable, "-m", "flownote", "run", str(given), "--output", str(executed)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=place, env={**os.environ})
    assert executed.exists(), ran.stderr
    found = strictly_valid(executed)
    kinds = {output.output_type for cell in found.cells for output in cell.get("outputs", ())}
    assert kinds >= {"stream", "display_data", "error"}


def test_converted_files_are_valid(tmp_path: Path) -> None:
    script, file = tmp_path / "nb.py", tmp_path / "nb.ipynb"
    script.write_text("# %% [markdown]\n# # Title\n\n# %%\nx = 1\n\n# %% [sql]\n# select 1\n")
    assert shell.main(["flownote", "notebook", "convert", str(script), str(file)]) == 0
    found = strictly_valid(file)
    sources = [(cell.cell_type, cell.source) for cell in found.cells]
    assert sources == [("markdown", "# Title"), ("code", "x = 1"), ("code", "%%sql\nselect 1")]


# Line ends are made one kind.
TEXT = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=30)
PLAIN = (
    some.none() | some.booleans() | some.integers(-(2**53), 2**53) | some.floats(-1e6, 1e6) | TEXT
)
JSON = some.recursive(
    PLAIN, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(TEXT, inner, max_size=3)
)
# What means something to a reader of notebooks is of its own kind; all else is anything.
METADATA = some.dictionaries(TEXT.map("x-{}".format), JSON, max_size=3)
MIMES = some.dictionaries(some.sampled_from(["text/plain", "text/html"]), TEXT, max_size=2)
OUTPUTS = some.lists(
    some.builds(
        lambda name, text: {"output_type": "stream", "name": name, "text": text},
        some.sampled_from(["stdout", "stderr"]),
        TEXT,
    )
    | some.builds(
        lambda data, metadata: {
            "output_type": "display_data",
            "data": data,
            "metadata": metadata,
        },
        MIMES,
        METADATA,
    ),
    max_size=3,
)
SOURCES = TEXT | some.tuples(some.sampled_from(["%%sql", "%%rust", "%%wasm", "%%time"]), TEXT).map(
    "\n".join
)


@some.composite
def cells(draw: some.DrawFn, number: int) -> dict[str, object]:
    """Any cell of Jupyter's format."""
    kind = draw(some.sampled_from(["code", "markdown", "raw"]))
    cell = {"cell_type": kind, "id": f"c{number}", "metadata": draw(METADATA)}
    cell["source"] = draw(SOURCES)
    if kind == "code":
        count = draw(some.none() | some.integers(1, 99))
        cell |= {"execution_count": count, "outputs": draw(OUTPUTS)}
    return cell


@some.composite
def documents(draw: some.DrawFn) -> dict[str, object]:
    """Any notebook of Jupyter's format."""
    found = [draw(cells(number)) for number in range(draw(some.integers(0, 4)))]
    return {"cells": found, "metadata": draw(METADATA), "nbformat": 4, "nbformat_minor": 5}


def _without_blank_ends(source: str) -> str:
    """Return a text of which the line that names a language is written in one way."""
    first, end, rest = source.partition("\n")
    if first.rstrip() not in ("%%sql", "%%rust", "%%wasm"):
        return source
    return first.rstrip() + (end + rest if rest else "")


@settings(max_examples=150, deadline=None)
@given(documents())
def test_whatever_is_read_is_written_as_a_valid_file_with_all_that_others_put_there(
    document: dict[str, Any],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, "before.ipynb"), Path(folder, "after.ipynb")
        before.write_text(json.dumps(document))
        nbformat.validate(document, relax_add_props=False)
        assert shell.main(["flownote", "notebook", "convert", str(before), str(after)]) == 0
        strictly_valid(after)
        found = json.loads(after.read_text())
    # Ours is put beside theirs: the notebook's id, a cell's language.
    assert document["metadata"].items() <= found["metadata"].items()
    for cell, kept in zip(document["cells"], found["cells"], strict=True):
        assert (kept["cell_type"], kept["id"]) == (cell["cell_type"], cell["id"])
        assert cell["metadata"].items() <= kept["metadata"].items()
        assert _without_blank_ends("".join(kept["source"])) == _without_blank_ends(cell["source"])
        assert len(kept.get("outputs", [])) == len(cell.get("outputs", []))
