from flownote import FlowSpec, Parameter, step


class Needs(FlowSpec):
    who = Parameter("who", required=True)

    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Needs()
