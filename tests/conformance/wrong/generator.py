from flownote import FlowSpec, step


class Generator(FlowSpec):
    @step
    def start(self):
        self.items = (n for n in range(3))
        self.next(self.work, foreach="items")

    @step
    def work(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Generator()
