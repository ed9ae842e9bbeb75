"""Imported under other names, with names that are not ASCII."""

from metaflow import FlowSpec as F
from metaflow import step as s


class Names(F):
    @s
    def start(self):
        self.größe = 3
        self.next(self.schritt_zwei)

    @s
    def schritt_zwei(self):
        "A docstring, 'quoted'."
        self.größe *= 2
        self.__mangled = 4
        self.next(self.end)

    @s
    def end(self):
        self.sum = self.größe + self.__mangled


if __name__ == "__main__":
    Names()
