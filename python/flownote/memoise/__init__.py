"""`memo`: keep what a function returns, wherever it is called.

What a call depends on is the code that the function reaches (`code`), its arguments
(`arguments`), its environment and what it reads of the world. One computes, the others
wait (`calls`): threads, processes and machines alike.
"""

from __future__ import annotations

import functools
import threading
import time
import warnings

from flownote.current import current
from flownote.exceptions import FlownoteException
from flownote.memoise.arguments import Arguments
from flownote.memoise.code import Code
from flownote.reads import Reads
from flownote.world.watch import covered, memoised

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


# How long a waiter sleeps between two looks, in seconds: first and longest.
WAITS = (0.005, 0.5)

_computing = threading.local()


def memo(function: Any = None, /, **options: Any) -> Any:
    """Keep what a function returns, and take it from there when it is called alike again.

    A value is taken when everything of the project that the function reaches has the same
    code, the arguments are equal, and the files that it read are as they were. It may have
    been computed in another process, run or machine over the same datastore. What fails
    isn't kept.

    Parameters
    ----------
    ignore
        Arguments that don't change the result, by name.
    ttl
        Seconds (or ``"15m"``, ``"1h"``, ``"7d"``) after which it is computed again.
    externals
        What the function reads in ways that can't be seen (see `flownote.file`).
    store
        The datastore; in a step it is the run's. By default the one that
        ``FLOWNOTE_STORE``, the configuration or the project's folder names.
    trust_pickles
        Whether pickles that another user wrote may be loaded; in a step the run decides.

    Returns
    -------
    Callable
        The function, with ``clear(*args, **kwargs)``, which forgets a call's value,
        ``why(*args, **kwargs)``, which says whether one is kept, and if not, what differs
        from the nearest that is, and ``__wrapped__``, which computes.

    Raises
    ------
    FlownoteException
        For a coroutine or a generator, whose value isn't there when it returns; at a call
        when an argument can't be told from others.

    Examples
    --------
    >>> from flownote import memo
    >>> @memo(ignore=["verbose"])
    ... def features(table, scale=1.0, verbose=False): ...
    """
    if function is None:
        return lambda decorated: memo(decorated, **options)
    kept = _Memoised(function, **options)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return kept.call(args, kwargs)

    call.clear = lambda *args, **kwargs: kept.clear(args, kwargs)  # type: ignore[attr-defined]
    call.why = lambda *args, **kwargs: kept.why(args, kwargs)  # type: ignore[attr-defined]
    return call


class _Memoised:
    def __init__(
        self,
        function: Any,
        *,
        ignore: Iterable[str] = (),
        ttl: float | str | None = None,
        externals: Iterable[Any] = (),
        store: str | None = None,
        trust_pickles: bool = False,
    ) -> None:
        from flownote.externals import declared, seconds

        self.function = function
        self.name = getattr(function, "__qualname__", type(function).__qualname__)
        self.arguments = Arguments(function, self.name, ignore)
        self.code = Code(function)
        self.externals = declared(externals)
        self.ttl = None if ttl is None else seconds(ttl)
        self.store = store
        self.trust_pickles = trust_pickles

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the value of a call."""
        with covered():
            known, value = self._call(args, kwargs)
        # What can't be memoised runs as if it were not: its reads are its caller's.
        return value if known else self.function(*args, **kwargs)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[bool, Any]:
        call = self._describe(args, kwargs)
        if call is None or call["reads"]["item"] in _held():
            return False, None
        calls = self._calls()
        wait = WAITS[0]
        while True:
            answer = calls.ask(call)
            if "hit" in answer:
                return True, self._take(calls, answer["hit"])
            if "compute" in answer:
                return True, self._compute(calls, answer, call, args, kwargs)
            if "held" not in answer:
                self._warn(f"isn't memoised now: {answer.get('error')}")
                return False, None
            time.sleep(wait)
            wait = min(wait * 2, WAITS[1])

    def clear(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Forget the value of a call; returns whether there was one."""
        call = self._describe(args, kwargs)
        return call is not None and self._calls().forget(call) > 0

    def why(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """Say whether the value of a call is kept, and if not, why."""
        call = self._describe(args, kwargs)
        if call is None:
            return "never kept: its code can't be followed"
        return self._calls().why(call, self.name)

    def _describe(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any] | None:
        """Return what a call depends on, as far as that is known before it runs."""
        from flownote import provenance
        from flownote.externals import versions

        item = self.arguments.digest(args, kwargs)
        code = self.code.now()
        if code.unverified:
            self._warn(f"isn't memoised: {code.unverified}")
            return None
        return {
            "schema": provenance.SCHEMA,
            "language": "python",
            "code": {
                "digest": code.digest,
                "coarse": code.coarse,
                "parts": code.parts,
                "lines": code.lines,
            },
            "environment": provenance.environment(code),
            "externals": versions(self.externals, self.ttl),
            "reads": {"item": item},
        }

    def _calls(self) -> Any:
        from flownote.memoise.calls import calls_of

        return calls_of(self.store, self.trust_pickles)

    def _take(self, calls: Any, hit: dict[str, Any]) -> Any:
        outer = current._reads
        if outer is not None:
            for one in hit["manifest"]["provenance"].get("externals", ()):
                outer.external(one["kind"], one["name"], one.get("version"))
        ((name, record),) = hit["manifest"]["artifacts"].items()
        return calls.load(record, name)

    def _compute(
        self,
        calls: Any,
        answer: dict[str, Any],
        call: dict[str, Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        token, item, began = answer["compute"], call["reads"]["item"], time.monotonic()
        _held().add(item)
        value, failed = None, True
        try:
            reads, result = self._run(args, kwargs)
            elapsed = round((time.monotonic() - began) * 1000)
            value = self._keepable(reads, call, result, answer["staging"], elapsed)
            failed = False
        finally:
            _held().discard(item)
            kept = calls.keep(token, value, failed)
        if kept.get("error"):
            self._warn(f"isn't kept: {kept['error']}")
        elif kept.get("differs"):
            self._warn("isn't deterministic: the same call gave something else before")
        return result

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Reads, Any]:
        thread, outer = current._of_thread, getattr(current._of_thread, "reads", None)
        reads = thread.reads = Reads()
        try:
            with memoised(self.externals):
                return reads, self.function(*args, **kwargs)
        finally:
            thread.reads = outer
            enclosing = current._reads
            if enclosing is not None:
                enclosing.take(reads)
                for one in self.externals:
                    enclosing.external(one.kind, one.name, one.now())

    def _keepable(
        self, reads: Reads, call: dict[str, Any], result: Any, staging: str, elapsed: int
    ) -> dict[str, Any] | None:
        """Return what to keep of a result, staged; None when it can't stand for another."""
        from flownote.worker.staging import Staging

        reasons = [*reads.forbidden, *reads.unverified]
        reasons += [f"reads `{name}`" for name in reads.values]
        if reasons:
            self._warn(f"isn't kept: it {'; '.join(reasons)}")
            return None
        try:
            record = Staging(staging).store(result)
        except FlownoteException as error:
            self._warn(f"isn't kept: {error}")
            return None
        seen = [
            {"kind": kind, "name": name, "version": version, "declared": False}
            for (kind, name), version in sorted(reads.externals.items())
        ]
        provenance = {**call, "externals": [*call["externals"], *seen]}
        return {
            "name": self.name,
            "record": record,
            "provenance": provenance,
            "elapsed_ms": elapsed,
        }

    def _warn(self, text: str) -> None:
        # Once for each place and text: Python sees to it.
        warnings.warn(f"`{self.name}` {text}", RuntimeWarning, stacklevel=5)


def _held() -> set[str]:
    """Return the calls that this thread computes: one that asks for itself isn't to wait."""
    held = getattr(_computing, "items", None)
    if held is None:
        held = _computing.items = set()
    return held
