"""Artifacts with names that engines like to keep for themselves."""

from metaflow import FlowSpec, step


class Naming(FlowSpec):
    @step
    def start(self):
        self.flow_is = self.name
        self.name = "mine"
        self.id = 1
        self.data = [1]
        self.run = "r"
        self.run_id = "x"
        self.artifacts = {}
        self.state = self.spec = self.values = self.files = self.load = self.steps = 2
        self.parent = self.type = self.tags = self.current = self.flow = None
        self.next(self.end)

    @step
    def end(self):
        self.seen = (self.name, self.id, self.data, self.run, self.run_id, self.load, self.steps)


if __name__ == "__main__":
    Naming()
