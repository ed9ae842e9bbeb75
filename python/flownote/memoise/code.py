"""The code of a memoised function, found again when something that it rests on changed.

A step's code is found once, before it runs. A memoised function lives in programs and
notebooks that go on: its globals may be bound anew between two calls.
"""

from __future__ import annotations

import inspect

from flownote import sources
from flownote.digests import digest_of_text
from flownote.provenance import StepCode, root_of
from flownote.provenance.modules import Modules, Project
from flownote.provenance.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.provenance.reach import Reach

_CONTAINERS = (list, dict, set)


class Code:
    """The code that a function reaches."""

    def __init__(self, function: Any) -> None:
        self._function = function
        _keep_source(function)
        self._known: StepCode | None = None
        self._modules: list[Any] = []
        self._rests_on: list[Any] = []

    def now(self) -> StepCode:
        """Return the code as it is now."""
        if self._known is not None and _equal(self._rests_on, self._look()):
            return self._known
        reach = _reach(self._function)
        self._known = StepCode(reach)
        inner = inspect.unwrap(self._function)
        if "<" in getattr(inner, "__qualname__", ""):
            # Source tells functions within one, and lambdas of one line, not apart.
            self._known.digest = digest_of_text(f"{self._known.digest} {_compiled(inner)}")
        found = reach.modules.found()
        self._modules = [one.live for one in found if isinstance(one, Project) and one.live]
        self._rests_on = self._look()
        return self._known

    def _look(self) -> list[Any]:
        """Return everything that may be bound to something else: objects, compared by identity,
        and the digests of those that change in place.
        """
        seen: list[Any] = []
        for module in self._modules:
            for name, value in list(vars(module).items()):
                if not name.startswith("__"):
                    seen += (name, value, _content(value))
        function = self._function
        while function is not None:
            for cell in getattr(function, "__closure__", None) or ():
                try:
                    seen += (cell.cell_contents, _content(cell.cell_contents))
                except ValueError:  # not filled yet
                    continue
            seen += (*(getattr(function, "__defaults__", None) or ()),)
            function = getattr(function, "__wrapped__", None)
        return seen


def _reach(function: Any) -> Reach:
    from flownote.provenance.live import ROOT
    from flownote.provenance.reach import Reach

    reach = Reach(Modules(), root_of(function))
    try:
        reach.step(function, getattr(function, "__name__", "?"))
    except Exception as error:  # its value is computed all the same
        reach.note_unverified(f"its code can't be read: {type(error).__name__}: {error}")
    if all(called != ROOT for called, _, _ in reach.parts.values()):
        reach.note_unverified("its source can't be found")
    return reach


def _keep_source(function: Any) -> None:
    """Keep the text that a function was just defined by: its file may change later."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None or not sources.is_project_file(code.co_filename):
        return
    try:
        with open(code.co_filename, "rb") as file:
            sources.keep(code.co_filename, file.read())
    except (OSError, SyntaxError, UnicodeDecodeError):
        return


def _compiled(function: Any) -> str:
    """Return the digest of a function's compiled code, wherever it stands."""
    lines: list[str] = []
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        lines += [code.co_code.hex(), repr(code.co_names), repr(code.co_varnames)]
        for constant in code.co_consts:
            if inspect.iscode(constant):
                codes.append(constant)
            else:
                lines.append(plain(constant) or repr(constant))
    return digest_of_text("\n".join(lines))


def _content(value: Any) -> str | None:
    """Return the digest of what changes in place; None for what doesn't, or can't be told."""
    kind = type(value)
    if kind in _CONTAINERS:
        return plain(value)
    state = getattr(value, "__dict__", None)
    if type(state) is dict and not isinstance(value, type) and not callable(value):
        return plain(state)
    return None


def _equal(before: list[Any], now: list[Any]) -> bool:
    if len(before) != len(now):
        return False
    both = zip(before, now, strict=True)
    return all(one is other or _same_text(one, other) for one, other in both)


def _same_text(one: Any, other: Any) -> bool:
    return type(one) is str and type(other) is str and one == other
