"""Class attributes: read in every step, by the class and by the instance."""

from metaflow import FlowSpec, step

LIMIT = 4


class Constants(FlowSpec):
    """A flow with constants."""

    size = LIMIT + 1
    table = {"a": [1]}
    _private = "p"
    words = ("x", "y")

    @property
    def area(self):
        return self.size**2

    @step
    def start(self):
        self.read = (self.size, self.table, self._private, self.area, self.words)
        self.next(self.end)

    @step
    def end(self):
        self.read_again = (self.size, self.table, self._private, self.area)


if __name__ == "__main__":
    Constants()
