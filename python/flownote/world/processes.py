"""Processes of `multiprocessing` and of pools over it, which Python's audit events miss."""

from __future__ import annotations

import functools

from flownote.world import watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _starting(original: Any, _: str) -> Any:
    """Wrap ``BaseProcess.start``."""

    @functools.wraps(original)
    def start(self: Any) -> Any:
        reads = watch.reading()
        if reads is None:
            return original(self)
        if not watch.is_declared():
            reads.cannot_verify("started a process, whose reads aren't seen")
        with watch.covered():
            return original(self)

    return start


WRAPPERS: dict[str, dict[str, Any]] = {"multiprocessing.process": {"BaseProcess.start": _starting}}
