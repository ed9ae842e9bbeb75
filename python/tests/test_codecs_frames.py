"""Frames come back with dtypes, index, labels and missing values, or are pickled."""

from __future__ import annotations

import datetime
import zoneinfo
from typing import Any

import numpy
import pandas
import polars
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import pandas as hpd
from roundtrip import encoding, through

TEXT = st.text(max_size=8)
ZONES = ["UTC", "Europe/Berlin", "America/St_Johns"]
COLUMNS = [
    hpd.column("i", dtype="int64"),
    hpd.column("u", dtype="uint8"),
    hpd.column("f", dtype="float64"),
    hpd.column("g", dtype="float32"),
    hpd.column("b", dtype=bool),
    hpd.column("t", dtype="datetime64[ns]"),
    hpd.column("d", dtype="timedelta64[ns]"),
    hpd.column("o", elements=TEXT | st.none(), dtype=object),
]
FRAMES = hpd.data_frames(COLUMNS, index=hpd.range_indexes(max_size=6))


def equal(one: Any, other: Any) -> None:
    """Assert that two frames or series are the same to the last bit."""
    is_series = isinstance(one, pandas.Series)
    check = pandas.testing.assert_series_equal if is_series else pandas.testing.assert_frame_equal
    names = {} if is_series else {"check_column_type": "exact"}
    check(one, other, check_exact=True, check_index_type="exact", check_freq=True, **names)


@given(FRAMES, st.sampled_from(ZONES), st.sampled_from(["s", "ms", "us", "ns"]))
def test_frames_of_lossless_dtypes(frame: Any, zone: str, unit: str) -> None:
    frame["zoned"] = frame["t"].dt.as_unit(unit).dt.tz_localize("UTC").dt.tz_convert(zone)
    frame["category"] = pandas.Categorical(frame["o"])
    frame["ordered"] = pandas.Categorical(frame["u"] % 3, categories=[2, 1, 0], ordered=True)
    frame["nullable"] = frame["i"].astype("Int64").mask(frame["b"])
    frame["maybe"] = frame["b"].astype("boolean").mask(frame["u"] > 100)
    frame["text"] = frame["o"].astype("string")
    back = through(frame, "pandas")
    equal(back, frame)
    for name in ("f", "g"):
        assert back[name].to_numpy().tobytes() == frame[name].to_numpy().tobytes()
    assert list(map(type, back["o"])) == list(map(type, frame["o"]))
    for name in frame.columns:
        equal(through(frame[name], "pandas"), frame[name])


BASE = pandas.DataFrame({"a": [1, 2, 3], "b": [0.5, numpy.nan, -0.0], "c": ["x", None, "é"]})


@pytest.mark.parametrize(
    "value",
    [
        BASE, BASE.iloc[::-1].reset_index(drop=True), BASE.set_index("a"), BASE.set_index("c"),
        BASE[["b", "a"]], BASE.iloc[:0], BASE.iloc[1:], BASE.rename_axis("rows"),
        BASE.rename_axis("columns", axis=1), BASE["a"], BASE["b"].rename(None),
        pandas.Series([1, 2], index=["z", "y"], name="s"),
        pandas.Series(["a", None], dtype=object),
        pandas.DataFrame({"é": [1], "": [2]}),
        pandas.DataFrame(numpy.arange(6.0).reshape(3, 2), columns=["p", "q"]),
        pandas.DataFrame({"t": pandas.to_datetime(["2020-01-01", None])}).set_index("t"),
    ],
)  # fmt: skip
def test_indexes_and_labels(value: Any) -> None:
    back = through(value, "pandas")
    equal(back, value)


class Money(float):
    """A subclass that Arrow doesn't know."""


@pytest.mark.parametrize(
    "value",
    [
        pandas.DataFrame([[1, 2]], columns=["a", "a"]),
        pandas.DataFrame([[1, 2]]),
        pandas.DataFrame({1: [1], "a": [2]}),
        pandas.DataFrame({"a": [1, "x", None]}),
        pandas.DataFrame({"a": pandas.Series(["x", numpy.nan], dtype=object)}),
        pandas.DataFrame({"a": [Money(1)]}, dtype=object),
        pandas.DataFrame({"a": pandas.Series(["\udc80"], dtype=object)}),
        pandas.DataFrame({"a": [1]}, index=pandas.MultiIndex.from_tuples([(1, 2)])),
        pandas.DataFrame({"a": pandas.period_range("2020", periods=2, freq="M")}),
        pandas.DataFrame({"a": pandas.arrays.SparseArray([0, 1])}),
        pandas.DataFrame({"a": [1, 2]}, index=pandas.date_range("2020", periods=2)),
        pandas.DataFrame({"a": [1 + 2j]}),
        pandas.DataFrame({"a": [[1, 2], [3]]}),
        pandas.DataFrame({"a": pandas.Categorical([datetime.date(2020, 1, 1)])}),
    ],
)  # fmt: skip
def test_what_arrow_would_lose_is_pickled(value: Any) -> None:
    equal(through(value, "pickle"), value)


def test_attributes_of_a_frame_survive() -> None:
    frame = BASE.copy()
    frame.attrs["unit"] = "m"
    assert through(frame, "pickle").attrs == {"unit": "m"}


def test_a_loaded_frame_can_be_changed() -> None:
    back = through(BASE, "pandas")
    back.loc[0, "a"] = 9
    back["a"] += 1
    assert back["a"].tolist() == [10, 3, 4]


ARROW = pyarrow.table(
    {
        "i": pyarrow.array([1, None], pyarrow.int16()),
        "l": [[1], None],
        "s": [{"x": 1}, {"x": None}],
        "d": pyarrow.array(["a", "b"]).dictionary_encode(),
        "m": pyarrow.array([1, 2], pyarrow.decimal128(5, 2)),
        "t": pyarrow.array([1, 2], pyarrow.timestamp("us", "Europe/Berlin")),
    }
)


@pytest.mark.parametrize(
    "value",
    [
        ARROW, ARROW.slice(1), ARROW.slice(0, 0), ARROW.select([]),
        ARROW.replace_schema_metadata({"k": "v"}), ARROW.to_batches()[0],
        pyarrow.table([[1], [2]], names=["a", "a"]),
        pyarrow.chunked_array([[1], [2, 3]]),
    ],
)  # fmt: skip
def test_arrow_tables(value: Any) -> None:
    codec = "pickle" if isinstance(value, pyarrow.ChunkedArray) else "arrow"
    back = through(value, codec)
    assert back.equals(value)
    if codec == "arrow":
        assert back.schema.equals(value.schema, check_metadata=True)
        assert back.num_rows == value.num_rows


def test_large_tables_are_written_in_batches() -> None:
    table = pyarrow.table({"x": numpy.arange(10_000_000)})
    back = through(table, "arrow")
    assert back.equals(table)
    assert len(back.to_batches()) > 1


POLARS = polars.DataFrame(
    {
        "i": [1, None, 3],
        "f": [0.5, float("nan"), None],
        "s": ["é", None, ""],
        "l": [[1], [], None],
        "c": polars.Series(["a", "b", None], dtype=polars.Categorical),
        "e": polars.Series(["a", "b", None], dtype=polars.Enum(["b", "a"])),
        "t": [datetime.datetime(2020, 1, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))] * 3,
        "d": [datetime.date(2020, 1, 1), None, None],
        "x": polars.Series([{"a": 1}, {"a": None}, None]),
    }
)


@pytest.mark.parametrize(
    "value", [POLARS, POLARS.slice(1, 1), POLARS.clear(), POLARS.select("i"), polars.DataFrame()]
)
def test_polars_frames(value: Any) -> None:
    back = through(value, "arrow")
    assert back.schema == value.schema
    assert back.equals(value, null_equal=True)


def test_polars_objects_are_not_stored_as_arrow() -> None:
    frame = polars.DataFrame({"o": [object()]}, schema={"o": polars.Object})
    with pytest.raises(Exception, match=r".*"):
        encoding(frame)
