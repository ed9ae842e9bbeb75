"""``input()``, `getpass` and debuggers: questions that a person answers."""

from __future__ import annotations

import builtins
import io
import os
import sys

from flownote.kernel import running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.process import Kernel


class StdinNotImplementedError(NotImplementedError):
    """Nobody is there to answer."""

    hint = "make the answer a name of the cell tagged `parameters`, which `--param` sets"


class Asking:
    """Asks the person in front of the notebook."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def input(self, prompt: object = "", /) -> str:
        """Read a line from the person who runs the cell.

        Parameters
        ----------
        prompt
            What to ask.
        """
        return self.ask(str(prompt), password=False)

    def getpass(self, prompt: str = "Password: ", stream: Any = None, **_: Any) -> str:
        """Read a line that isn't shown."""
        return self.ask(str(prompt), password=True)

    def ask(self, prompt: str, *, password: bool) -> str:
        """Ask and wait for the answer."""
        kernel, execution = self._kernel, running.starter()
        if execution is not None and not execution.allow_stdin:
            raise StdinNotImplementedError(
                "raw_input was called, but this frontend does not support input requests."
            )
        while not kernel.control.replies.empty():  # typed before anybody asked
            kernel.control.replies.get()
        kernel.outputs.end()
        number = execution.number if execution is not None else None
        request = {"type": "input_request", "execution": number}
        kernel.channel.send({**request, "prompt": prompt, "password": password})
        reply = kernel.control.replies.get()
        if reply == "\x04":
            raise EOFError
        return reply


class _Input(io.TextIOBase):
    """``sys.stdin``: each line is asked for."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "UTF-8"

    def readable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return 0

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        try:
            line = self._asking.ask("", password=False) + "\n"
        except EOFError:
            return ""
        return line if size is None or size < 0 else line[:size]

    def read(self, size: int | None = -1, /) -> str:
        lines = []
        while (line := self.readline()) and size != 0:
            lines.append(line)
            if size is not None and 0 < size <= sum(map(len, lines)):
                break
        return "".join(lines)


def install(kernel: Kernel) -> None:
    """Ask through the supervisor from now on; descriptor 0 has nothing to read."""
    asking = Asking(kernel)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    builtins.input = asking.input
    sys.stdin = _Input(asking)
    kernel.asking = asking  # type: ignore[attr-defined]
