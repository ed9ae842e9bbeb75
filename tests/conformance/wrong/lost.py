from flownote import FlowSpec, step


class Lost(FlowSpec):
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass

    @step
    def unreachable(self):
        self.next(self.end)


if __name__ == "__main__":
    Lost()
