"""Artifacts of many types: what comes back is what was stored."""

import collections
import datetime
import decimal
import enum
import fractions
import pathlib
import uuid
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from helper.shapes import Circle, Colour, Pair, Square
from metaflow import FlowSpec, step


@dataclass
class Point:
    x: int
    y: float = 0.5
    names: list = field(default_factory=list)


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Plain:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return type(other) is Plain and other.value == self.value

    __hash__ = None


class Values(FlowSpec):
    @step
    def start(self):
        self.none = None
        self.yes = True
        self.huge = 2**200
        self.negative = -(10**30)
        self.real = 0.1
        self.nan = float("nan")
        self.infinite = float("-inf")
        self.complex = 1 + 2j
        self.text = "grüße 🌊 \x00 \u2028"
        self.surrogate = "\ud800"
        self.empty = ["", b"", [], {}, (), set()]
        self.raw = bytes(range(256))
        self.buffer = bytearray(b"abc")
        self.nested = {"a": [1, (2, {"b": None})], 3: {4, 5}, (6, 7): frozenset([8])}
        self.words = {"b", "a", "c"}
        self.ordered = collections.OrderedDict([("z", 1), ("a", 2)])
        self.counter = collections.Counter("hello")
        self.default = collections.defaultdict(list, {"k": [1]})
        self.deque = collections.deque([1, 2], maxlen=3)
        self.moment = datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)
        self.day = datetime.date(2024, 2, 29)
        self.span = datetime.timedelta(days=1, microseconds=3)
        self.money = decimal.Decimal("1.10")
        self.half = fractions.Fraction(1, 2)
        self.where = pathlib.PurePosixPath("a/b c")
        self.unique = uuid.UUID(int=5)
        self.range = range(2, 20, 3)
        self.slice = slice(1, None, 2)
        self.type = int
        self.function = len
        self.ellipsis = ...
        self.next(self.arrays)

    @step
    def arrays(self):
        self.array = np.arange(6, dtype="<i2").reshape(2, 3)
        self.fortran = np.asfortranarray(np.ones((2, 3)))
        self.scalar = np.float32(1.5)
        self.strings = np.array(["a", "bcd"])
        self.objects = np.array([1, "a", None], dtype=object)
        self.zero = np.zeros((0, 3))
        self.record = np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])
        self.times = np.array(["2024-01-01", "NaT"], dtype="datetime64[D]")
        self.masked = np.ma.array([1, 2, 3], mask=[False, True, False])
        self.view = np.arange(10)[::2]
        self.frame = pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [0.5, np.nan]})
        self.indexed = pd.DataFrame({1: [1.0]}, index=pd.Index(["r"], name="row"))
        self.series = pd.Series([1, 2], name="s", index=["p", "q"])
        self.category = pd.Series(["a", "b", "a"], dtype="category")
        self.zoned = pd.Series(pd.to_datetime(["2024-01-01"]).tz_localize("Europe/Berlin"))
        self.multi = pd.DataFrame(
            {"v": [1, 2]}, index=pd.MultiIndex.from_tuples([(1, "a"), (2, "b")])
        )
        self.next(self.classes)

    @step
    def classes(self):
        self.point = Point(1, names=["n"])
        self.points = {"p": [Point(2), Point(3)]}
        self.level = Level.HIGH
        self.colour = Colour.RED
        self.plain = Plain([1])
        self.circle = Circle(2.0)
        self.square = Square(3)
        self.pair = Pair(1, "b")
        self.shared = [self.circle, self.circle]
        self.error = ValueError("stored", 3)
        self.next(self.end)

    @step
    def end(self):
        self.same = [
            self.point == Point(1, names=["n"]),
            self.plain == Plain([1]),
            self.level is Level.HIGH,
            self.colour is Colour.RED,
            type(self.circle) is Circle and self.circle.area(),
            self.shared[0] is self.shared[1],
            self.pair.b,
            self.array.sum().item(),
            self.text.encode("utf-8", "surrogatepass") == "grüße 🌊 \x00 \u2028".encode(),
            isinstance(self.error, ValueError) and self.error.args,
            self.default["new"],
            self.words == {"a", "b", "c"},
        ]


if __name__ == "__main__":
    Values()
