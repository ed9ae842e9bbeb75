"""What is measured, on whom, and what we are after (DESIGN, section 6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

FLOWNOTE, METAFLOW, SCRIPT = "Flownote", "Metaflow", "NumPy script"
JOBLIB = "joblib.Memory"
IPYKERNEL = "ipykernel"
ARRAY_BYTES = 8 * 2**26

Medians = dict[tuple[str, str], dict[str, float]]
"""(case, engine) → `cpu`, `wall`, `rss`, `files`."""


@dataclass(frozen=True)
class Case:
    """One flow, run by one or more engines in turn."""

    name: str
    title: str
    flow: str
    engines: tuple[str, ...] = (FLOWNOTE, METAFLOW)
    environment: dict[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    resume: bool = False
    """Fail in the last step first, unmeasured; then measure `resume`."""
    again: bool = False
    """Run it once before, unmeasured, so that the cache has it all."""
    program: bool = False
    """Not a flow: a program that is given the folder, and whose last line is JSON of more
    that it measured."""
    studio: bool = False
    """It needs the studio's wheel, a long build, and what its cells import."""
    slow: bool = False
    """Measured only when it is named, or with `--slow`."""
    words: tuple[str, ...] = ()
    """Run this instead of the flow; `@` stands for the engine's name."""
    rounds: int = 5
    """At most so many rounds, however many are asked for."""


@dataclass(frozen=True)
class Target:
    """A number that follows from the medians, and the limit that it should keep."""

    title: str
    unit: str
    limit: float
    value: Callable[[Medians], float]
    needs: tuple[tuple[str, str], ...]
    metric: str = ""
    """What must have been measured; some is only where a compiler is."""

    def is_known(self, medians: Medians) -> bool:
        """Whether what it needs was measured."""
        return all(
            need in medians and (not self.metric or self.metric in medians[need])
            for need in self.needs
        )


NUMPY = {"BENCH_NUMPY": "1"}
WIDE = {"BENCH_WIDTH": "200"}

CASES = [
    Case("import", "`import flownote`", "", words=("python", "-c", "import @")),
    Case("help", "`flownote --help`", "", words=("@", "--help")),
    Case("hello", "hello, 2 steps", "hello.py"),
    Case("hello-numpy", "hello, NumPy imported", "hello.py", environment=NUMPY),
    Case("linear", "20 linear steps", "linear.py"),
    Case("linear-numpy", "20 linear steps, NumPy imported", "linear.py", environment=NUMPY),
    Case("resume", "resume after 19 of 20 steps", "linear.py", resume=True),
    Case("foreach", "foreach 200 + join, 2 workers", "foreach.py", environment=WIDE),
    Case(
        "foreach-numpy",
        "foreach 200 + join, NumPy imported",
        "foreach.py",
        environment=WIDE | NUMPY,
    ),
    Case(
        "spawn",
        "foreach 200 + join, `--spawn`",
        "foreach.py",
        (FLOWNOTE,),
        environment=WIDE,
        flags=("--spawn",),
    ),
    Case(
        "foreach-10000",
        "foreach 10,000 + join",
        "foreach.py",
        (FLOWNOTE,),
        environment={"BENCH_WIDTH": "10000"},
        rounds=3,
    ),
    Case(
        "cached",
        "20 cached linear steps, taken again",
        "linear.py",
        (FLOWNOTE,),
        flags=("--cache",),
        again=True,
    ),
    Case(
        "cached-10000",
        "foreach 10,000 + join, cached, taken again",
        "foreach.py",
        (FLOWNOTE,),
        environment={"BENCH_WIDTH": "10000"},
        flags=("--cache", "--quiet"),
        again=True,
        rounds=3,
    ),
    Case(
        "reach",
        "code of a step that reaches 200 functions",
        "reach.py",
        (FLOWNOTE,),
        program=True,
    ),
    Case(
        "memo",
        "100 MB array in and out of a memoised function, twice",
        "memo.py",
        (FLOWNOTE, JOBLIB),
        program=True,
    ),
    Case(
        "resume-100000",
        "resume after a foreach of 100,000",
        "foreach.py",
        (FLOWNOTE,),
        environment={"BENCH_WIDTH": "100000"},
        flags=("--quiet",),
        resume=True,
        slow=True,
        rounds=1,
    ),
    Case(
        "million",
        "a store of 1,000,000 artifacts: one task read, then gc",
        "million.py",
        (FLOWNOTE,),
        program=True,
        slow=True,
        rounds=1,
    ),
    Case(
        "kernel",
        "a kernel: start, `1+1`, a frame, an interrupt, lines, results, Rust",
        "kernel.py",
        (FLOWNOTE, IPYKERNEL),
        program=True,
        studio=True,
        rounds=3,
    ),
    Case(
        "names",
        "names of 1,000 cells",
        "names.py",
        (FLOWNOTE,),
        program=True,
        studio=True,
    ),
    Case(
        "sql",
        "four queries over 10 M rows, beside DuckDB and Polars",
        "sql.py",
        (FLOWNOTE,),
        program=True,
        studio=True,
        rounds=1,
    ),
    Case(
        "wasm",
        "1 M rows scored by a WASM function, a loop and NumPy",
        "wasm.py",
        (FLOWNOTE,),
        program=True,
        studio=True,
    ),
    Case("array", "512 MiB array written, then read", "big_array.py", (FLOWNOTE, METAFLOW, SCRIPT)),
    Case("artifacts", "2,000 small artifacts", "artifacts.py"),
]


def _simple(title: str, unit: str, limit: float, case: str, metric: str, scale: float) -> Target:
    needs = ((case, FLOWNOTE),)
    return Target(title, unit, limit, lambda m: m[case, FLOWNOTE][metric] / scale, needs, metric)


def _per_task(title: str, limit: float, case: str, hello: str) -> Target:
    """The foreach has 203 tasks and `hello` 2; what they don't share is 201 tasks."""

    def value(medians: Medians) -> float:
        extra = medians[case, FLOWNOTE]["cpu"] - medians[hello, FLOWNOTE]["cpu"]
        return extra / 201 * 1000

    return Target(title, "ms CPU", limit, value, ((case, FLOWNOTE), (hello, FLOWNOTE)))


def _beside_script(medians: Medians) -> float:
    return medians["array", FLOWNOTE]["cpu"] / medians["array", SCRIPT]["cpu"]


def _beside_joblib(medians: Medians) -> float:
    return medians["memo", FLOWNOTE]["again_cpu"] / medians["memo", JOBLIB]["again_cpu"]


def _added_wall(medians: Medians) -> float:
    return medians["foreach-10000", FLOWNOTE]["wall"] - medians["hello", FLOWNOTE]["wall"]


TARGETS = [
    _simple("`import flownote`", "ms CPU", 60, "import", "cpu", 1e-3),
    _simple("`flownote --help`", "ms CPU", 80, "help", "cpu", 1e-3),
    _simple("hello, 2 steps", "CPU-s", 0.15, "hello", "cpu", 1),
    _simple("20 linear steps", "CPU-s", 0.35, "linear", "cpu", 1),
    _simple("resume after 19 of 20 steps", "CPU-s", 0.2, "resume", "cpu", 1),
    _simple("resume of 100,000 tasks, to its end", "CPU-s", 30, "resume-100000", "cpu", 1),
    _simple("20 cached linear steps, taken again", "CPU-s", 0.2, "cached", "cpu", 1),
    _simple("10,000 cached items, taken again", "s", 5, "cached-10000", "wall", 1),
    _simple("code of a step that reaches 200 functions", "ms", 20, "reach", "ms", 1),
    _simple("the same in a later process", "ms", 20, "reach", "again_ms", 1),
    Target(
        "100 MB array taken again, CPU beside joblib.Memory",
        "×",
        1,
        _beside_joblib,
        (("memo", FLOWNOTE), ("memo", JOBLIB)),
    ),
    _simple("one task read in a store of 1 M, times that of 1 k", "×", 2, "million", "times", 1),
    _simple("gc of a store of 1 M artifacts, mark and sweep", "s", 120, "million", "gc", 1),
    _simple("SQL over 10 M rows, times DuckDB (no claim)", "×", 3, "sql", "times_duckdb", 1),
    _simple("SQL over 10 M rows, times Polars (no claim)", "×", 3, "sql", "times_polars", 1),
    _simple("WASM column function over 1 M rows, deadline", "ms", 10, "wasm", "wasm_ms", 1),
    _simple("kernel start to ready", "s", 0.3, "kernel", "start_ms", 1e3),
    _simple("`1+1` round trip at the server", "ms", 0.5, "kernel", "one_ms", 1),
    _simple("100 MB frame to another language, first", "ms", 150, "kernel", "frame_first_ms", 1),
    _simple("100 MB frame to another language, again", "ms", 2, "kernel", "frame_again_ms", 1),
    _simple("interrupt a busy loop", "ms", 5, "kernel", "interrupt_ms", 1),
    _simple("100,000 printed lines", "s", 0.4, "kernel", "lines_ms", 1e3),
    _simple("100,000 printed lines, memory added", "MB", 64, "kernel", "lines_memory_mb", 1),
    _simple("restored value cell: result taken", "ms", 5, "kernel", "restored_ms", 1),
    _simple("restored value cell: value given", "ms", 5, "kernel", "given_ms", 1),
    _simple("Rust cell, unchanged", "ms", 5, "kernel", "rust_unchanged_ms", 1),
    _simple("Rust cell, edited", "s", 0.3, "kernel", "rust_edited_ms", 1e3),
    _simple("Rust cell with Arrow, edited", "s", 0.6, "kernel", "rust_arrow_ms", 1e3),
    _simple("names of 1,000 cells, cold", "ms", 150, "names", "cold_ms", 1),
    _simple("names of 1,000 cells, cached", "ms", 50, "names", "cached_ms", 1),
    _simple("foreach 200 + join, 2 workers", "CPU-s", 1.5, "foreach", "cpu", 1),
    _per_task("fixed cost of a task", 7, "foreach", "hello"),
    _per_task("fixed cost of a task, NumPy imported", 10, "foreach-numpy", "hello-numpy"),
    Target(
        "10,000-way foreach, wall added",
        "s",
        60,
        _added_wall,
        (("foreach-10000", FLOWNOTE), ("hello", FLOWNOTE)),
    ),
    _simple("10,000-way foreach, largest process", "MB", 300, "foreach-10000", "rss", 1e6),
    Target(
        "512 MiB array, CPU beside the NumPy script",
        "×",
        1.6,
        _beside_script,
        (("array", FLOWNOTE), ("array", SCRIPT)),
    ),
    _simple("512 MiB array, memory beside the array", "×", 1.3, "array", "rss", ARRAY_BYTES),
    _simple("2,000 small artifacts", "CPU-s", 0.3, "artifacts", "cpu", 1),
    _simple("2,000 small artifacts, files", "files", 20, "artifacts", "files", 1),
]
