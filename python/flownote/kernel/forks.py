"""A forked child is no kernel: it prints to what it inherits and asks nobody.

`multiprocessing`, `os.fork` and libraries fork while cells run. The child has none of the
kernel's threads; its parent reads what it prints, from the pipes.
"""

from __future__ import annotations

import builtins
import io
import os
import sys

from flownote.kernel import interrupts, running, streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from flownote.kernel.process import Kernel


def install(kernel: Kernel) -> None:
    """Prepare every fork from now on, and ends that Python doesn't notice."""
    parent = os.getpid()

    def before() -> None:
        kernel.outputs.flush()

    def in_child() -> None:
        kernel.channel.forget()
        kernel.outputs.forget()
        kernel.outputs.drain = None
        interrupts.restore()
        streams.plain_streams()
        sys.stdin = io.StringIO()
        builtins.input = _no_input
        os._exit = exit_now
        execution = running.now
        if execution is not None:
            execution.started_processes = False

    exit_now = os._exit

    def exit_and_send(status: int) -> NoReturn:
        """Exit at once; what was printed is sent first."""
        if os.getpid() == parent:
            kernel.outputs.end()
        exit_now(status)

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _STARTS:
            execution = running.now
            if execution is not None:
                kernel.outputs.flush()
                execution.started_processes = True
        elif event in _DANGEROUS:
            kernel.outputs.flush()

    exit_and_send.__name__ = exit_and_send.__qualname__ = "_exit"
    os._exit = exit_and_send  # type: ignore[assignment]
    os.register_at_fork(before=before, after_in_child=in_child)
    sys.addaudithook(look)


# After these somebody else may write to our descriptors.
_STARTS = frozenset(
    ("subprocess.Popen", "os.system", "os.posix_spawn", "os.fork", "os.forkpty", "os.exec")
)
# These may end the process without a word.
_DANGEROUS = frozenset(("os.kill", "os.killpg", "ctypes.string_at"))


def _no_input(prompt: object = "", /) -> str:
    raise EOFError("a child process has nobody to ask")
