"""Classes that flows store."""

import enum
from typing import NamedTuple


class Circle:
    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return 3 * self.radius**2


class Square:
    __slots__ = ("side",)

    def __init__(self, side):
        self.side = side


class Colour(enum.Enum):
    RED = "red"


class Pair(NamedTuple):
    a: int
    b: str
