"""A parameter that must be given."""

from metaflow import FlowSpec, Parameter, step


class Required(FlowSpec):
    who = Parameter("who", required=True, help="whom to greet")

    @step
    def start(self):
        self.greeting = f"hello {self.who}"
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Required()
