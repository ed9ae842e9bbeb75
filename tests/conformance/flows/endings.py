"""How a step can end, other than well."""

import os
import resource
import signal
import sys

from helper.failing import deep
from metaflow import FlowSpec, Parameter, step


class Unpicklable:
    def __reduce__(self):
        raise TypeError("can't be stored")


class OddError(Exception):
    def __init__(self, code, *, text):
        super().__init__(code, text)


class Endings(FlowSpec):
    how = Parameter("how", default="ValueError")

    @step
    def start(self):
        self.before = 1
        self.next(self.bad)

    @step
    def bad(self):
        print("about to end")
        self.lost = 2
        getattr(self, f"by_{self.how.replace('-', '_')}")()
        self.next(self.end)

    @step
    def end(self):
        pass

    def by_value(self):
        raise ValueError("wrong värde")

    def by_cause(self):
        try:
            deep()
        except LookupError as error:
            raise RuntimeError("outer") from error

    def by_odd(self):
        raise OddError(3, text="t")

    def by_exit_zero(self):
        sys.exit(0)

    def by_exit_three(self):
        sys.exit(3)

    def by_exit_text(self):
        sys.exit("a reason")

    def by_os_exit(self):
        os._exit(3)

    def by_kill(self):
        os.kill(os.getpid(), signal.SIGKILL)

    def by_interrupt(self):
        raise KeyboardInterrupt

    def by_recursion(self):
        self.by_recursion()

    def by_memory(self):
        soft = 4 << 30
        resource.setrlimit(resource.RLIMIT_AS, (soft, soft))
        bytearray(8 << 30)

    def by_missing(self):
        print(self.nowhere)

    def by_unpicklable(self):
        self.lock = Unpicklable()

    def by_assertion(self):
        assert self.before == 2, "before is not 2"


if __name__ == "__main__":
    Endings()
