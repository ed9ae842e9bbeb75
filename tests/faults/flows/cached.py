"""Steps whose results can be taken again: a block of bytes, a foreach, a join.

`PAUSE` is not seen by the cache, so that one process can be slow with the same work.
"""

import os
import time

from flownote import FlowSpec, Parameter, step


def squared(number):
    return number**2


class Cached(FlowSpec):
    width = Parameter("width", default=4)
    scale = Parameter("scale", default=1)

    @step
    def start(self):
        self.block = b"b" * 100_000
        self.items = list(range(self.width))
        self.next(self.work, foreach="items")

    @step
    def work(self):
        time.sleep(float(os.environ.get("PAUSE", "0")))
        self.square = self.scale * squared(self.input)
        self.next(self.gather)

    @step
    def gather(self, inputs):
        self.merge_artifacts(inputs, include=["block"])
        self.total = sum(i.square for i in inputs)
        self.next(self.end)

    @step
    def end(self):
        print("total", self.total, len(self.block))


if __name__ == "__main__":
    Cached()
