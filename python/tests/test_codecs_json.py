"""Plain values come back with exactly the types they had."""

from __future__ import annotations

import collections
import enum
import math
import struct
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from roundtrip import encoding, same, through

TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.binary(max_size=9)
    | st.complex_numbers(allow_nan=False)
)  # fmt: skip
ORDERED = st.integers() | TEXT | st.booleans() | st.none() | st.floats(allow_nan=False)
KEYS = ORDERED | st.tuples(st.integers(), TEXT)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.dictionaries(TEXT | st.just("$"), inner, max_size=4)
        | st.sets(ORDERED, max_size=5)
        | st.frozensets(ORDERED, max_size=5)
    ),
    max_leaves=20,
)


def is_standard(value: Any) -> bool:
    """Whether every nan in a value is the ordinary one."""
    if isinstance(value, float):
        return value == value or struct.pack("<d", value)[:6] == b"\0" * 6
    if isinstance(value, complex):
        return is_standard(value.real) and is_standard(value.imag)
    if isinstance(value, dict):
        return all(map(is_standard, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(is_standard, value))
    return True


@given(VALUES.filter(is_standard))
def test_plain_values_keep_their_types(value: Any) -> None:
    codec = encoding(value)[1]["codec"]
    assert codec in ("json", "utf8", "bytes") or (codec == "pickle" and type(value) is complex)
    back = through(value, codec)
    assert same(back, value)


@given(TEXT)
def test_text_is_utf8_when_it_can_be(text: str) -> None:
    data, record = encoding(text)
    try:
        assert data == text.encode()
        assert record["codec"] == "utf8"
    except UnicodeEncodeError:
        assert record["codec"] == "json"
    assert through(text, record["codec"]) == text


@pytest.mark.parametrize(
    "value",
    [-0.0, math.inf, -math.inf, math.nan, -math.nan, 2**63, 5e-324,
     {"$": "tuple", "v": []}, [{"$": 1}], {}, (), set(), frozenset(), {1: "a", "1": "b"},
     [[1], [1]], {True: 1}, {(1, "a"): None}, {1, "a", None, 2.5}],
)  # fmt: skip
def test_the_odd_ones(value: Any) -> None:
    assert same(through(value, "json"), value)


def test_equal_values_give_equal_bytes_and_order_is_kept() -> None:
    assert encoding({"b": 1, "a": {3, 1, 2}})[0] == b'{"b":1,"a":{"$":"set","v":[1,2,3]}}'
    assert list(through({"b": 1, "a": 2}, "json")) == ["b", "a"]
    words = {f"word{i}" for i in range(50)}
    assert encoding(words)[0] == encoding({*sorted(words, reverse=True)})[0]


@pytest.mark.parametrize(
    "value",
    [numpy.float64(0.5), numpy.int8(-3), numpy.bool_(True), numpy.float32(1e-45),
     {"ndcg": numpy.float64("nan"), "k": numpy.int64(2**63 - 1)}],
)  # fmt: skip
def test_numpy_numbers_are_numbers(value: Any) -> None:
    back = through(value, "json")
    assert repr(back) == repr(value)


class Colour(enum.IntEnum):
    RED = 1


Point = collections.namedtuple("Point", "x y")
shared: list[int] = []
cyclic: list[Any] = []
cyclic.append(cyclic)
deep: list[Any] = []
for _ in range(100):
    deep = [deep]


@pytest.mark.parametrize(
    "value",
    [Colour.RED, Point(1, 2), collections.OrderedDict(a=1), collections.Counter("aab"),
     [shared, shared], cyclic, [Point(1, 2)], {"a": Colour.RED}, {Colour.RED},
     struct.unpack("<d", b"\1\0\0\0\0\0\xf8\x7f")[0]],
)  # fmt: skip
def test_what_json_would_lose_is_pickled(value: Any) -> None:
    back = through(value, "pickle")
    assert type(back) is type(value)
    if value is not cyclic and value == value:
        assert back == value


def test_sharing_survives() -> None:
    back = through([shared, shared], "pickle")
    back[0].append(1)
    assert back[1] == [1]


def test_nesting_too_deep_for_any_codec_says_so() -> None:
    assert same(through(deep, "json"), deep)
    deeper: list[Any] = []
    for _ in range(100_000):
        deeper = [deeper]
    with pytest.raises(RecursionError):
        encoding(deeper)


@given(st.binary(max_size=5000), st.booleans())
def test_bytes_and_bytearrays(data: bytes, mutable: bool) -> None:
    value: bytes | bytearray = bytearray(data) if mutable else data
    assert encoding(value)[0] == data
    assert through(value, "bytes") == value


def test_ints_of_any_size() -> None:
    for value in (10**700, 10**5000, -(10**5000), 2**1999, 2**2001):
        assert through([value, 1, {"big": value}], "json") == [value, 1, {"big": value}]
