"""One task that writes ten artifacts, one of them a blob: what `million.py` multiplies."""

from flownote import FlowSpec, step


class Ten(FlowSpec):
    @step
    def start(self):
        self.a = self.b = self.c = 1
        self.d = self.e = self.f = "text"
        self.g = self.h = self.i = [1, 2, 3]
        self.items = [0]
        self.next(self.work, foreach="items")

    @step
    def work(self):
        self.a = self.b = self.c = 2
        self.d = self.e = self.f = "other"
        self.g = self.h = self.i = [4, 5, 6]
        self.block = b"\0" * 5000
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Ten()
