"""``%time``, ``%timeit``, ``%prun``."""

from __future__ import annotations

import ast
import gc
import math
import resource
import time
import timeit
from getopt import GetoptError, getopt

from flownote.kernel import sourcecode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.shell import Shell


def _time(shell: Shell, line: str, cell: str | None = None) -> Any:
    """Run code and say how long it took."""
    from flownote.kernel.shell import UsageError

    if cell is not None and line.strip():
        raise UsageError("`%%time` takes no code in its own line", hint="put it into the next line")
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    try:
        return shell.run_body(cell) if cell is not None else _run_line(shell, line)
    finally:
        wall = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_SELF)
        user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
        total = user + system
        print(f"CPU times: user {short(user)}, sys: {short(system)}, total: {short(total)}")
        print(f"Wall time: {short(wall)}")


def _run_line(shell: Shell, line: str) -> Any:
    code = shell.transform_cell(line)
    return shell.run_statements(ast.parse(code, "<timed>").body, "<timed>")


class TimeitResult:
    """How long code took, of several runs."""

    def __init__(self, loops: int, runs: list[float], precision: int) -> None:
        self.loops = loops
        self.repeat = len(runs)
        self.all_runs = runs
        self.timings = [run / loops for run in runs]
        self.best, self.worst = min(self.timings), max(self.timings)
        self._precision = precision

    @property
    def average(self) -> float:
        """The mean."""
        return math.fsum(self.timings) / len(self.timings)

    @property
    def stdev(self) -> float:
        """The standard deviation."""
        mean = self.average
        return math.sqrt(math.fsum((one - mean) ** 2 for one in self.timings) / len(self.timings))

    def __str__(self) -> str:
        runs = f"{self.repeat} run{'' if self.repeat == 1 else 's'}"
        loops = f"{self.loops:,} loop{'' if self.loops == 1 else 's'}"
        mean, deviation = (short(one, self._precision) for one in (self.average, self.stdev))
        return f"{mean} ± {deviation} per loop (mean ± std. dev. of {runs}, {loops} each)"

    def _repr_pretty_(self, p: Any, cycle: bool) -> None:
        p.text(f"<TimeitResult : {self}>")


def _timeit(shell: Shell, line: str, cell: str | None = None) -> Any:
    """Run code many times and say how long once takes."""
    from flownote.kernel.shell import UsageError

    options, code = _options(line, "n:r:tcp:qov:")
    if not code.strip() and not cell:
        raise UsageError("`%timeit` needs code", hint="%timeit sum(range(100))")
    body = cell if cell is not None else code
    setup = code if cell is not None else "pass"
    file = sourcecode.named("<timeit>")
    timer = _timer(shell, shell.transform_cell(body), shell.transform_cell(setup), file)
    number = int(options.get("n", 0))
    repeat = int(options.get("r", 7 if "t" not in options else 3))
    collects = gc.isenabled()
    gc.disable()
    try:
        if not number:
            for power in range(10):
                number = 10**power
                if timer.timeit(number) >= 0.2:
                    break
        runs = timer.repeat(repeat, number)
    finally:
        if collects:
            gc.enable()
    result = TimeitResult(number, runs, int(options.get("p", 3)))
    if "q" not in options:
        if result.worst > 4 * result.best and result.best > 0 and result.worst > 1e-6:
            print(
                f"The slowest run took {result.worst / result.best:0.2f} times longer than the "
                "fastest. This could mean that an intermediate result is being cached."
            )
        print(result)
    if "v" in options:
        shell.user_ns[options["v"]] = result
    return result if "o" in options else None


_LOOP = """
def inner(_it, _timer):
    _t0 = _timer()
    for _i in _it:
        pass
    _t1 = _timer()
    return _t1 - _t0
"""


def _timer(shell: Shell, body: str, setup: str, file: str) -> timeit.Timer:
    """Make a timer whose loop is compiled in the user's names."""
    tree: Any = ast.parse(_LOOP, file)
    function = tree.body[0]
    function.body[1].body = ast.parse(body or "pass", file).body or function.body[1].body
    function.body[:0] = ast.parse(setup or "pass", file).body
    names: dict[str, Any] = {}
    exec(compile(ast.fix_missing_locations(tree), file, "exec"), shell.user_ns, names)
    timer = timeit.Timer(timer=time.perf_counter)
    timer.inner = names["inner"]  # type: ignore[attr-defined]
    return timer


def _prun(shell: Shell, line: str, cell: str | None = None) -> None:
    """Run code under Python's profiler."""
    import cProfile
    import pstats

    options, code = _options(line, "D:l:rs:T:q")
    profile = cProfile.Profile()
    body = f"{code}\n{cell or ''}"
    try:
        profile.runctx(shell.transform_cell(body), shell.user_ns, shell.user_ns)
    finally:
        if "q" not in options:
            stats = pstats.Stats(profile).strip_dirs()
            stats.sort_stats(options.get("s", "time")).print_stats(30)


def _options(line: str, known: str) -> tuple[dict[str, str], str]:
    """Split the options off a line; the rest stays as it is written."""
    from flownote.kernel.shell import UsageError

    taken, rest = [], line.strip()
    while rest.startswith("-") and len(rest) > 1 and (rest[1].isalpha()):
        word, _, rest = rest.partition(" ")
        rest = rest.lstrip()
        taken.append(word)
        if known.find(f"{word[1]}:") >= 0 and len(word) == 2:
            value, _, rest = rest.partition(" ")
            taken.append(value)
            rest = rest.lstrip()
    try:
        pairs, _ = getopt(taken, known)
    except GetoptError as error:
        raise UsageError(f"{error.msg}") from None
    return {name.lstrip("-"): value for name, value in pairs}, rest


def short(seconds: float, precision: int = 3) -> str:
    """Return a time in the unit that suits it."""
    if seconds >= 60:
        parts, left = [], seconds
        for unit, length in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
            count = int(left / length)
            if count > 0:
                left %= length
                parts.append(f"{count}{unit}")
            if left < 1:
                break
        return " ".join(parts)
    order = min(-int(math.floor(math.log10(seconds)) // 3), 3) if seconds > 0 else 3
    order = max(order, 0)
    return f"{seconds * 10 ** (3 * order):.{precision}g} {('s', 'ms', 'μs', 'ns')[order]}"


LINE = {"time": _time, "timeit": _timeit, "prun": _prun}
CELL = {"time": _time, "timeit": _timeit, "prun": _prun}
