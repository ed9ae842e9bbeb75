from flownote import FlowSpec, Parameter, step


class Assigns(FlowSpec):
    alpha = Parameter("alpha", default=1)

    @step
    def start(self):
        self.alpha = 2
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Assigns()
