"""What cells print and show, on its way to the supervisor.

Text is collected and sent in batches: at once when nothing was printed for a while, else
after `PAUSE` seconds or `BATCH` characters. A slow reader holds up whoever prints, so that
memory stays bounded. Everything else goes at once, after the text that came before it.
"""

from __future__ import annotations

import threading
import time
from _thread import allocate_lock

from flownote.kernel import interrupts, running
from flownote.kernel.wire import ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.wire import Channel

# Seconds between batches; a reader that sees less than this sees a steady flow.
PAUSE = 0.05
# Characters that are worth a message of their own.
BATCH = 32 << 10
# The longest text of one message: a frame holds it however it is escaped.
LONGEST = 1 << 20

_monotonic = time.monotonic


class Outputs:
    """The way out of what cells print and show."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        # Guards the texts that wait. Re-entrant: a finalizer may print at any time.
        self._lock = threading.RLock()
        # Held while texts are taken and sent, so that they keep their order.
        self._order = threading.RLock()
        self._waiting: list[tuple[int | None, str, list[str]]] = []
        self._key: tuple[int | None, str] | None = None
        self._parts: list[str] = []
        self._size = 0
        self._last = 0.0
        self._wake = allocate_lock()
        self._wake.acquire()
        self._is_woken = False
        self._has_flusher = False
        # Reads what others wrote to descriptors 1 and 2, to keep it in order.
        self.drain: Any = None
        # Sees outputs instead of the supervisor (`%%capture`).
        self.captures: list[Any] = []

    def write(
        self,
        name: str,
        text: str,
        execution: running.Execution | None,
        *,
        is_drained: bool = False,
    ) -> None:
        """Take text for a stream."""
        if not text:
            return
        if self.captures and self.captures[-1].text(name, text, execution):
            return
        if not is_drained and execution is not None and execution.started_processes:
            self.drain()
        key = (execution.number if execution is not None else None, name)
        with self._lock:
            if key != self._key:
                self._key = key
                self._parts = []
                self._waiting.append((*key, self._parts))
            self._parts.append(text)
            self._size += len(text)
            size = self._size
        if size >= BATCH or (text[-1] == "\n" and _monotonic() - self._last > PAUSE):
            self.flush()
        elif not self._is_woken:
            self._wake_flusher()

    def flush(self) -> None:
        """Send the text that waits."""
        if not self._size:
            return
        with interrupts.held(), self._order:
            with self._lock:
                taken, self._waiting = self._waiting, []
                self._key, self._parts, self._size = None, [], 0
            for number, name, parts in taken:
                text = "".join(parts)
                for start in range(0, len(text), LONGEST):
                    piece = text[start : start + LONGEST]
                    self._send(number, {"kind": "stream", "name": name, "text": piece})
            self._last = _monotonic()

    def show(
        self,
        output: dict[str, Any],
        execution: running.Execution | None = None,
        *,
        waits: bool = False,
    ) -> None:
        """Send an output that is no text, after the text before it; or let it wait for the end
        of the cell, which is near.
        """
        execution = execution or running.starter()
        if self.captures and self.captures[-1].output(output, execution):
            return
        if self.drain is not None:
            self.drain()
        with interrupts.held(), self._order:
            self.flush()
            number = execution.number if execution is not None else None
            self._send(number, output, waits=waits)

    def end(self) -> None:
        """Send everything that a cell left behind: it ends now."""
        if self.drain is not None:
            self.drain()
        self.flush()

    def forget(self) -> None:
        """Drop what waits and the locks: this is a forked child."""
        self._lock, self._order = threading.RLock(), threading.RLock()
        self._waiting, self._key, self._parts, self._size = [], None, [], 0

    def _send(self, number: int | None, output: dict[str, Any], *, waits: bool = False) -> None:
        message = {"type": "output", "execution": number, "output": output}
        try:
            self._channel.send(message, waits=waits)
        except ProtocolError as error:  # the cell goes on, as it would in a terminal
            text = f"[{output['kind']} not shown: {error}; write it to a file]\n"
            note = {"kind": "stream", "name": "stderr", "text": text}
            self._channel.send({"type": "output", "execution": number, "output": note})

    def _wake_flusher(self) -> None:
        self._is_woken = True
        if not self._has_flusher:
            self._has_flusher = True
            threading.Thread(target=self._flush_always, name="flownote-output", daemon=True).start()
        try:
            self._wake.release()
        except RuntimeError:  # somebody else just did
            pass

    def _flush_always(self) -> None:
        while True:
            self._wake.acquire()
            time.sleep(PAUSE)
            self._is_woken = False
            self.flush()
