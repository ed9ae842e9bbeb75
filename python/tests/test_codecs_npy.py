"""Arrays come back with dtype, order and every bit; NumPy itself can read the files."""

from __future__ import annotations

import io
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from roundtrip import encoding, through

DTYPES = (
    hnp.boolean_dtypes() | hnp.integer_dtypes() | hnp.floating_dtypes()
    | hnp.complex_number_dtypes() | hnp.unicode_string_dtypes() | hnp.byte_string_dtypes()
    | hnp.datetime64_dtypes() | hnp.timedelta64_dtypes()
    | hnp.array_dtypes(allow_subarrays=True)
)  # fmt: skip
SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)


def check(array: Any) -> None:
    """Check that an array comes back, and that NumPy reads its file."""
    back = through(array, "npy")
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.flags.writeable
    assert back.tobytes() == array.tobytes()
    if array.flags.f_contiguous and not array.flags.c_contiguous:
        assert back.flags.f_contiguous
    data = encoding(array)[0]
    theirs = numpy.load(io.BytesIO(data), allow_pickle=False)
    assert theirs.dtype == array.dtype
    assert theirs.tobytes() == array.tobytes()


@given(st.data())
def test_arrays_of_every_dtype_and_shape(data: st.DataObject) -> None:
    check(data.draw(hnp.arrays(data.draw(DTYPES), data.draw(SHAPES))))


@given(hnp.arrays("f8", hnp.array_shapes(min_dims=2, max_dims=3, max_side=6)), st.data())
def test_views_and_orders(array: Any, data: st.DataObject) -> None:
    check(numpy.asfortranarray(array))
    check(array.transpose())
    check(array[::-1])
    check(numpy.asarray(array[data.draw(hnp.basic_indices(array.shape, allow_newaxis=True))]))


@pytest.mark.parametrize(
    "array",
    [
        numpy.array(5), numpy.zeros((0, 3)), numpy.zeros((3, 0), order="F"),
        numpy.array([1.5, float("nan")], dtype=">f8"), numpy.array(["é", "日本"]),
        numpy.zeros(2, dtype=[("naïve", "i4"), ("b", "f8", (2,))]),
        numpy.zeros(3, dtype="V5"), numpy.zeros(3, dtype="S0"),
        numpy.array(["2020", "NaT"], dtype="M8[D]"), numpy.zeros(2, dtype="f16"),
    ],
)  # fmt: skip
def test_the_odd_ones(array: Any) -> None:
    check(array)


@pytest.mark.parametrize("stride", [1, 3])
def test_large_arrays_are_written_in_pieces(stride: int) -> None:
    array = numpy.arange(6_000_000).reshape(2000, 3000)[:, ::stride]
    assert numpy.array_equal(through(array, "npy"), array)


@pytest.mark.parametrize(
    "value",
    [
        numpy.array([1, "a", None], dtype=object), numpy.matrix([[1, 2]]),
        numpy.ma.masked_array([1, 2], mask=[True, False]),
        numpy.zeros(2, dtype=numpy.dtype("i4", metadata={"unit": "m"})),
        numpy.zeros(2, dtype=numpy.dtype([("a", "i1"), ("b", "i8")], align=True)),
    ],
)  # fmt: skip
def test_what_the_format_would_lose_is_pickled(value: Any) -> None:
    back = through(value, "pickle")
    assert back.dtype == value.dtype
    assert back.dtype.metadata == value.dtype.metadata


@pytest.mark.parametrize(
    "value",
    [
        numpy.complex128(1 + 2j),
        numpy.datetime64("2020-01-01"),
        numpy.str_("é"),
        numpy.float16(0.1),
    ],
)
def test_scalars_stay_scalars(value: Any) -> None:
    back = through(value, "npy")
    assert back == value
    assert back.dtype == value.dtype


def test_large_buffers_of_pickles_lie_beside_the_stream() -> None:
    value = {"weights": numpy.arange(10_000), "name": "m"}
    _, record = encoding(value)
    assert len(record["meta"]["places"]) == 2
    back = through(value, "pickle")
    assert numpy.array_equal(back["weights"], value["weights"])
    back["weights"][0] = 7
