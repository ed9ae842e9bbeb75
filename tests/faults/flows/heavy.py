"""Steps that print, or keep, more than is reasonable."""

import os
import sys

from flownote import FlowSpec, Parameter, step


class Heavy(FlowSpec):
    how = Parameter("how", default="output")

    @step
    def start(self):
        if self.how == "output":
            block = ("x" * 99 + "\n").encode() * 100_000
            for _ in range(501):
                write_all(block)
            print("the last line")
        elif self.how == "line":
            for _ in range(100):
                write_all(b"y" * 1_000_000)
            print()
        elif self.how == "array":
            import numpy as np

            self.array = np.full(1 << 28, 1.5)
        self.next(self.end)

    @step
    def end(self):
        if self.how == "array":
            assert float(self.array.sum()) == 1.5 * (1 << 28)
        print("ended", self.how)


def write_all(data):
    sys.stdout.flush()
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


if __name__ == "__main__":
    Heavy()
