"""Steps one after another: values pass on, change, and hide what an earlier step wrote."""

from metaflow import FlowSpec, step


class Linear(FlowSpec):
    @step
    def start(self):
        self.a = 1
        self.b = "start"
        self._hidden = [1, 2]
        self.gone = None
        self.next(self.middle)

    @step
    def middle(self):
        self.seen = (self.a, self.b, self._hidden, self.gone)
        self.b = "middle"
        self.a += 1
        self.has = [hasattr(self, "a"), hasattr(self, "nothing"), getattr(self, "nothing", 7)]
        self.next(self.last)

    @step
    def last(self):
        self.seen = (self.a, self.b)
        self.next(self.end)

    @step
    def end(self):
        self.final = (*self.seen, len(self._hidden))


if __name__ == "__main__":
    Linear()
