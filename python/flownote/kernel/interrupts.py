"""SIGINT reaches user code only (notebook rule 15).

The handler raises `KeyboardInterrupt` while user code runs in the main thread. While the
kernel itself is at work (`held`) it is kept, and raised when user code goes on; between
cells it is nobody's and is dropped.
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


def install() -> None:
    """Take SIGINT from now on. Called in the main thread."""
    signal.signal(signal.SIGINT, _handle)


def restore() -> None:
    """Give SIGINT back to Python: this is a forked child."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _handle(*_: Any) -> None:
    global _pending
    if not _runs_user_code:
        return
    if _depth:
        _pending = True
    else:
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
        global _depth, _pending
        if not self._is_main:
            return
        _depth -= 1
        if _pending and not _depth:
            _pending = False
            if _runs_user_code:
                raise KeyboardInterrupt


class user_code:  # noqa: N801 - used as a statement
    """User code runs in the main thread: an interrupt is for it.

    Leaving must not be cut in turn, so callers catch `KeyboardInterrupt` around it.
    """

    __slots__ = ("_before",)

    def __enter__(self) -> None:
        global _runs_user_code, _pending
        self._before = _runs_user_code
        _pending = False
        _runs_user_code = True

    def __exit__(self, *_: object) -> None:
        global _runs_user_code
        _runs_user_code = self._before


def off() -> None:
    """Make sure that no user code counts as running."""
    global _runs_user_code, _pending
    _runs_user_code = _pending = False
