"""Half a gibibyte of numbers: one step makes them, the next adds them up."""

import numpy as np
from dialect import FlowSpec, step


class Array(FlowSpec):
    @step
    def start(self):
        self.numbers = np.random.default_rng(0).random(2**26)
        self.next(self.end)

    @step
    def end(self):
        print(self.numbers.sum())


if __name__ == "__main__":
    Array()
