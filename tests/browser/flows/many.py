"""A foreach of thousands: what must still open at once and scroll."""

from flownote import FlowSpec, Parameter, step


class Many(FlowSpec):
    amount = Parameter("amount", default=1000)

    @step
    def start(self):
        self.numbers = list(range(self.amount))
        self.next(self.work, foreach="numbers")

    @step
    def work(self):
        if self.input == 777:
            raise ValueError("777 of all numbers")
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Many()
