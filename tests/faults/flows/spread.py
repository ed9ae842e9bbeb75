"""A foreach whose tasks write blobs, and a join that reads them all."""

import time

from flownote import FlowSpec, Parameter, step


class Spread(FlowSpec):
    width = Parameter("width", default=6)
    pause = Parameter("pause", default=0.0)

    @step
    def start(self):
        self.items = list(range(self.width))
        self.next(self.work, foreach="items")

    @step
    def work(self):
        time.sleep(self.pause)
        self.block = bytes([self.input]) * 100_000
        self.square = self.input**2
        self.next(self.gather)

    @step
    def gather(self, inputs):
        self.total = sum(i.square for i in inputs)
        self.bytes = sum(sum(i.block) for i in inputs)
        self.next(self.end)

    @step
    def end(self):
        print("total", self.total, self.bytes)


if __name__ == "__main__":
    Spread()
