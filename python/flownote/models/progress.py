"""How far a long fit is: a bar of tqdm's, or a plain line where tqdm isn't installed."""

from __future__ import annotations

import builtins
import sys
import time
from contextlib import contextmanager
from typing import Any

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["shown"]

# A log, unlike a terminal, keeps each line: so many seconds are between two of them.
_BETWEEN_LINES = 10.0


@contextmanager
def shown(
    show: bool | None, name: str, *, unit: str | None = None
) -> Iterator[Callable[[int, int | None], None] | None]:
    """Show how far something is, once it lasts longer than about a second.

    Parameters
    ----------
    show : bool, optional
        Whether to; by default in terminals and notebooks, not where output goes into a log.
    name : str
        What it is.
    unit : str, optional
        What a step is for people; without one, only the share of steps is shown.

    Yields
    ------
    callable or None
        To be called with how many steps were made, and of how many, None where nobody knows.
    """
    if not (_watched() if show is None else show):
        yield None
        return
    bar = _Bar(name, unit)
    try:
        yield bar
    finally:
        bar.close()


def _watched() -> bool:
    """Return whether somebody looks on: at a terminal, or at a notebook."""
    stream = sys.stderr
    return bool(stream is not None and stream.isatty()) or _in_notebook()


def _in_notebook() -> bool:
    # Notebooks' shells put it there; the name of its class is what tqdm and rich look for, too.
    get = getattr(builtins, "get_ipython", None)
    return callable(get) and type(get()).__name__ == "ZMQInteractiveShell"


class _Bar:
    """Makes the bar when it is first told of steps: what is over by then shows nothing."""

    def __init__(self, name: str, unit: str | None) -> None:
        self._name = name
        self._unit = unit
        self._began = time.time()
        self._made: Any = None

    def __call__(self, made: int, steps: int | None) -> None:
        if self._made is None:
            self._made = self._make(steps)
        self._made.update(made - self._made.n)

    def close(self) -> None:
        if self._made is not None:
            self._made.close()

    def _make(self, steps: int | None) -> Any:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return _Line(self._name, steps, self._began)
        options: dict[str, Any] = {"unit": self._unit or "step"}
        if steps is not None and self._unit is None:
            options["bar_format"] = "{l_bar}{bar}| [{elapsed}<{remaining}]"
        bar = tqdm(total=steps, desc=self._name, **options)
        # It was begun before there was a bar: so long it takes in all.
        bar.start_t = self._began
        return bar


class _Line:
    """What is shown without tqdm: one line of a terminal, or a line now and then in a log."""

    def __init__(self, name: str, steps: int | None, began: float) -> None:
        self.n = 0
        self._name = name
        self._steps = steps
        self._began = began
        self._last: float | None = None
        self._terminal = sys.stderr.isatty()

    def update(self, more: int) -> None:
        self.n += more
        now = time.time()
        between = 0.1 if self._terminal else _BETWEEN_LINES
        if self._last is None or now - self._last >= between or self.n == self._steps:
            self._last = now
            self._write("\r" if self._terminal else "", "" if self._terminal else "\n")

    def close(self) -> None:
        if self._terminal:
            self._write("\r", "\n")

    def _write(self, before: str, after: str) -> None:
        far = f"{self.n:,} steps" if self._steps is None else f"{100 * self.n // self._steps} %"
        seconds = time.time() - self._began
        sys.stderr.write(f"{before}{self._name}: {far} ({seconds:.0f} s){after}")
        sys.stderr.flush()
