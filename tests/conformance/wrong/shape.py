from flownote import FlowSpec, step


class Shape(FlowSpec):
    @step
    def start(self):
        self.next(self.a, self.b)

    @step
    def a(self):
        self.next(self.join)

    @step
    def b(self):
        pass

    @step
    def join(self):
        self.next(self.nowhere)


if __name__ == "__main__":
    Shape()
