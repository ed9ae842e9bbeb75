"""The smallest flow that shows the idea: two steps, and values that stay."""

from flownote import FlowSpec, Parameter, step


class Hello(FlowSpec):
    who = Parameter("who", default="world")

    @step
    def start(self):
        self.greeting = f"Hello, {self.who}!"
        self.next(self.end)

    @step
    def end(self):
        print(self.greeting)


if __name__ == "__main__":
    Hello()
