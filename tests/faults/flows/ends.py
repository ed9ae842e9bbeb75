"""Every way in which a step's process may end."""

import ctypes
import os
import signal
import sys
import threading
import time

from flownote import FlowSpec, Parameter, retry, step


class Unpicklable:
    def __reduce__(self):
        raise RuntimeError("I will not be pickled")


class Ends(FlowSpec):
    how = Parameter("how", default="well")

    @step
    def start(self):
        self.before = b"x" * 50_000
        self.next(self.act)

    @retry(times=0)
    @step
    def act(self):
        self.block = b"y" * 50_000
        if self.how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.how == "segfault":
            ctypes.string_at(0)
        elif self.how == "sys_exit":
            sys.exit(3)
        elif self.how == "os_exit":
            os._exit(7)
        elif self.how == "abort":
            os.abort()
        elif self.how == "raise":
            raise ValueError("alpha must be positive")
        elif self.how == "unstorable":
            self.lock = threading.Lock()
            self.generator = (n for n in range(3))
            self.odd = Unpicklable()
        elif self.how == "once" and not os.path.exists("tried"):
            open("tried", "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.how == "bytes":
            sys.stdout.flush()
            os.write(1, b"\xff\xfe broken\n")
        elif self.how == "daemon" and os.fork() == 0:
            time.sleep(600)
            os._exit(0)
        self.next(self.end)

    @step
    def end(self):
        print("ended well", len(self.block))


if __name__ == "__main__":
    Ends()
