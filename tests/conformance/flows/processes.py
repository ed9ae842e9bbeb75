"""Threads and processes that a step starts."""

import multiprocessing
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

from metaflow import FlowSpec, step


def square(number):
    return number * number


class Processes(FlowSpec):
    @step
    def start(self):
        found = []
        threads = [threading.Thread(target=found.append, args=(n,)) for n in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.threads = sorted(found)
        with ThreadPoolExecutor(2) as pool:
            self.pooled = list(pool.map(square, range(4)))
        self.next(self.pool)

    @step
    def pool(self):
        with multiprocessing.Pool(2) as pool:
            self.squares = pool.map(square, range(5))
        with ProcessPoolExecutor(2) as pool:
            self.futures = list(pool.map(square, range(3)))
        queue = multiprocessing.Queue()
        process = multiprocessing.Process(target=queue.put, args=("sent",))
        process.start()
        self.sent = queue.get()
        process.join()
        self.code = process.exitcode
        self.next(self.end)

    @step
    def end(self):
        command = [sys.executable, "-c", "print(6 * 7)"]
        self.output = subprocess.check_output(command, text=True)


if __name__ == "__main__":
    Processes()
