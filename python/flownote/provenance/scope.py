"""The names of one function, class or comprehension while its source is walked."""

from __future__ import annotations


class Scope:
    """What a scope binds and what it asks for; `free` is what it takes from outside."""

    __slots__ = ("above", "is_class", "loads", "outer", "passing", "stores")

    def __init__(self, above: Scope | None, is_class: bool = False) -> None:
        self.above = above
        self.is_class = is_class
        self.loads: set[str] = set()
        # What functions inside a class body take: the body's own names are not theirs.
        self.passing: set[str] = set()
        self.stores: set[str] = set()
        # Declared `global` or `nonlocal`.
        self.outer: set[str] = set()

    def free(self) -> set[str]:
        """Return what isn't bound in here."""
        own = self.stores - self.outer
        return {load for load in self.loads if load.partition(".")[0] not in own} | self.passing
