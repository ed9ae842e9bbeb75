"""A foreach over whatever the parameter names."""

from metaflow import FlowSpec, Parameter, step

KINDS = {
    "list": lambda: ["x", "y", "z"],
    "tuple": lambda: (1, None, "t"),
    "range": lambda: range(3, 9, 2),
    "string": lambda: "äb",
    "dict": lambda: {"k": 1, "l": 2},
    "set": lambda: {5},
    "empty": list,
    "generator": lambda: (n for n in range(2)),
    "number": lambda: 5,
    "none": lambda: None,
    "objects": lambda: [{"a": [1]}, {"a": [2]}],
    "wide": lambda: list(range(40)),
}


class Foreach(FlowSpec):
    kind = Parameter("kind", default="list")

    @step
    def start(self):
        print("héllo")
        self.items = KINDS[self.kind]()
        self.next(self.work, foreach="items")

    @step
    def work(self):
        self.got = (self.index, self.input)
        self.stack = [tuple(frame)[:3] for frame in self.foreach_stack()]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.all = [one.got for one in inputs]
        self.indices = [one.index for one in inputs]
        self.inputs = [one.input for one in inputs]
        self.outside = (self.index, self.input, self.foreach_stack())
        self.next(self.end)

    @step
    def end(self):
        self.outside = (self.index, self.input, self.foreach_stack())


if __name__ == "__main__":
    Foreach()
