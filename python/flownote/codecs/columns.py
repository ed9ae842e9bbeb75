"""One column of a pandas frame as an Arrow array and back: the list of lossless dtypes.

NumPy's booleans, integers and floats; times and durations, with and without a zone;
categories of text or numbers; text, as pandas' own string dtypes or as objects that are
all `str` or None; pandas' nullable integers and booleans.
"""

from __future__ import annotations

import numpy
import pandas

from flownote._native import buffer_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NUMBERS = frozenset(
    ("bool", "float32", "float64", *(f"{u}int{n}" for u in ("", "u") for n in (8, 16, 32, 64)))
)
_NULLABLE = frozenset(("boolean", *(f"{u}Int{n}" for u in ("", "U") for n in (8, 16, 32, 64))))
_CATEGORIES = frozenset(("object", "str", "int64", "float64"))


class Lossy(Exception):  # noqa: N818 - a signal, not an error
    """Something isn't on the list."""


def to_arrow(pyarrow: Any, array: Any, *, missing: bool = False) -> tuple[Any, dict[str, Any]]:
    """Return a column as an Arrow array, and what it was.

    Parameters
    ----------
    missing
        Whether a nan becomes Arrow's null: it must then not be told from one.

    Raises
    ------
    Lossy
        When its dtype isn't on the list.
    """
    dtype, name = array.dtype, str(array.dtype)
    kind: dict[str, Any] = {"dtype": name}
    if name in _NUMBERS or (isinstance(dtype, numpy.dtype) and dtype.kind in "mM"):
        return pyarrow.array(array.to_numpy(), from_pandas=missing), kind
    if name == "object":
        return _text(pyarrow, array.to_numpy()), kind
    if isinstance(dtype, pandas.DatetimeTZDtype):
        return _zoned(pyarrow, array, kind)
    if isinstance(dtype, pandas.CategoricalDtype):
        return _category(pyarrow, array, kind)
    if isinstance(dtype, pandas.StringDtype):
        kind |= {"storage": dtype.storage, "nan": dtype.na_value is not pandas.NA}
        values = array.to_numpy(dtype=object, na_value=None)
        return pyarrow.array(values, type=pyarrow.large_string()), kind
    if name in _NULLABLE:
        values = array.to_numpy(dtype=name.lower().replace("boolean", "bool"), na_value=0)
        return pyarrow.array(values, mask=array.isna(), from_pandas=False), kind
    raise Lossy


def _text(pyarrow: Any, values: Any) -> Any:
    if not set(map(type, values)) <= {str, type(None)}:
        raise Lossy
    return pyarrow.array(values, type=pyarrow.large_string(), from_pandas=False)


def _zoned(pyarrow: Any, array: Any, kind: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    unit, zone = array.dtype.unit, str(array.dtype.tz)
    again = pandas.DatetimeTZDtype(unit, zone)
    if again != array.dtype or type(again.tz) is not type(array.dtype.tz):
        raise Lossy  # a zone that its name doesn't bring back
    numbers = array.asi8
    made = pyarrow.array(
        numbers, type=pyarrow.timestamp(unit, tz=zone), mask=array.isna(), from_pandas=False
    )
    return made, {**kind, "unit": unit, "zone": zone}


def _category(pyarrow: Any, array: Any, kind: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    categories = array.categories
    values, inner = to_arrow(pyarrow, categories.array)
    plain = type(categories) is pandas.Index and categories.name is None
    if not plain or inner["dtype"] not in _CATEGORIES:
        raise Lossy
    codes = pyarrow.array(array.codes, mask=array.codes < 0, from_pandas=False)
    made = pyarrow.DictionaryArray.from_arrays(codes, values, ordered=bool(array.ordered))
    return made, {**kind, "ordered": array.ordered, "categories": inner}


class Reader:
    """Makes columns from a table that lies in ``data``.

    Parameters
    ----------
    data
        A writable buffer: numbers become views of it.
    table
        The table in it.
    """

    def __init__(self, data: Any, table: Any) -> None:
        self._data = data
        self._start = buffer_address(data)
        self._table = table

    def column(self, place: int, kind: dict[str, Any]) -> Any:
        """Return a column as a series."""
        values = self._values(self._table.column(place), kind)
        # Without a dtype, pandas would infer one from text.
        dtype = object if kind["dtype"] == "object" else None
        return pandas.Series(values, dtype=dtype, copy=False)

    def _values(self, chunks: Any, kind: dict[str, Any]) -> Any:
        name = kind["dtype"]
        if "categories" in kind:
            return self._category(chunks, kind)
        if "zone" in kind:
            times = pandas.Series(self._numbers(chunks, f"M8[{kind['unit']}]"), copy=False)
            return times.dt.tz_localize("UTC").dt.tz_convert(kind["zone"]).array
        if "storage" in kind:
            missing = float("nan") if kind["nan"] else pandas.NA
            dtype = pandas.StringDtype(kind["storage"], na_value=missing)
            return pandas.array(_objects(chunks), dtype=dtype)
        if name == "object":
            return _objects(chunks)
        if name in _NULLABLE:
            missing = chunks.is_null().to_numpy(zero_copy_only=False)
            values = chunks.fill_null(False if name == "boolean" else 0).to_numpy()
            array = pandas.array(values, dtype=name)
            array[missing] = pandas.NA
            return array
        return self._numbers(chunks, name)

    def _numbers(self, chunks: Any, dtype: str) -> Any:
        kind = numpy.dtype(dtype)
        if dtype != "bool" and chunks.num_chunks == 1 and chunks.null_count == 0:
            chunk = chunks.chunk(0)
            start = chunk.buffers()[1].address - self._start + chunk.offset * kind.itemsize
            if len(chunk) and 0 <= start <= len(self._data):
                return numpy.frombuffer(self._data, kind, len(chunk), start)
        if kind.kind in "mM":
            values = chunks.cast("int64").fill_null(numpy.iinfo("i8").min).to_numpy()
            return values.copy().view(kind)
        return chunks.to_numpy().astype(kind)

    def _category(self, chunks: Any, kind: dict[str, Any]) -> Any:
        whole = chunks.combine_chunks()
        whole = whole.chunk(0) if hasattr(whole, "chunk") else whole
        codes = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        import pyarrow

        inner = self._values(pyarrow.chunked_array([whole.dictionary]), kind["categories"])
        dtype = "object" if kind["categories"]["dtype"] == "object" else None
        categories = pandas.Index(inner, dtype=dtype)
        return pandas.Categorical.from_codes(codes, categories, ordered=kind["ordered"])


def _objects(chunks: Any) -> Any:
    values = numpy.empty(len(chunks), dtype=object)
    values[:] = chunks.to_pylist()
    return values
