from flownote import FlowSpec, IncludeFile, JSONType, Parameter, step


class Good(FlowSpec):
    alpha = Parameter("alpha", default=1)
    data = Parameter("data", type=JSONType, default="{}")
    text = IncludeFile("text", default=None)
    flag = Parameter("flag", default=False)

    @step
    def start(self):
        self.x = [1]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Good()
