"""Tables that cells show can be asked for as a whole."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from kernel_process import KernelProcess, Ran

FRAMES = {
    "pandas": "import pandas as pd\nmake = lambda n: pd.DataFrame({'a': range(n), 'b': 'x'})",
    "polars": "import polars as pl\nmake = lambda n: pl.DataFrame({'a': range(n), 'b': ['x'] * n})",
    "pyarrow": "import pyarrow as pa\nmake = lambda n: pa.table({'a': range(n), 'b': ['x'] * n})",
}


def table_of(output: dict[str, Any]) -> dict[str, Any] | None:
    """Return what an output says of the table that it shows."""
    said = output["metadata"].get("flownote")
    return said and said["table"]


def rows_of(kernel: KernelProcess, name: str, ran: Ran) -> int | str:
    """Return how many rows a shown table has when it is asked for, or why there are none."""
    names = {name: ran.finished["execution"]}
    (value,) = kernel.ask("export", "exported", names=names, common=True)["values"].values()
    if "error" in value:
        return str(value["error"]["message"])
    assert value["codec"] == "arrow"
    if "file" not in value:
        return int(value["meta"]["rows"])
    with pa.memory_map(str(kernel.values / value["file"])) as source:
        return int(pa.ipc.open_file(source).read_all().num_rows)


@pytest.mark.parametrize("library", FRAMES)
def test_a_named_frame_is_known_by_its_name_and_others_by_a_number(
    warm: KernelProcess, library: str
) -> None:
    pytest.importorskip(library)
    ran = warm.run(FRAMES[library] + "\ndf = make(70)\ndf").ok()
    (result,) = ran.shown("result")
    assert table_of(result) == {"name": "df", "rows": 70, "columns": 2}
    assert rows_of(warm, "df", ran) == 70
    ran = warm.run("display(make(3), make(2))\nmake(40)").ok()
    told = [table_of(one) for one in (*ran.shown("display"), *ran.shown("result"))]
    assert [one and one["name"] for one in told] == ["table 1", "table 2", "table 3"]
    assert [rows_of(warm, f"table {place}", ran) for place in (1, 2, 3)] == [3, 2, 40]


def test_labels_of_rows_are_a_column(warm: KernelProcess) -> None:
    code = FRAMES["pandas"] + "\ndf = make(5).set_index(pd.Index(list('vwxyz')))\ndf"
    ran = warm.run(code).ok()
    (result,) = ran.shown("result")
    assert table_of(result) == {"name": "table 1", "rows": 5, "columns": 2}
    value = warm.ask(
        "export", "exported", names={"table 1": ran.finished["execution"]}, common=True
    )["values"]["table 1"]
    assert [column[0] for column in value["meta"]["columns"]] == ["index", "a", "b"]
    # Numbers that a filter left are none.
    ran = warm.run("df = make(9)[4:]\ndf").ok()
    (result,) = ran.shown("result")
    assert table_of(result) == {"name": "df", "rows": 5, "columns": 2}


def test_a_shown_frame_stays_as_it_was_shown(warm: KernelProcess) -> None:
    code = FRAMES["pandas"] + "\nf = make(3)\ndisplay(f)\nf['c'] = 1\nf.drop(0, inplace=True)"
    ran = warm.run(code).ok()
    (shown,) = ran.shown("display")
    assert table_of(shown) == {"name": "table 1", "rows": 3, "columns": 2}
    assert rows_of(warm, "table 1", ran) == 3


def test_only_what_a_cell_showed_last_is_kept(warm: KernelProcess) -> None:
    warm.run(FRAMES["pandas"]).ok()
    first = warm.run("make(3)", cell="one").ok()
    warm.run("make(4)", cell="other").ok()
    assert rows_of(warm, "table 1", first) == 3
    warm.run("make(5)", cell="one").ok()
    assert "is not in this Python process" in str(rows_of(warm, "table 1", first))


def test_what_is_no_table_says_nothing_of_one(warm: KernelProcess) -> None:
    (result,) = warm.run("[1, 2]").ok().shown("result")
    assert result["metadata"] == {}
    ran = warm.run("h = display(1, display_id=True)\n" + FRAMES["pandas"] + "\nh.update(make(3))")
    assert ran.ok().shown("update")[0]["metadata"] == {}
