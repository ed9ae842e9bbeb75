"""Workers of `python flow.py` share the cores, although NumPy was imported first."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("numpy")

FLOW = """
import ctypes
import numpy
from flownote import FlowSpec, blas, step

class Threads(FlowSpec):
    @step
    def start(self):
        library = ctypes.CDLL(blas._loaded()[0])
        names = ("scipy_openblas_get_num_threads64_", "openblas_get_num_threads64_",
                 "scipy_openblas_get_num_threads", "openblas_get_num_threads")
        self.threads = next(getattr(library, n)() for n in names if hasattr(library, n))
        self.next(self.end)

    @step
    def end(self):
        print("threads", self.threads)

if __name__ == "__main__":
    Threads()
"""


@pytest.mark.parametrize("workers", [1, os.cpu_count() or 1])
def test_each_worker_has_its_share_of_the_cores(tmp_path: Path, workers: int) -> None:
    (tmp_path / "flow.py").write_text(FLOW)
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    command = [sys.executable, "flow.py", "run", "--json", "--max-workers", str(workers)]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    said = [line["text"] for line in lines if line["event"] == "log"]
    cores = len(os.sched_getaffinity(0))
    assert said == [f"threads {max(1, cores // workers)}\n"], done.stderr
