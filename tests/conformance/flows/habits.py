"""How people write flows: wrapped steps, annotations, bare decorators, helpers of all kinds."""

import functools
import math

from metaflow import FlowSpec, Parameter, catch, retry, step


def logged(function):
    @functools.wraps(function)
    def inner(self, *inputs):
        self.logged = [*getattr(self, "logged", []), function.__name__]
        return function(self, *inputs)

    return inner


class Habits(FlowSpec):
    """Has a docstring, annotations and functions of every kind."""

    limit: int = 3
    label: str
    triple = lambda self, value: value * self.limit  # noqa: E731
    alpha = Parameter("alpha", default=math.pi, help="a constant of another module")

    @retry
    @step
    @logged
    def start(self):
        self.tripled = self.triple(2)
        self.compute(3)
        self.first, self.second = 1, [2]
        self.second += [3]
        for self.looped in range(3):
            pass
        with open(__file__) as self.file:
            self.lines = len(self.file.readlines()) > 10
        del self.file
        self.by_name = vars(self)["first"]
        self.next(self.risky)

    def compute(self, value):
        """Assign from a method that is no step."""
        self.computed = value + self.alpha
        return self

    @catch(var="failure")
    @step
    def risky(self):
        """Fail after some work."""
        self.done_before = True
        raise ValueError
        self.next(self.last)

    @step
    def last(self):
        self.failed = bool(self.failure)
        self.known = sorted(
            name for name in ("tripled", "done_before", "nothing") if hasattr(self, name)
        )
        try:
            self.tried = 1
        finally:
            self.always = 2
        self.next(
            self.end,
        )

    @step
    def end(self):
        return 5


if __name__ == "__main__":
    Habits()
