"""Attributes that a step deletes."""

from metaflow import FlowSpec, step


class Deletion(FlowSpec):
    @step
    def start(self):
        self.kept = 1
        self.removed = 2
        self.temporary = open(__file__)  # noqa: SIM115
        self.temporary.close()
        del self.temporary
        try:
            del self.never
        except AttributeError as error:
            self.refused = type(error).__name__
        self.next(self.middle)

    @step
    def middle(self):
        self.seen = self.removed
        del self.removed
        self.next(self.end)

    @step
    def end(self):
        self.has = [hasattr(self, "kept"), hasattr(self, "temporary")]
        self.still = hasattr(self, "removed")


if __name__ == "__main__":
    Deletion()
