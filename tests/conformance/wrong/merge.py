from flownote import FlowSpec, step


class Merge(FlowSpec):
    @step
    def start(self):
        self.next(self.a, self.b)

    @step
    def a(self):
        self.x = self.y = 1
        self.next(self.join)

    @step
    def b(self):
        self.x = self.y = 2
        self.next(self.join)

    @step
    def join(self, inputs):
        self.merge_artifacts(inputs)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Merge()
