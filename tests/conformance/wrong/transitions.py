from flownote import FlowSpec, step


class Transitions(FlowSpec):
    @step
    def start(self):
        if True:
            self.next(self.middle)

    @step
    def middle(self):
        targets = [self.more]
        self.next(*targets)

    @step
    def more(self):
        self.next(self.after)
        self.late = 1

    @step
    def after(self):
        self.next(self.end, foreach="nothing")

    @step
    def end(self):
        self.next(self.start)


if __name__ == "__main__":
    Transitions()
