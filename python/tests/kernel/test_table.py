"""Arrow files as tables of plain values, for a Python that has no library for them."""

from __future__ import annotations

import datetime
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow
import pytest
from kernel_process import PACKAGE, KernelProcess

from flownote.exceptions import StoreError
from flownote.kernel.table import read_table

UTC = datetime.timezone.utc

COLUMNS = {
    "i8": pyarrow.array([1, None, -3], pyarrow.int8()),
    "u64": pyarrow.array([2**63, 0, None], pyarrow.uint64()),
    "f32": pyarrow.array([0.5, None, -1.25], pyarrow.float32()),
    "f64": pyarrow.array([0.1, 2.0, None]),
    "text": pyarrow.array(["é", None, ""]),
    "large": pyarrow.array(["a", "bc", None], pyarrow.large_utf8()),
    "view": pyarrow.array(["short", "a text of more than twelve bytes", None]).cast(
        pyarrow.string_view()
    ),
    "bytes": pyarrow.array([b"\xff", None, b""]),
    "truth": pyarrow.array([True, None, False]),
    "none": pyarrow.nulls(3),
    "decimal": pyarrow.array([Decimal("1.50"), None, Decimal("-0.01")]),
    "date": pyarrow.array([datetime.date(2026, 1, 2), None, datetime.date(1969, 12, 31)]),
    "time": pyarrow.array([datetime.datetime(2026, 1, 2, 3, 4, 5, 6), None, None]),
    "zone": pyarrow.array([datetime.datetime(2026, 1, 2, tzinfo=UTC), None, None]),
    "span": pyarrow.array([datetime.timedelta(1, 2, 3), None, None]),
}


def written(table: pyarrow.Table, rows: int | None = None) -> bytes:
    """Return a table as an IPC file."""
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=rows)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize("rows", [None, 2])
def test_every_type_is_read_as_pyarrow_reads_it(rows: int | None) -> None:
    table = pyarrow.table(COLUMNS)
    assert read_table(written(table, rows)).to_dict() == table.to_pydict()


def test_tables_without_rows_or_columns() -> None:
    assert read_table(written(pyarrow.table(COLUMNS).slice(0, 0))).shape == (0, len(COLUMNS))
    assert read_table(written(pyarrow.table({}))).shape == (0, 0)
    wide = pyarrow.table({f"c{at}": [at] for at in range(2_000)})
    assert read_table(written(wide)).rows()[0]["c1999"] == 1999


def test_what_is_not_known_says_what_to_install() -> None:
    table = pyarrow.table({"nested": [[1], [2]]})
    with pytest.raises(StoreError, match="`nested`") as caught:
        read_table(written(table))
    assert "pip install" in (caught.value.hint or "")


def test_a_bare_python_shows_them(tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "flownote").symlink_to(PACKAGE)
    path = tmp_path / "t.arrow"
    path.write_bytes(written(pyarrow.table({"k": ["a", "<b>"], "n": [1, None]})))
    reference = {
        "codec": "arrow", "digest": "ab", "size": path.stat().st_size,
        "type": "flownote.Table", "path": str(path),
    }  # fmt: skip
    with KernelProcess(tmp_path, [sys.executable, "-S"], {"PYTHONPATH": str(alone)}) as kernel:
        ran = kernel.run("t", rebind={"set": {"t": {"version": 1, "value": reference}}}).ok()
        data = ran.shown("result")[0]["data"]
        assert data["text/plain"] == "  k  n\n  a  1\n<b>   \n[2 rows × 2 columns]"
        assert "&lt;b&gt;" in data["text/html"]
        assert kernel.run("t['n'], len(t)").ok().result == "((1, None), 2)"
