"""Two steps that do next to nothing."""

from dialect import FlowSpec, step


class Hello(FlowSpec):
    @step
    def start(self):
        self.x = 1
        self.next(self.end)

    @step
    def end(self):
        print(self.x)


if __name__ == "__main__":
    Hello()
