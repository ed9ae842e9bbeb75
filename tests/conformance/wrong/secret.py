from flownote import FlowSpec, secrets, step


class Secret(FlowSpec):
    @secrets(sources=["env:NOBODY_SET_THIS"])
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Secret()
