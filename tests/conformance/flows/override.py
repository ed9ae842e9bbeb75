"""A step assigns what the class defines."""

from metaflow import FlowSpec, Parameter, step


class Override(FlowSpec):
    size = 1
    alpha = Parameter("alpha", default=0.5)
    what = Parameter("what", default="constant")

    @step
    def start(self):
        if self.what == "constant":
            self.size = 2
        else:
            self.alpha = 1.5
        self.next(self.end)

    @step
    def end(self):
        self.seen = (self.size, self.alpha)


if __name__ == "__main__":
    Override()
