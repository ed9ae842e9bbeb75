"""How workers are started: forked, spawned, or not at all."""

from __future__ import annotations

import json
import os
import random
import socket
import struct
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy.random
import pytest
from small_engine import SmallEngine

from flownote import FlowSpec, step
from flownote.worker import in_process

HERE = Path(__file__).parent


def in_a_fresh_python(code: str) -> str:
    """Run code in an interpreter that has loaded nothing else."""
    path = os.pathsep.join([str(HERE.parent), str(HERE)])
    command = [sys.executable, "-c", textwrap.dedent(code)]
    ended = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, timeout=120
    )
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout.decode()


@pytest.mark.parametrize("module", ["numpy", "scipy.sparse", "pandas", "pyarrow.parquet"])
def test_usual_libraries_survive_a_fork(module: str) -> None:
    out = in_a_fresh_python(f"""
        import {module}
        from flownote.worker.fork_safety import fork_safety
        print(fork_safety())
    """)
    assert out == "(True, [], None)\n"


@pytest.mark.parametrize(
    ("threads", "named"),
    [
        ("threading.Thread(target=time.sleep, args=(9,), name='mine', daemon=True)", "`mine`"),
        ("threading.Thread(target=queue.Queue().get, daemon=True)", "of queue"),
    ],
)
def test_threads_are_named_and_make_tasks_spawn(threads: str, named: str) -> None:
    out = in_a_fresh_python(f"""
        import queue, threading, time
        {threads}.start()
        from flownote.worker.fork_safety import fork_safety
        ok, names, notice = fork_safety()
        print(ok, names, notice)
    """)
    assert out.startswith("False")
    assert named in out
    assert "each task starts a fresh Python" in out


def test_polars_that_has_computed_makes_tasks_spawn() -> None:
    out = in_a_fresh_python("""
        import polars
        polars.DataFrame({"a": [1, 2]}).lazy().group_by("a").len().collect()
        from flownote.worker.fork_safety import fork_safety
        print(fork_safety()[:2])
    """)
    assert out.startswith("(False, [")
    assert "'polars'" in out


THREADED = """
import threading, time
from flownote import FlowSpec, step

threading.Thread(target=time.sleep, args=(60,), name="busy", daemon=True).start()

class Threaded(FlowSpec):
    @step
    def start(self):
        self.x = 1
        self.next(self.end)

    @step
    def end(self):
        print(self.x)
"""


def test_a_threaded_program_spawns_each_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "threaded_flow.py").write_text(THREADED)
    monkeypatch.syspath_prepend(tmp_path)
    flow = __import__("threaded_flow").Threaded
    with SmallEngine(tmp_path / "store", flow) as engine:
        (notice,) = engine.ready["notices"]
        assert notice.startswith("each task starts a fresh Python: thread `busy`")
        assert engine.run("start").artifacts["x"]["inline"] == "1"
        assert engine.run("end", ["start/0.0"]).stdout == b"1\n"


class Dice(FlowSpec):
    """Rolls from both global generators."""

    @step
    def start(self) -> None:
        print(random.random(), numpy.random.random())
        self.next(self.end)

    @step
    def end(self) -> None:
        pass


def test_each_worker_has_random_numbers_of_its_own(tmp_path: Any) -> None:
    with SmallEngine(tmp_path, Dice) as engine:
        first, second = (engine.run("start").stdout.split() for _ in range(2))
    assert first[0] != second[0]
    assert first[1] != second[1]


class Here(FlowSpec):
    """Says where it runs."""

    @step
    def start(self) -> None:
        self.pid = os.getpid()
        self.next(self.end)

    @step
    def fails(self) -> None:
        raise ValueError("no")

    @step
    def end(self) -> None:
        pass


def test_in_process_runs_on_the_calling_thread(tmp_path: Any) -> None:
    helper = SmallEngine(tmp_path, Here)
    helper.__exit__()

    def engine(descriptor: int) -> list[dict[str, Any]]:
        manifests = []
        with socket.socket(fileno=descriptor) as control:
            assert json.loads(control.recv(65536))["pid"] == os.getpid()
            for launch, name in enumerate(["start", "fails"]):
                ours, theirs = socket.socketpair()
                out, err = os.pipe(), os.pipe()
                packet = json.dumps({"launch": launch, "spawn": False}).encode()
                socket.send_fds(control, [packet], [out[1], err[1], theirs.fileno()])
                theirs.close()
                for descriptor in (*out, *err):
                    os.close(descriptor)
                frame = json.dumps(helper.spec(name, [])).encode()
                ours.sendall(struct.pack("<I", len(frame)) + frame)
                assert json.loads(control.recv(65536))["started"] == launch
                (length,) = struct.unpack("<I", ours.recv(4, socket.MSG_WAITALL))
                manifests.append(json.loads(ours.recv(length, socket.MSG_WAITALL))["done"])
                assert json.loads(control.recv(65536))["status"] == 0
                ours.close()
        return manifests

    start, fails = in_process.run(Here, engine)
    assert start["artifacts"]["pid"]["inline"] == str(os.getpid())
    assert fails["failure"]["message"] == "ValueError: no"


def test_in_process_raises_what_the_engine_raises() -> None:
    def engine(descriptor: int) -> None:
        os.close(descriptor)
        raise LookupError("no store")

    with pytest.raises(LookupError, match="no store"):
        in_process.run(Here, engine)
