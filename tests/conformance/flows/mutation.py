"""Inherited values that are changed in place, deleted, aliased."""

import numpy as np
import pandas as pd
from metaflow import FlowSpec, step


class Mutation(FlowSpec):
    @step
    def start(self):
        self.list = [1]
        self.dict = {"a": {"b": 1}}
        self.set = {1}
        self.array = np.zeros(3)
        self.big = np.zeros(2000)
        self.frame = pd.DataFrame({"a": [1, 2]})
        self.text = bytearray(b"abc")
        self.untouched = [1]
        self.alias = self.list
        self.next(self.change)

    @step
    def change(self):
        self.list.append(2)
        self.dict["a"]["c"] = 2
        self.set.add(2)
        self.array[0] = 1
        self.big[-1] = 5
        self.frame["b"] = self.frame["a"] * 2
        self.frame.loc[0, "a"] = 9
        self.text[0] = 65
        rows = self.untouched
        rows += []
        self.next(self.left, self.right)

    @step
    def left(self):
        self.list.append("left")
        self.big[0] = 1
        self.next(self.join)

    @step
    def right(self):
        self.list.append("right")
        self.next(self.join)

    @step
    def join(self, inputs):
        self.lists = [one.list for one in inputs]
        self.bigs = [one.big[0].item() for one in inputs]
        inputs.left.dict["a"]["b"] = "changed in the join"
        self.merge_artifacts(inputs, exclude=["list", "big"])
        self.dict_after = self.dict["a"]
        self.next(self.end)

    @step
    def end(self):
        self.sums = (self.array.sum().item(), self.frame.to_dict("list"), bytes(self.text))


if __name__ == "__main__":
    Mutation()
