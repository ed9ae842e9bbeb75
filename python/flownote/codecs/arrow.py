"""The `arrow` codec: pyarrow tables and polars frames as Arrow IPC files, mapped.

Each library writes and reads its own: polars keeps what is its own (enums, categories) in
the schema's metadata, and needs no pyarrow. Any Arrow reader reads either.
"""

from __future__ import annotations

import sys

from flownote.codecs.base import Encoded, clip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# Record batches are cut to about this size, so that writing needs no second copy.
BATCH = 32 << 20


def encode(value: Any) -> Encoded | None:
    """Encode a table, a record batch or a frame; None for the libraries' other types."""
    kind = type(value)
    arrow, polars = sys.modules.get("pyarrow"), sys.modules.get("polars")
    if arrow is not None and kind in (arrow.Table, arrow.RecordBatch):
        return _encode_arrow(arrow, value)
    if polars is not None and kind is polars.DataFrame and _keeps(polars, value.dtypes):
        return _encode_polars(polars, value)
    return None


def decode(data: Any, record: dict[str, Any]) -> Any:
    """Decode to the type that was stored."""
    kind = record["type"]
    if kind.startswith("polars."):
        import polars

        return polars.read_ipc(bytes(data) if isinstance(data, bytearray) else data)
    import pyarrow

    table = read_table(data)
    if kind == "pyarrow.RecordBatch":
        batches = table.to_batches()
        return batches[0] if batches else pyarrow.RecordBatch.from_pylist([], schema=table.schema)
    return table


def is_immutable(value: Any) -> bool:
    """Whether ``value`` is pyarrow's: nothing changes it in place."""
    return type(value).__module__.partition(".")[0] == "pyarrow"


def read_table(data: Any) -> Any:
    """Return the table in an IPC file's bytes, as a view of them."""
    import pyarrow

    return pyarrow.ipc.open_file(pyarrow.py_buffer(data)).read_all()


def write_table(table: Any, write: Callable[[Any], object]) -> None:
    """Write a pyarrow table as an IPC file, batch by batch."""
    import pyarrow

    rows = rows_of_batch(table.num_rows, table.nbytes)
    sink = pyarrow.PythonFile(_Sink(write), mode="w")
    with pyarrow.ipc.new_file(sink, table.schema) as writer:
        for batch in table.to_batches(max_chunksize=rows) or _no_rows(pyarrow, table):
            writer.write_batch(batch)


def _no_rows(pyarrow: Any, table: Any) -> list[Any]:
    """Return one empty batch: without any, dictionaries would be lost."""
    if not table.num_columns or not all(column.num_chunks for column in table.columns):
        return []
    arrays = [column.chunk(0) for column in table.columns]
    return [pyarrow.RecordBatch.from_arrays(arrays, schema=table.schema)]


def rows_of_batch(rows: int, size: int) -> int:
    """Return how many rows make a batch: a power of two, so that equal tables agree."""
    if size <= BATCH:
        return max(rows, 1)
    return 1 << max((rows * BATCH // size).bit_length() - 1, 0)


def _encode_arrow(arrow: Any, value: Any) -> Encoded | None:
    table = value
    if type(value) is arrow.RecordBatch:
        if value.nbytes > BATCH:
            return None  # it would come back in parts
        table = arrow.Table.from_batches([value])
    meta = _meta(value.num_rows, value.schema.names, [str(kind) for kind in value.schema.types])
    return Encoded("arrow", lambda write: write_table(table, write), meta, preview(meta))


def _encode_polars(polars: Any, frame: Any) -> Encoded:
    def write(write: Callable[[Any], object]) -> None:
        frame.write_ipc(
            _Sink(write),
            compression="uncompressed",
            compat_level=polars.CompatLevel.oldest(),
            record_batch_size=rows_of_batch(frame.height, frame.estimated_size()),
        )

    meta = _meta(frame.height, frame.columns, [str(kind) for kind in frame.dtypes])
    return Encoded("arrow", write, meta, preview(meta))


def _keeps(polars: Any, dtypes: Any) -> bool:
    """Whether IPC keeps these types: all but Python objects, wherever they are nested."""
    return not any("Object" in str(kind) or "Unknown" in str(kind) for kind in dtypes)


def _meta(rows: int, names: list[str], types: list[str]) -> dict[str, Any]:
    columns = [[name, kind] for name, kind in zip(names[:100], types, strict=False)]
    return {"rows": rows, "width": len(names), "columns": columns}


def preview(meta: dict[str, Any]) -> str:
    """Return a frame's shape and the names of its columns."""
    names = ", ".join(str(name) for name, _ in meta["columns"][:20])
    return clip(f"{shape_in_words(meta['rows'], meta['width'])}: {names}")


def shape_in_words(rows: int, columns: int) -> str:
    """Return a frame's shape as people say it: ``1 row × 2 columns``."""
    row, column = "row" if rows == 1 else "rows", "column" if columns == 1 else "columns"
    return f"{rows:,} {row} × {columns} {column}"


class _Sink:
    """What the libraries take for a file."""

    closed = False

    def __init__(self, write: Callable[[Any], object]) -> None:
        self._write = write
        self._length = 0

    def write(self, data: Any) -> int:
        self._write(data)
        self._length += len(data)
        return len(data)

    def tell(self) -> int:
        return self._length

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """What it writes to stays open."""

    def writable(self) -> bool:
        return True
