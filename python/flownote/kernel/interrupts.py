"""SIGINT reaches user code only (notebook rule 15).

The handler raises `KeyboardInterrupt` while user code runs in the main thread. While the
kernel itself is at work for a cell (`held`, or between its statements) the interrupt is
kept, and raised when user code of the same cell goes on. Between cells a signal is
nobody's; the message that comes with it says which cell it was meant for (`ask`), be it
one that is about to begin, and never the next one.
"""

from __future__ import annotations

import signal
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_main = threading.main_thread().ident
_get_ident = threading.get_ident

_runs_user_code = False
_depth = 0
_pending = False
# The execution at work, 0 for none, and the newest one that is over or was interrupted.
_active = 0
_over = 0
# The execution that is to be interrupted. Written by the thread that reads messages, and
# numbers only grow: what it says of an earlier one means nothing any more.
_wanted = 0


def install() -> None:
    """Take SIGINT from now on. Called in the main thread."""
    signal.signal(signal.SIGINT, _handle)


def restore() -> None:
    """Give SIGINT back to Python: this is a forked child."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def ask(execution: int) -> None:
    """Interrupt an execution, which may have begun or not; called in any thread."""
    global _wanted
    if execution <= _over:
        return
    _wanted = execution
    signal.pthread_kill(_main, signal.SIGINT)  # type: ignore[arg-type]


def begin(execution: int) -> None:
    """Say that the kernel works for an execution from now on."""
    global _active, _pending
    _pending = False
    _active = execution
    if _wanted == execution:
        _pending = True


def end() -> None:
    """Say that it is over: what was meant for it and came too late is dropped."""
    global _active, _over, _pending, _runs_user_code
    _runs_user_code = _pending = False
    _over = max(_over, _active)
    _active = 0


def _handle(*_: Any) -> None:
    global _pending
    if _runs_user_code and not _depth:
        _raise()
    elif _runs_user_code or _active:
        _pending = True


def _raise() -> None:
    global _over, _pending
    _pending = False
    # The message that comes with the signal has been followed.
    _over = max(_over, _active)
    raise KeyboardInterrupt


class held:  # noqa: N801 - used as a statement
    """Keep an interrupt back while the kernel does something that must not be cut."""

    __slots__ = ("_is_main",)

    def __enter__(self) -> None:
        global _depth
        self._is_main = _get_ident() == _main
        if self._is_main:
            _depth += 1

    def __exit__(self, *_: object) -> None:
        global _depth
        if not self._is_main:
            return
        _depth -= 1
        if _pending and _runs_user_code and not _depth:
            _raise()


class user_code:  # noqa: N801 - used as a statement
    """User code runs in the main thread: an interrupt is for it, also one that came before.

    Entering raises that one. Leaving must not be cut in turn, so callers catch
    `KeyboardInterrupt` around it.
    """

    __slots__ = ("_before",)

    def __enter__(self) -> None:
        global _runs_user_code
        self._before = _runs_user_code
        if _pending and not _depth:
            _raise()
        _runs_user_code = True

    def __exit__(self, *_: object) -> None:
        global _runs_user_code
        _runs_user_code = self._before


def off() -> None:
    """Make sure that no user code counts as running."""
    global _runs_user_code
    _runs_user_code = False
