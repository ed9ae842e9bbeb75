"""A kernel before Jupyter's own client, and Flownote's as its server has it.

`BENCH_ENGINE` says whose: ipykernel's, which is measured through Jupyter's client alone, or
Flownote's, which is measured the same way and over its own socket (`measure`, an example of
the studio's crate, in the folder `BENCH_EXAMPLES`).
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

PROGRAM = "flownote_studio.jupyter"
LINES = 100_000
HUNG = 120
FRAME = (
    "import numpy as np, pandas as pd; random = np.random.default_rng(0); "
    "frame = pd.DataFrame({f'c{i}': random.random(2_500_000) for i in range(5)})"
)
HANDED_ON = """\
import subprocess, sys
frame.to_parquet("frame.parquet")
code = "import duckdb; duckdb.sql(\\"SELECT c0 FROM 'frame.parquet' LIMIT 1\\").fetchall()"
subprocess.run([sys.executable, "-c", code], check=True)
"""


class FrontEnd:
    """Jupyter's client with a kernel of its own."""

    def __init__(self, kernel: str) -> None:
        self.manager = KernelManager(kernel_name=kernel)

    def __enter__(self) -> FrontEnd:
        self.manager.start_kernel()
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=HUNG)
        return self

    def __exit__(self, *_: object) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, code: str) -> tuple[float, int]:
        """Runs a cell to its end; returns milliseconds and characters of text."""
        start = time.perf_counter()
        request = self.client.execute(code, allow_stdin=False)
        shown = self.until_idle(request)
        return (time.perf_counter() - start) * 1000, shown

    def until_idle(self, request: str) -> int:
        """Reads what a request leads to; returns how many characters of text."""
        shown = 0
        while True:
            message = self.client.get_iopub_msg(timeout=HUNG)
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            if message["msg_type"] == "stream":
                shown += len(content["text"])
            if message["msg_type"] == "error" and content["ename"] != "KeyboardInterrupt":
                raise SystemExit(f"a cell failed: {content}")
            if content.get("execution_state") == "idle":
                return shown

    def interrupt(self) -> float:
        """Interrupts a loop that has begun; returns milliseconds."""
        request = self.client.execute("print('begun', flush=True)\nwhile True: pass")
        while self.client.get_iopub_msg(timeout=HUNG)["msg_type"] != "stream":
            pass
        start = time.perf_counter()
        self.manager.interrupt_kernel()
        self.until_idle(request)
        return (time.perf_counter() - start) * 1000


def through_jupyter(kernel: str) -> dict[str, float]:
    """Measures a kernel through Jupyter's client."""
    starts = []
    for _ in range(5):
        start = time.perf_counter()
        with FrontEnd(kernel):
            starts.append((time.perf_counter() - start) * 1000)
    with FrontEnd(kernel) as front_end:
        ones = [front_end.run("1+1")[0] for _ in range(200)][20:]
        interrupts = [front_end.interrupt() for _ in range(5)]
        lines = []
        for _ in range(3):
            took, shown = front_end.run(f"for number in range({LINES}): print('line', number)")
            assert shown == sum(len(f"line {number}\n") for number in range(LINES)), shown
            lines.append(took)
    return {
        "jupyter_start_ms": statistics.median(starts),
        "jupyter_one_ms": statistics.median(ones),
        "jupyter_interrupt_ms": statistics.median(interrupts),
        "jupyter_lines_ms": statistics.median(lines),
    }


def handed_on() -> dict[str, float]:
    """Measures what people do without a kernel of several languages: a frame goes to another
    process as a Parquet file, and a query reads it there."""
    with FrontEnd("python3") as front_end:
        front_end.run(FRAME)
        return {"frame_first_ms": front_end.run(HANDED_ON)[0]}


def at_the_server() -> dict[str, float]:
    """Measures Flownote's kernel over its own socket."""
    examples = os.environ.get("BENCH_EXAMPLES")
    if not examples:
        raise SystemExit("BENCH_EXAMPLES names no folder with `measure`; `bench.py` builds it")
    command = [f"{examples}/measure", "--python", sys.executable, "--studio", sys.executable]
    if has_rust():
        command += ["--rust", sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stderr, end="", file=sys.stderr)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def has_rust() -> bool:
    """Whether Rust cells run here; what they stand on is built first, unmeasured."""
    if shutil.which("rustc") is None or not importlib.util.find_spec("flownote_studio.rust"):
        return False
    setup = [sys.executable, "-m", "flownote", "rust", "setup"]
    return subprocess.run(setup, check=False, stdout=sys.stderr).returncode == 0


def main(folder: Path) -> dict[str, Any]:
    """Measures the engine that the surroundings name."""
    specs = folder / "jupyter" / "kernels" / "flownote"
    specs.mkdir(parents=True)
    argv = [sys.executable, "-m", PROGRAM, "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Flownote", "language": "python"}
    (specs / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    os.environ |= {
        "JUPYTER_PATH": str(folder / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
        "FLOWNOTE_STORE": str(folder / "store"),
    }
    os.chdir(folder)
    if os.environ["BENCH_ENGINE"] == "ipykernel":
        return through_jupyter("python3") | handed_on()
    return at_the_server() | through_jupyter("flownote")


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
