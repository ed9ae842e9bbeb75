from flownote import FlowSpec, step


class Missing(FlowSpec):
    @step
    def start(self):
        self.model = 1
        self.next(self.a, self.b)

    @step
    def a(self):
        self.next(self.join)

    @step
    def b(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        print(self.model)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Missing()
