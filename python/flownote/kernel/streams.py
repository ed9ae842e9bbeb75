"""``sys.stdout`` and ``sys.stderr`` of cells, and what C code writes to descriptors 1 and 2.

Python's text goes straight to `Outputs`. The descriptors are pipes whose other ends are
read here: what subprocesses and libraries write belongs to the cell that runs.
"""

from __future__ import annotations

import codecs
import io
import os
import select
import sys
import threading

from flownote.kernel import interrupts, running, sourcecode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from flownote.kernel.output import Outputs

_PIECE = 64 << 10


class Stream(io.TextIOBase):
    """A text stream that cells print to."""

    def __init__(self, outputs: Outputs, name: str, descriptor: int) -> None:
        self._outputs = outputs
        self._name = name
        self._descriptor = descriptor
        self._buffer: _Bytes | None = None

    @property
    def name(self) -> str:
        """The name as the terminal's streams have it."""
        return f"<{self._name}>"

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Text is UTF-8 on its way."""
        return "UTF-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        """What has no form is replaced."""
        return "replace"

    @property
    def buffer(self) -> _Bytes:
        """The stream for bytes."""
        if self._buffer is None:
            self._buffer = _Bytes(self)
        return self._buffer

    def write(self, text: str) -> int:
        """Write text; it belongs to the cell whose code writes it."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        # Warnings and tracebacks of threads name a cell's file: people know the cell.
        shown = sourcecode.named(text) if self._descriptor == 2 else text
        self._outputs.write(self._name, shown, running.starter())
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        """Write several texts."""
        self.write("".join(lines))

    def flush(self) -> None:
        """Send what was written."""
        self._outputs.flush()

    def fileno(self) -> int:
        """Return the descriptor that subprocesses inherit."""
        return self._descriptor

    def isatty(self) -> bool:
        """Return False: nobody moves a cursor here."""
        return False

    def writable(self) -> bool:
        """Return True."""
        return True

    def reconfigure(self, **_: Any) -> None:
        """Accept what `io.TextIOWrapper` does; nothing here depends on it."""


class _Bytes(io.RawIOBase):
    """Takes bytes for a text stream; what isn't UTF-8 is replaced."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def write(self, data: Any) -> int:
        self._stream.write(self._decode(bytes(data)))
        return len(data)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._stream.fileno()

    def flush(self) -> None:
        # The text stream closes its buffer's finalizer last: nothing is there to flush then.
        if not self.closed:
            self._stream.flush()


class Descriptors:
    """Descriptors 1 and 2 as pipes, and a thread that reads them."""

    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs
        self._lock = threading.RLock()
        self._sources: dict[int, tuple[str, Any]] = {}
        for descriptor, name in ((1, "stdout"), (2, "stderr")):
            reader, writer = os.pipe()
            os.set_blocking(reader, False)
            os.dup2(writer, descriptor)
            os.close(writer)
            decode = codecs.getincrementaldecoder("utf-8")("replace").decode
            self._sources[reader] = (name, decode)
        self._readers = list(self._sources)

    def start(self) -> None:
        """Read from now on."""
        threading.Thread(target=self._read_always, name="flownote-output", daemon=True).start()

    def drain(self) -> None:
        """Take what stands in the pipes."""
        with interrupts.held(), self._lock:
            for reader in self._readers:
                self._take(reader)

    def _read_always(self) -> None:
        poll = select.poll()
        for reader in self._readers:
            poll.register(reader, select.POLLIN)
        while True:
            poll.poll()
            self.drain()

    def _take(self, reader: int) -> None:
        name, decode = self._sources[reader]
        execution = running.now or running.last
        while True:
            try:
                data = os.read(reader, _PIECE)
            except BlockingIOError:
                return
            if not data:
                return
            self._outputs.write(name, decode(data), execution, is_drained=True)


def plain_streams() -> None:
    """Give a forked child streams of its own, over the descriptors that the parent reads."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = open(  # noqa: SIM115 - it is the process's own from now on
            descriptor, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False
        )
        setattr(sys, name, stream)
