"""Two thousand small artifacts in one step, read in the next."""

from dialect import FlowSpec, step

NAMES = [f"value_{n:04}" for n in range(2000)]


class Artifacts(FlowSpec):
    @step
    def start(self):
        for number, name in enumerate(NAMES):
            setattr(self, name, number)
        self.next(self.end)

    @step
    def end(self):
        print(sum(getattr(self, name) for name in NAMES))


if __name__ == "__main__":
    Artifacts()
