"""The thread that reads messages: completions are answered while a cell runs.

What needs the main thread waits in a queue; what the user typed goes to whoever asked.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from _queue import SimpleQueue

from flownote.kernel import interrupts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from flownote.kernel.process import Kernel

# A protocol error ends the process with this code (EX_PROTOCOL of sysexits.h).
PROTOCOL_ERROR = 76
# Seconds that a running cell has to end after `shutdown`.
GRACE = 2.0

_FOR_MAIN = frozenset(
    ("execute", "define", "export", "forget", "spill", "modules", "reload", "comm")
)


class Control:
    """Reads messages and sorts them."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self.messages: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.replies: SimpleQueue[str] = SimpleQueue()
        # Wakes the event loop, while the main thread waits in it.
        self.wake: Callable[[], None] | None = None
        # The execution that came last: an interrupt is for it.
        self._newest = 0

    def start(self) -> None:
        """Read from now on."""
        threading.Thread(target=self._read, name="flownote-control", daemon=True).start()

    def _read(self) -> None:
        try:
            while (message := self._kernel.channel.receive()) is not None:
                self._sort(message)
        except Exception as error:
            self._refuse(str(error))
        else:
            self._end()

    def _sort(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind in _FOR_MAIN:
            if kind == "execute":
                self._newest = message["execution"]
                message["came"] = time.perf_counter()
            self.put(message)
        elif kind == "input_reply":
            self.replies.put(message["text"])
        elif kind in ("complete", "inspect", "is_complete"):
            self._look(kind, message)
        elif kind == "interrupt":
            interrupts.ask(self._newest)
        elif kind == "shutdown":
            self._end()
        elif kind != "welcome":
            self._refuse(f"a message of an unknown type, `{kind}`")

    def put(self, message: dict[str, Any]) -> None:
        """Have the main thread handle a message."""
        self.messages.put(message)
        wake = self.wake
        if wake is not None:
            wake()

    def _look(self, kind: str, message: dict[str, Any]) -> None:
        from flownote.kernel import look

        answer = getattr(look, kind)(self._kernel, message)
        self._kernel.channel.send({"request": message["request"], **answer})

    def _end(self) -> None:
        """End well if the main thread is free, and soon in any case."""
        self.put({"type": "shutdown"})
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)  # type: ignore[arg-type]
        timer = threading.Timer(GRACE, os._exit, (1,))
        timer.daemon = True
        timer.start()

    def _refuse(self, reason: str) -> None:
        text = f"the kernel can't understand its supervisor: {reason}"
        self._kernel.channel.send({"type": "log", "level": "error", "text": text})
        os._exit(PROTOCOL_ERROR)
