import threading

from flownote import FlowSpec, step


class Unstorable(FlowSpec):
    @step
    def start(self):
        self.fine = 1
        self.lock = threading.Lock()
        self.lines = (line for line in ["a"])
        self.score = lambda: 1
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Unstorable()
