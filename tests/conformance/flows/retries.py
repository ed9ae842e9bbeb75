"""Attempts: `@retry`, `@catch` and `@timeout`, alone and together."""

import time

from metaflow import FlowSpec, catch, current, retry, step, timeout


class Retries(FlowSpec):
    @retry(times=2, minutes_between_retries=0)
    @step
    def start(self):
        self.attempt = current.retry_count
        print("attempt", current.retry_count)
        if current.retry_count < 1:
            self.half = "lost with its attempt"
            raise RuntimeError("not yet")
        self.next(self.given_up)

    @catch(var="failure")
    @retry(times=1, minutes_between_retries=0)
    @step
    def given_up(self):
        self.tried = current.retry_count
        raise KeyError("always")
        self.next(self.slow)

    @catch(var="late", print_exception=False)
    @timeout(seconds=1)
    @step
    def slow(self):
        self.caught = (type(self.failure).__name__, bool(self.failure), hasattr(self, "tried"))
        time.sleep(30)
        self.next(self.fine)

    @catch(var="nothing")
    @step
    def fine(self):
        self.lateness = bool(self.late)
        self.next(self.spread)

    @step
    def spread(self):
        self.items = [1, 0, 2]
        self.next(self.divide, foreach="items")

    @catch(var="wrong")
    @retry(times=0)
    @step
    def divide(self):
        self.result = 10 // self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.failed = [bool(one.wrong) for one in inputs]
        self.results = [getattr(one, "result", None) for one in inputs]
        self.unset = inputs[0].nothing
        self.types = [getattr(one.wrong, "type", None) for one in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Retries()
