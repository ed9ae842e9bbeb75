from flownote import FlowSpec, Parameter, step


class Names(FlowSpec):
    input = 3
    max_workers = Parameter("max-workers", default=1)

    @step
    def start(self):
        self.next(self.next)

    @step
    def next(self):
        self.next(self.end)

    @step
    def end(self, a, b):
        pass


if __name__ == "__main__":
    Names()
