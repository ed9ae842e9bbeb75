"""A foreach in a foreach, a split in a foreach, a foreach in a branch."""

from metaflow import FlowSpec, step


class Nested(FlowSpec):
    @step
    def start(self):
        self.outer = ["a", "b"]
        self.next(self.grow, foreach="outer")

    @step
    def grow(self):
        self.letter = self.input
        self.inner = range(2 + self.index)
        self.next(self.leaf, foreach="inner")

    @step
    def leaf(self):
        self.word = f"{self.letter}{self.input}"
        self.stack = [tuple(frame)[:3] for frame in self.foreach_stack()]
        self.next(self.gather)

    @step
    def gather(self, inputs):
        self.words = [one.word for one in inputs]
        self.here = (self.index, self.input, [tuple(f)[:3] for f in self.foreach_stack()])
        self.merge_artifacts(inputs, include=["letter"])
        self.next(self.fork)

    @step
    def fork(self):
        self.next(self.left, self.right)

    @step
    def left(self):
        self.side = f"left {self.index} {self.input}"
        self.next(self.meet)

    @step
    def right(self):
        self.side = f"right {len(self.words)}"
        self.next(self.meet)

    @step
    def meet(self, inputs):
        self.sides = [inputs.left.side, inputs.right.side]
        self.merge_artifacts(inputs, exclude=["side"])
        self.next(self.close)

    @step
    def close(self, inputs):
        self.sides = [one.sides for one in inputs]
        self.words = [one.words for one in inputs]
        self.next(self.again)

    @step
    def again(self):
        self.next(self.one, self.two)

    @step
    def one(self):
        self.branch = [10, 20]
        self.next(self.part, foreach="branch")

    @step
    def part(self):
        self.value = self.input + self.index
        self.next(self.parts)

    @step
    def parts(self, inputs):
        self.result = sum(one.value for one in inputs)
        self.next(self.total)

    @step
    def two(self):
        self.result = 100
        self.next(self.total)

    @step
    def total(self, inputs):
        self.results = sorted(one.result for one in inputs)
        self.merge_artifacts(inputs, include=["words", "sides"])
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Nested()
