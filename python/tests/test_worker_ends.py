"""However a step ends, its end is reported as what it is."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from small_engine import SmallEngine

from flownote import FlowSpec, catch, step
from flownote.exceptions import TimeoutException


class Refuses:
    """Can't be pickled, and says so in its own words."""

    def __reduce__(self) -> Any:
        raise ValueError("not today")


class Ends(FlowSpec):
    """Each step ends in its own way."""

    @step
    def start(self) -> None:
        self.x = 1
        self.next(self.end)

    @step
    def raises(self) -> None:
        try:
            {}["missing"]
        except KeyError as error:
            raise ValueError("alpha must be positive\nsecond line") from error

    @step
    def exits(self) -> None:
        sys.exit(3)

    @step
    def exits_well(self) -> None:
        sys.exit(0)

    @step
    def exits_hard(self) -> None:
        print("so far")
        os._exit(7)

    @step
    def segfaults(self) -> None:
        ctypes.string_at(0)

    @step
    def recurses(self) -> None:
        def deeper(n: int) -> int:
            return deeper(n + 1) + 1

        deeper(0)

    @step
    def interrupts(self) -> None:
        raise KeyboardInterrupt

    @step
    def closes(self) -> None:
        raise GeneratorExit

    @step
    def groups(self) -> None:
        raise OSError(5, "lone \udc80 surrogate")

    @step
    def unprintable(self) -> None:
        class Odd(Exception):
            def __str__(self) -> str:
                raise RuntimeError

        raise Odd

    @step
    def unstorable(self) -> None:
        self.good = 1
        self.refuses = Refuses()
        self.function = lambda: 1
        self.handle = open(__file__)  # noqa: SIM115
        self.next(self.end)

    @step
    def forgetful(self) -> None:
        pass

    @step
    def no_such(self) -> None:
        self.items = (i for i in range(3))
        self.next(self.end, foreach="items")

    @step
    def misspells(self) -> None:
        self.next(self.end, foreach="itms")

    @step
    def sleeps(self) -> None:
        try:
            print("sleeping", flush=True)
            time.sleep(60)
        except Exception:
            print("swallowed")

    @step
    def invalid_output(self) -> None:
        print("lone \udc80")
        os.write(1, b"\xff\xfe\n")
        os.write(2, b"err\n")
        print("café")
        self.next(self.end)

    @step
    def leaves_children(self) -> None:
        child = subprocess.Popen(["sleep", "60"])
        print(child.pid)
        self.next(self.end)

    @step
    def reads(self) -> None:
        print(sys.stdin.read() == "", os.getpgrp() == os.getpid())
        self.next(self.end)

    @step
    def end(self) -> None:
        pass


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallEngine]:
    with SmallEngine(tmp_path_factory.mktemp("run"), Ends) as engine:
        engine.run("start")
        yield engine


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("raises", "exception", "ValueError: alpha must be positive …"),
        ("exits", "exit", "the step called sys.exit(3) before it ended"),
        ("exits_well", "exit", "the step called sys.exit(0) before it ended"),
        ("interrupts", "exception", "KeyboardInterrupt"),
        ("closes", "exception", "GeneratorExit"),
        ("groups", "exception", r"OSError: [Errno 5] lone \udc80 surrogate"),
        ("unprintable", "exception", "(its text can't be made)"),
        ("recurses", "exception", "RecursionError: maximum recursion depth exceeded"),
        ("forgetful", "exception", "step `forgetful` ended without `self.next`"),
        ("no_such", "exception", "`self.items` is a generator, which can be gone through only"),
        ("misspells", "exception", "`foreach='itms'` names an attribute that doesn't exist"),
    ],
)
def test_what_leaves_a_step_is_its_failure(
    engine: SmallEngine, name: str, kind: str, message: str
) -> None:
    ended = engine.run(name, ["start/0.0"])
    assert ended.failure["kind"] == kind
    assert message in ended.failure["message"]
    assert "\n" not in ended.failure["message"]
    assert os.waitstatus_to_exitcode(ended.status) == 0


def test_a_traceback_starts_in_user_code_and_keeps_its_cause(engine: SmallEngine) -> None:
    traceback = engine.run("raises", ["start/0.0"]).failure["traceback"]
    assert "flownote/worker" not in traceback
    assert "KeyError: 'missing'" in traceback
    assert "direct cause" in traceback
    assert traceback.rstrip().endswith("ValueError: alpha must be positive\nsecond line")


def test_all_unstorable_attributes_are_named_at_once(engine: SmallEngine) -> None:
    failure = engine.run("unstorable", ["start/0.0"]).failure
    assert failure["kind"] == "unstorable"
    assert failure["retryable"] is False
    for part in (
        "can't store 3 attributes",
        "`self.refuses` (test_worker_ends.Refuses): ValueError: not today",
        "`self.function` (function)",
        "`self.handle` (_io.TextIOWrapper)",
    ):
        assert part in failure["message"]


@pytest.mark.parametrize(("name", "status"), [("exits_hard", 7), ("segfaults", -signal.SIGSEGV)])
def test_a_process_that_dies_says_nothing(engine: SmallEngine, name: str, status: int) -> None:
    ended = engine.run(name, ["start/0.0"])
    assert ended.manifest is None
    assert os.waitstatus_to_exitcode(ended.status) == status
    if name == "exits_hard":
        assert ended.stdout == b"so far\n"
    else:
        assert b"Segmentation fault" in ended.stderr
        assert b"in segfaults" in ended.stderr


def test_kill_signals_the_group(engine: SmallEngine) -> None:
    spec = engine.spec("sleeps", ["start/0.0"])
    attempt = engine.launch(spec)
    engine.wait_for(attempt, b"sleeping\n")
    engine.kill(attempt, signal.SIGKILL)
    engine.finish(spec, attempt)
    assert os.waitstatus_to_exitcode(attempt.status) == -signal.SIGKILL


def test_terminate_cancels_what_swallows_exceptions(engine: SmallEngine) -> None:
    spec = engine.spec("sleeps", ["start/0.0"])
    attempt = engine.launch(spec)
    engine.wait_for(attempt, b"sleeping\n")
    engine.kill(attempt, signal.SIGTERM)
    engine.finish(spec, attempt)
    assert attempt.failure["kind"] == "cancelled"
    assert attempt.stdout == b""


def test_a_deadline_raises_in_the_step(engine: SmallEngine) -> None:
    ended = engine.run("sleeps", ["start/0.0"], timeout_ms=50)
    assert ended.stdout == b"sleeping\nswallowed\n"


def test_output_is_utf8_whatever_is_printed(engine: SmallEngine) -> None:
    ended = engine.run("invalid_output", ["start/0.0"])
    assert ended.stdout == b"lone \\udc80\n\xff\xfe\ncaf\xc3\xa9\n"
    assert ended.stderr == b"err\n"


def test_what_a_step_leaves_running_is_ended(engine: SmallEngine) -> None:
    ended = engine.run("leaves_children", ["start/0.0"])
    pid = int(ended.stdout)
    deadline = time.monotonic() + 10
    while _runs(pid):
        assert time.monotonic() < deadline, "the grandchild still runs"
        time.sleep(0.01)


def test_a_worker_has_its_own_group_and_no_input(engine: SmallEngine) -> None:
    assert engine.run("reads", ["start/0.0"]).stdout == b"True True\n"


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Slow(FlowSpec):
    """A step that its decorators have to end."""

    @step
    def start(self) -> None:
        self.partial = 1
        time.sleep(60)
        self.next(self.end)

    @catch(var="failed", print_exception=True)
    @step
    def caught(self) -> None:
        self.partial = 1
        raise ValueError("bad luck")
        self.next(self.end)

    @catch(var="failed")
    @step
    def fine(self) -> None:
        self.next(self.end)

    @step
    def end(self) -> None:
        print(repr(self.failed), type(self.failed).__name__)


def test_timeouts_and_catch(tmp_path: Any) -> None:
    with SmallEngine(tmp_path, Slow) as engine:
        late = engine.run("start", timeout_ms=50)
        assert late.failure["kind"] == "timeout"
        assert late.failure["exception"].endswith(TimeoutException.__name__)
        assert "time.sleep(60)" in late.failure["traceback"]

        first = engine.run("caught", mode="normal")
        assert first.failure["message"] == "ValueError: bad luck"

        last = engine.run("caught", mode="last")
        assert set(last.artifacts) == {"partial", "failed"}
        assert last.manifest["caught"]["message"] == "ValueError: bad luck"
        assert last.manifest["next"] == {"kind": "steps", "steps": ["end"]}
        assert b"raise ValueError" in last.stderr
        end = engine.run("end", ["caught/0.0"])
        assert b"bad luck" in end.stdout
        assert b"CaughtFailure" in end.stdout

        failure = {"kind": "signal", "message": "native code crashed", "retryable": True}
        fallback = engine.run("caught", mode="fallback", failure=failure)
        assert set(fallback.artifacts) == {"failed"}
        assert engine.run("fine", mode="last").artifacts["failed"]["inline"] == "null"


def test_the_zygote_ends_with_its_engine(tmp_path: Any) -> None:
    engine = SmallEngine(tmp_path, Ends)
    engine.run("start")
    attempt = engine.launch(engine.spec("sleeps", ["start/0.0"]))
    engine.wait_for(attempt, b"sleeping\n")
    engine.control.close()
    assert engine.command.wait() == 0
    deadline = time.monotonic() + 10
    while _runs(attempt.pid):
        assert time.monotonic() < deadline, "the worker outlives the zygote"
        time.sleep(0.01)


def test_workers_end_with_a_killed_zygote(tmp_path: Any) -> None:
    engine = SmallEngine(tmp_path, Ends)
    engine.run("start")
    attempt = engine.launch(engine.spec("sleeps", ["start/0.0"]))
    engine.wait_for(attempt, b"sleeping\n")
    os.kill(engine.zygote_pid, signal.SIGKILL)
    assert engine.command.wait() != 0
    engine.control.close()
    deadline = time.monotonic() + 10
    while _runs(attempt.pid):
        assert time.monotonic() < deadline, "the worker outlives the zygote"
        time.sleep(0.01)
