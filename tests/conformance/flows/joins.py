"""What a join may do with its inputs."""

from metaflow import FlowSpec, step


class Joins(FlowSpec):
    @step
    def start(self):
        self.base = [1]
        self.items = ["p", "q", "r"]
        self.next(self.work, foreach="items")

    @step
    def work(self):
        self.score = ord(self.input)
        self.shared = "same"
        self.different = self.index
        self.next(self.pick)

    @step
    def pick(self, inputs):
        best = max(inputs, key=lambda one: one.score)
        self.best = (best.index, best.input, best.score)
        first, *rest = inputs
        self.unpacked = (first.score, len(rest))
        self.twice = [one.score for one in inputs] == [one.score for one in inputs]
        self.score = -1
        self.sliced = [one.index for one in list(inputs)[1:]]
        self.dictionary = {one.input: one.score for one in inputs}
        try:
            inputs[7]
        except IndexError:
            self.beyond = True
        self.merge_artifacts(inputs, exclude=["different"])
        self.next(self.end)

    @step
    def end(self):
        self.final = (self.shared, self.base, self.score, hasattr(self, "different"))
        self.items_here = self.items


if __name__ == "__main__":
    Joins()
