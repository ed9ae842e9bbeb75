"""A foreach of `BENCH_WIDTH` tasks that each square a number, and their join.

With `BENCH_FAIL` the last step fails, so that a resume has the others to take over.
"""

import os

from dialect import FlowSpec, step


class Foreach(FlowSpec):
    @step
    def start(self):
        self.items = list(range(int(os.environ["BENCH_WIDTH"])))
        self.next(self.square, foreach="items")

    @step
    def square(self):
        self.squared = self.input**2
        self.next(self.join)

    @step
    def join(self, inputs):
        self.total = sum(i.squared for i in inputs)
        self.next(self.end)

    @step
    def end(self):
        if os.environ.get("BENCH_FAIL"):
            raise RuntimeError("asked to fail")
        width = int(os.environ["BENCH_WIDTH"])
        assert self.total == sum(n**2 for n in range(width))


if __name__ == "__main__":
    Foreach()
