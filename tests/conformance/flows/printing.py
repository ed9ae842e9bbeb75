"""What steps print, by every road there is."""

import logging
import os
import subprocess
import sys
import warnings

from metaflow import FlowSpec, step


class Printing(FlowSpec):
    @step
    def start(self):
        print("plain", 1, end="!\n")
        print("grüße 🌊 中文")
        sys.stdout.write("written\n")
        sys.stdout.flush()
        os.write(1, b"from the system\n")
        subprocess.run(["echo", "from a process"], check=True)
        print("a\n\nb")
        print("to stderr", file=sys.stderr)
        self.encoding = sys.stdout.encoding.lower()
        self.next(self.loud)

    @step
    def loud(self):
        for number in range(3000):
            print(f"line {number:05}", "x" * 50)
        print("y" * 200_000)
        self.next(self.logs)

    @step
    def logs(self):
        logging.basicConfig(format="%(levelname)s %(message)s", level=logging.INFO)
        logging.getLogger("mine").info("logged")
        logging.warning("careful")
        warnings.warn("warned", stacklevel=1)
        print("no line end", end="")
        self.next(self.end)

    @step
    def end(self):
        print("done")


if __name__ == "__main__":
    Printing()
