"""`flownote.memo`: in programs, threads, processes and steps. Every process here is real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from shell_project import Project

HEAD = "import functools, os, sys, threading, time\nfrom flownote import memo\n"
FUNCTION = """
def helper(x):
    return x * 2

@memo
def f(a, b=1, *rest, **more):
    print("computes", a)
    return helper(a) + b
"""


def program(project: Project, *parts: str, code: int = 0) -> list[str]:
    """Run a program and return its lines; warnings come after, as they are printed."""
    text = HEAD + "".join(textwrap.dedent(part) + "\n" for part in parts)
    (project.folder / "program.py").write_text(text)
    done = project.python("program.py")
    assert done.code == code, done.err
    return [*done.out.splitlines(), *(line for line in done.err.splitlines() if "Warning" in line)]


def computed(project: Project, *parts: str) -> int:
    """Return how often a program computed."""
    return sum(line.startswith("computes") for line in program(project, *parts))


@pytest.mark.parametrize(
    ("calls", "times"),
    [
        ("f(1); f(1)", 1),
        ("f(1); f(a=1); f(1, 1); f(1, b=1)", 1),
        ("f(1, x=1, y=2); f(1, y=2, x=1)", 1),
        ("f(1); f(2)", 2),
        ("f(1); f(1.0); f(True)", 3),
        ("f(1, 1, 2); f(1, 1, (2,))", 2),
        ("f(1, 1, x=1); f(1, 1, 1)", 2),
        ("print(f(1) == 3 or 'computes wrong')", 1),
    ],
)
def test_arguments(project: Project, calls: str, times: int) -> None:
    assert computed(project, FUNCTION, calls) == times
    assert computed(project, FUNCTION, calls) == 0


@pytest.mark.parametrize(
    ("before", "after", "again"),
    [
        ("", "# a comment", 0),
        ("x * 2", "x * 3", 1),
        ("b=1", "b=2", 1),
        ("    return helper(a) + b", '    """Says what it does."""\n    return helper(a) + b', 0),
        ('print("computes", a)', 'print("computes", a, "again")', 0),
        ("def helper", "def unrelated():\n    return 1\n\ndef helper", 0),
    ],
)
def test_edits(project: Project, before: str, after: str, again: int) -> None:
    assert computed(project, FUNCTION, "f(1)") == 1
    edited = FUNCTION.replace(before, after) if before else FUNCTION + after
    assert computed(project, edited, "f(1)") == again


def test_helper_in_another_module(project: Project) -> None:
    (project.folder / "other.py").write_text("def helper(x):\n    return x\n")
    function = "from other import helper\n@memo\ndef f(a): print('computes'); return helper(a)"
    assert computed(project, function, "f(1)") == 1
    assert computed(project, function, "f(1)") == 0
    (project.folder / "other.py").write_text("def helper(x):\n    return -x\n")
    assert computed(project, function, "f(1)") == 1


def test_closures_and_globals(project: Project) -> None:
    closures = """
        def make(k):
            @memo
            def inner(a):
                print("computes")
                return a * k
            return inner
        assert [make(2)(1), make(3)(1), make(2)(1)] == [2, 3, 2]
    """
    assert computed(project, closures) == 2
    beside = """
        def make():
            @memo
            def one(a):
                print("computes")
                return a + 1
            @memo
            def two(a):
                print("computes")
                return a + 2
            return one, two
        assert [function(1) for function in make() + make()] == [2, 3, 2, 3]
    """
    assert computed(project, beside) == 2
    bound = """
        SCALE, TABLE = 2, {"k": 1}
        @memo
        def f(a):
            print("computes")
            return a * SCALE * TABLE["k"]
        assert f(1) == 2 and f(1) == 2
        SCALE = 3
        assert f(1) == 3
        TABLE["k"] = 5
        assert f(1) == 15
    """
    assert computed(project, bound) == 3
    given = """
        @memo
        def apply(function, a):
            print("computes")
            return function(a)
        assert [apply(lambda x: x + 1, 1), apply(lambda x: x + 2, 1)] == [2, 3]
        assert [apply(lambda x: x + 3, 1) for _ in range(2)] == [4, 4]
    """
    assert computed(project, given) == 3


def test_what_fails_is_not_kept(project: Project) -> None:
    failing = """
        @memo
        def f(a):
            print("computes")
            raise ValueError(a)
        for _ in range(2):
            try: f(1)
            except ValueError as error: assert error.args == (1,)
    """
    assert computed(project, failing) == 2


def test_what_cannot_be_kept_says_why(project: Project) -> None:
    lines = program(
        project,
        """
        @memo
        def f(a):
            print("computes")
            os.system("true")
            return 1
        @memo
        def g(a):
            print("computes")
            return lambda: 1
        f(1); f(1); g(1)
        """,
    )
    assert lines.count("computes") == 3
    assert any("`f` isn't kept: it ran `true`" in line for line in lines)
    assert any("`g` isn't kept" in line and "function" in line for line in lines)


def test_why_a_call_would_be_computed(project: Project) -> None:
    assert program(project, FUNCTION, "print(f.why(1))") == ["no value of `f` is kept"]
    (kept,) = program(project, FUNCTION, "f(1)", "print(f.why(1))")[1:]
    assert kept.startswith("kept: computed by ana, ")
    (other,) = program(project, FUNCTION, "print(f.why(2))")
    assert other.startswith("the arguments differ; the nearest is by ana, ")
    edited = FUNCTION.replace("x * 2", "x * 3")
    (code,) = program(project, edited, "print(f.why(1))")
    assert code.startswith("code changed in `helper` (program.py:4); the nearest is by ana")
    reads = """
        @memo
        def g():
            return open("data.txt").read()
    """
    (project.folder / "data.txt").write_text("1")
    program(project, reads, "g()")
    (project.folder / "data.txt").write_text("2")
    (world,) = program(project, reads, "print(g.why())")
    assert world.startswith("file `data.txt` changed")
    pickled = """
        class Box: pass
        @memo
        def h(): return Box()
    """
    program(project, pickled, "h()")
    project.env["FLOWNOTE_USER"] = "bo"
    (hers,) = program(project, pickled, "print(h.why())")
    assert hers == "the value is ana's and a pickle; `trust_pickles=True` takes it"
    (own,) = program(project, pickled, "h(); print(h.why())")
    assert own.startswith("kept: computed by bo, ")


def test_what_cannot_be_kept_is_computed_by_all_at_once(project: Project) -> None:
    # Three threads that waited for one another would never meet.
    lines = program(
        project,
        """
        @memo
        def f(a):
            os.system("true")
            threading.MEETING.wait(timeout=60)
            print("met")
        threading.MEETING = threading.Barrier(1)
        f(1)
        threading.MEETING = threading.Barrier(3)
        threads = [threading.Thread(target=f, args=(1,)) for _ in range(3)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        """,
    )
    # Threads print as they please.
    assert "".join(lines).count("met") == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@memo\ndef f(a): yield a", "generator"),
        ("@memo\nasync def f(a): pass", "asynchronous"),
        ("@memo(ignore=['c'])\ndef f(a): pass", "no argument `c`"),
        ("@memo(ttl='soon')\ndef f(a): pass", "no time above zero"),
        ("@memo(externals=[1])\ndef f(a): pass", "neither a path nor a declaration"),
        ("@memo\ndef f(a): pass\nf(threading.Lock())", "can't be memoised for its argument `a`"),
        ("@memo\ndef f(a): pass\nf(b=1)", "TypeError"),
    ],
)
def test_mistakes(project: Project, text: str, message: str) -> None:
    (project.folder / "program.py").write_text(HEAD + text)
    done = project.python("program.py")
    assert done.code == 1
    assert message in done.err


def test_options(project: Project) -> None:
    (project.folder / "x.csv").write_text("1")
    text = """
        @memo(ignore=["verbose"])
        def f(a, verbose=False):
            print("computes f")
            return a
        f(1); f(1, verbose=True)
        f.clear(1); f(1)
        assert f.__wrapped__(1) == 1

        @memo(ttl=0.5)
        def soon(a):
            print("computes soon")
            return a
        soon(1); time.sleep(0.6); soon(1)

        @memo(store="elsewhere")
        def there(a):
            return a
        assert there(1) == 1 and os.path.isdir("elsewhere/cache")
    """
    lines = program(project, text)
    assert lines.count("computes f") == 3
    assert lines.count("computes soon") == 2


def test_reads_of_the_world(project: Project) -> None:
    reading = """
        @memo
        def f(path):
            print("computes")
            return open(path).read()
        print("=", f("x.csv"))
    """
    (project.folder / "x.csv").write_text("1")
    assert program(project, reading) == ["computes", "= 1"]
    assert program(project, reading) == ["= 1"]
    (project.folder / "x.csv").write_text("2")
    assert program(project, reading) == ["computes", "= 2"]
    (project.folder / "x.csv").write_text("1")
    assert program(project, reading) == ["= 1"]


def test_threads_compute_once(project: Project) -> None:
    text = """
        @memo
        def f(a):
            print("computes")
            time.sleep(0.3)
            return a
        found = []
        threads = [threading.Thread(target=lambda: found.append(f(1))) for _ in range(12)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        assert found == [1] * 12
    """
    assert computed(project, text) == 1


def test_calls_within_calls(project: Project) -> None:
    text = """
        @memo
        def inner(a):
            print("computes inner", a)
            return open("x.csv").read() * a
        @memo
        def outer(a):
            print("computes outer", a)
            return inner(a) + inner(a + 1)
        @memo
        def down(n):
            return 0 if n == 0 else down(n - 1) + 1
        print(outer(1), down(5))
    """
    (project.folder / "x.csv").write_text("x")
    assert computed(project, text) == 3
    assert program(project, text) == ["xxx 5"]
    # What the inner function read, the outer one's value depends on.
    (project.folder / "x.csv").write_text("y")
    assert program(project, text)[-1] == "yyy 5"


def start(project: Project, text: str) -> subprocess.Popen[str]:
    path = project.folder / "one.py"
    if not path.exists():
        path.write_text(HEAD + textwrap.dedent(text))
    return subprocess.Popen(
        [sys.executable, path.name],
        cwd=project.folder,
        env=project.env,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_fifty_processes_compute_once(project: Project) -> None:
    text = """
        @memo
        def f(a):
            print("computes")
            time.sleep(1)
            return [a] * 10_000
        assert f(7) == [7] * 10_000
    """
    processes = [start(project, text) for _ in range(50)]
    outputs = [process.communicate(timeout=240)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * 50
    assert "".join(outputs) == "computes\n"


def test_a_killed_holder_is_replaced(project: Project) -> None:
    text = """
        @memo
        def f(a):
            print("computes", flush=True)
            while not os.path.exists("go"): time.sleep(0.02)
            return a
        print(f(1), flush=True)
    """
    holder, waiter = start(project, text), None
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "computes\n"
        waiter = start(project, text)
        with pytest.raises(subprocess.TimeoutExpired):
            waiter.wait(timeout=1.5)
        holder.send_signal(signal.SIGKILL)
        assert waiter.stdout is not None
        assert waiter.stdout.readline() == "computes\n"
        (project.folder / "go").write_text("")
        assert waiter.communicate(timeout=60)[0] == "1\n"
    finally:
        for process in (holder, waiter):
            if process is not None and process.poll() is None:
                process.kill()


def test_a_large_array(project: Project) -> None:
    pytest.importorskip("numpy")
    text = """
        import numpy as np
        @memo
        def double(a):
            print("computes")
            return a * 2
        a = np.arange(12_500_000, dtype="f8")
        for _ in range(2):
            found = double(a)
            assert found.dtype == a.dtype and (found == a * 2).all()
        a[-1] = 0
        assert double(a)[-1] == 0
    """
    assert computed(project, text) == 2


def test_a_forked_process_asks_for_itself(project: Project) -> None:
    text = """
        import multiprocessing
        @memo
        def f(a):
            print("computes", flush=True)
            return a
        f(1)
        with multiprocessing.get_context("fork").Pool(2) as pool:
            assert pool.map(f, [1, 1, 2, 2]) == [1, 1, 2, 2]
    """
    assert computed(project, text) == 2


FLOW = """
import os
from flownote import FlowSpec, current, memo, step

@memo
def table(n):
    with open("computed.log", "a") as log: log.write("x")
    return list(range(n))

@memo
def fails(n):
    raise ValueError("no table")

class Uses(FlowSpec):
    @step
    def start(self):
        self.n = 2000
        self.next(self.each, foreach="ns")
    ns = [2000, 2000, 3, 3]
    @step
    def each(self):
        self.total = sum(table(self.input))
        try: fails(1)
        except ValueError: self.failed = True
        self.next(self.join)
    @step
    def join(self, inputs):
        self.totals = [one.total for one in inputs]
        assert table(2000)[-1] == 1999
        self.next(self.end)
    @step
    def end(self):
        print(self.totals)
"""


@pytest.mark.parametrize("how", ["", "--spawn", "--in-process"])
def test_in_steps(project: Project, how: str) -> None:
    (project.folder / "flow.py").write_text(FLOW)
    log = project.folder / "computed.log"
    first = project.shell(f"run flow.py --cache {how}")
    assert first.code == 0, first.err
    assert log.read_text() == "xx"
    # The program beside the flow takes the step's value: one cache for both.
    taken = project.python("-c", "import flow; print(len(flow.table(2000)))")
    assert taken.out == "2000\n"
    again = project.shell(f"run flow.py --cache {how}")
    assert "each/0 reused" in again.err, again.err
    (project.folder / "flow.py").write_text(FLOW.replace("range(n)", "range(0, n)"))
    assert project.shell(f"run flow.py {how}").code == 0
    assert log.read_text() == "xxxx"


def test_a_killed_worker_gives_back_what_it_computes(project: Project) -> None:
    flow = """
        import os, signal
        from flownote import FlowSpec, current, memo, retry, step
        @memo
        def f(pids):
            with open("pids", "a") as file: file.write("x")
            if os.path.getsize("pids") == 1: os.kill(os.getpid(), signal.SIGKILL)
            return [1] * 5000
        class Dies(FlowSpec):
            @retry(times=1, minutes_between_retries=0)
            @step
            def start(self):
                self.x = f(1)
                self.next(self.end)
            @step
            def end(self): print(len(self.x))
    """
    (project.folder / "flow.py").write_text(textwrap.dedent(flow))
    began = time.monotonic()
    done = project.shell("run flow.py")
    assert done.code == 0, done.err
    assert "5000" in done.out
    assert (project.folder / "pids").read_text() == "xx"
    assert time.monotonic() - began < 25, "a lease of another host would have timed out first"


def test_another_users_pickle(project: Project) -> None:
    text = """
        class Model: pass
        @memo(trust_pickles="--trust" in os.environ.get("HOW", ""))
        def train(a):
            print("computes")
            return Model()
        train(1)
    """
    assert computed(project, text) == 1
    project.env["FLOWNOTE_USER"] = "ben"
    assert computed(project, text) == 1
    project.env["HOW"] = "--trust"
    assert computed(project, text) == 0


def test_without_source(project: Project) -> None:
    project.python("-c", "print(1)")
    done = project.python(
        "-c", "from flownote import memo\nf = memo(eval('lambda a: a'))\nprint(f(1), f(1))"
    )
    assert done.out == "1 1\n"
    assert "isn't memoised: its source can't be found" in done.err


CELLS = """
import linecache, sys
from flownote import memo

def run(number, text):
    name = f"/tmp/ipykernel_1/{number}.py"  # as Jupyter names its cells
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    exec(compile(text, name, "exec"), globals())

F = "@memo\\ndef f(a): return helper(a), print('computes')"
run(1, "def helper(a):\\n    return a")
run(2, F)
f(1); f(1)
run(3, "# a comment\\ndef helper(a):\\n    return a")
f(1)
run(4, "def helper(a):\\n    return -a")
assert f(1)[0] == -1
run(5, F)
f(1)
"""


def test_in_a_notebook(project: Project) -> None:
    assert computed(project, CELLS) == 2


def test_gc_keeps_what_is_memoised(project: Project) -> None:
    text = "@memo\ndef f(a): print('computes'); return list(range(a))\nf(5000)"
    assert computed(project, text) == 1
    for _ in range(2):
        assert project.shell("gc --grace 0s --yes").code in (0, 2)
    assert computed(project, text) == 0
    assert not list(Path(project.store / "staging").glob("memo-*")), os.listdir(project.store)
