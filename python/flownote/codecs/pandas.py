"""The `pandas` codec: frames and series as an Arrow IPC file, when nothing is lost.

What is on the lists of `flownote.codecs.columns` (dtypes) and here (indexes, labels)
becomes Arrow; the rest (mixed objects, several index levels, labels that aren't text or
stand twice) is None here and becomes a pickle.

``meta.pandas`` says what Arrow doesn't: each column's dtype, the index, whether it is a
series. Numbers and times without missing values come back as views of the private map.
"""

from __future__ import annotations

import sys

import pandas

from flownote.codecs import arrow
from flownote.codecs.base import Encoded
from flownote.codecs.columns import Lossy, Reader, to_arrow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INDEX = "__index__"
_SERIES = "__series__"
_INDEXES = (pandas.Index, pandas.DatetimeIndex, pandas.CategoricalIndex)


def encode(value: Any, *, missing: bool = False) -> Encoded | None:
    """Encode a frame or series; None when Arrow would lose something of it.

    Parameters
    ----------
    missing
        Whether NaN becomes a null, for readers that tell the two apart.
    """
    arrow_module = sys.modules.get("pyarrow")
    if type(value) not in (pandas.DataFrame, pandas.Series) or arrow_module is None:
        return None
    try:
        table, form = _table(arrow_module, value, missing=missing)
    except (Lossy, UnicodeEncodeError, arrow_module.ArrowException):
        return None
    is_frame = type(value) is pandas.DataFrame
    names = [str(name) for name in (value.columns if is_frame else [value.name])]
    kinds = value.dtypes if is_frame else [value.dtype]
    columns = [[name, str(kind)] for name, kind in zip(names[:100], kinds, strict=False)]
    meta = {"rows": len(value), "width": len(names), "columns": columns, "pandas": form}
    preview = arrow.preview(meta)

    def write(write: Any) -> None:
        arrow.write_table(table, write)

    return Encoded("pandas", write, meta, preview)


def decode(data: Any, record: dict[str, Any]) -> Any:
    """Decode to the frame or series that was stored."""
    form = record["meta"]["pandas"]
    reader = Reader(data, arrow.read_table(data))
    index = _index(reader, form)
    columns = [reader.column(place, kind) for place, kind in enumerate(form["columns"])]
    if form["series"]:
        (series,) = columns
        series.index, series.name = index, form["name"]
        return series
    frame = pandas.DataFrame(dict(enumerate(columns)), copy=False)
    frame.index = index
    labels = pandas.Index(form["labels"], dtype=form["labels_dtype"], name=form["labels_name"])
    frame.columns = labels
    return frame


def _table(pyarrow: Any, value: Any, *, missing: bool) -> tuple[Any, dict[str, Any]]:
    if value.attrs or not value.flags.allows_duplicate_labels:
        raise Lossy
    form: dict[str, Any] = {"series": type(value) is pandas.Series}
    if form["series"]:
        form["name"] = _label(value.name)
        names, columns = [_SERIES], [value]
    else:
        names = _column_labels(value.columns)
        form["labels"] = names
        form["labels_dtype"] = str(value.columns.dtype)
        form["labels_name"] = _label(value.columns.name)
        columns = [value.iloc[:, place] for place in range(len(names))]
    made = [to_arrow(pyarrow, column.array, missing=missing) for column in columns]
    form["columns"] = [kind for _, kind in made]
    arrays = [array for array, _ in made]
    form["index"], index = _index_form(pyarrow, value.index)
    if index is not None:
        names = [*names, _INDEX]
        arrays.append(index)
    if not arrays:  # a table without columns has rows all the same
        return pyarrow.table({"": pyarrow.nulls(len(value))}).select([]), form
    return pyarrow.table(arrays, names=names), form


def _label(label: Any) -> str | None:
    if label is not None and type(label) is not str:
        raise Lossy
    return label


def _column_labels(columns: Any) -> list[str]:
    if type(columns) is not pandas.Index or not columns.is_unique:
        raise Lossy
    if str(columns.dtype) not in ("object", "str"):
        raise Lossy
    names = columns.tolist()
    if any(type(name) is not str or name in (_INDEX, _SERIES) for name in names):
        raise Lossy
    return names


def _index_form(pyarrow: Any, index: Any) -> tuple[dict[str, Any], Any]:
    name = _label(index.name)
    if type(index) is pandas.RangeIndex:
        return {"range": [index.start, index.stop, index.step], "name": name}, None
    if type(index) not in _INDEXES or getattr(index, "freq", None) is not None:
        raise Lossy
    array, kind = to_arrow(pyarrow, index.array)
    return {"dtype": kind, "name": name}, array


def _index(reader: Reader, form: dict[str, Any]) -> Any:
    index = form["index"]
    if "range" in index:
        return pandas.RangeIndex(*index["range"], name=index["name"])
    column = reader.column(len(form["columns"]), index["dtype"])
    dtype = object if index["dtype"]["dtype"] == "object" else None
    return pandas.Index(column, dtype=dtype, name=index["name"], copy=False)
