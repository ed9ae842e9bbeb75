from flownote import FlowSpec, step


class Debugger(FlowSpec):
    @step
    def start(self):
        breakpoint()
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Debugger()
