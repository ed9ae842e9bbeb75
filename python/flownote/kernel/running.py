"""Which cell is it that prints? (notebook rule 13)

The main thread and its asyncio tasks carry the execution in a context variable: a task
copies it when it is made. A thread is marked with the execution that started it.
"""

from __future__ import annotations

import threading
from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Execution:
    """One run of one cell."""

    __slots__ = (
        "allow_stdin",
        "cell",
        "count",
        "exit",
        "label",
        "number",
        "payload",
        "silent",
        "started_processes",
    )

    def __init__(self, message: dict[str, Any]) -> None:
        self.number: int = message["execution"]
        self.cell: str = message.get("cell") or ""
        self.label: str = message.get("label") or "cell"
        self.count: int | None = message.get("count")
        self.silent: bool = bool(message.get("silent"))
        self.allow_stdin: bool = bool(message.get("allow_stdin"))
        self.payload: list[Any] = []
        self.exit: dict[str, Any] | None = None
        # From then on somebody else may write to our descriptors.
        self.started_processes = False


of_context: ContextVar[Execution | None] = ContextVar("flownote_execution", default=None)

# What runs in the main thread now, and what ran last.
now: Execution | None = None
last: Execution | None = None

_current_thread = threading.current_thread


def begin(execution: Execution) -> None:
    """Say that an execution begins in the main thread."""
    global now, last
    now = last = execution
    of_context.set(execution)


def end() -> None:
    """Say that it ended."""
    global now
    now = None
    of_context.set(None)


def starter() -> Execution | None:
    """Return the execution that the calling code belongs to."""
    found = of_context.get()
    if found is not None:
        return found
    found = getattr(_current_thread(), "_flownote_execution", None)
    return found if found is not None else now


def install() -> None:
    """Mark threads with who starts them, from now on."""
    original = threading.Thread.start

    def start(self: threading.Thread) -> None:
        if not hasattr(self, "_flownote_execution"):
            self._flownote_execution = starter()  # type: ignore[attr-defined]
        original(self)

    start.__doc__ = original.__doc__
    threading.Thread.start = start  # type: ignore[method-assign]
