"""A flow that goes on when it is told to: a file appears."""

import time
from pathlib import Path

from flownote import FlowSpec, Parameter, step


class Waiting(FlowSpec):
    gate = Parameter("gate", default="")

    @step
    def start(self):
        self.numbers = [0, 1, 2]
        self.next(self.work, foreach="numbers")

    @step
    def work(self):
        print("the work begins", flush=True)
        count = 0
        while not Path(self.gate).exists():
            time.sleep(0.05)
            count += 1
            if count % 10 == 0:
                print(f"still waiting, {count}", flush=True)
        print("the gate is open", flush=True)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Waiting()
