from flownote import FlowSpec, step


class Deep(FlowSpec):
    @step
    def start(self):
        self.down(0)
        self.next(self.end)

    def down(self, level):
        self.down(level + 1)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Deep()
