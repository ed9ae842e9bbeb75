"""Steps and methods that flows inherit."""

from metaflow import FlowSpec, step


class Scoring:
    weight = 3

    def score(self, value):
        return value * self.weight

    @property
    def doubled(self):
        return self.base * 2


class Base(FlowSpec):
    origin = "base"

    @step
    def start(self):
        self.base = 5
        self.trace = ["base start"]
        self.next(self.middle)

    @step
    def middle(self):
        self.trace.append("base middle")
        self.next(self.end)

    @step
    def end(self):
        self.trace.append("base end")
