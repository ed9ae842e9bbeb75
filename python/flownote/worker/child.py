"""A worker's process: how it is set up, and how it ends.

A forked child never returns to the zygote's code and never runs what the zygote's
interpreter had registered for its exit; it runs what the step registered.
"""

from __future__ import annotations

import atexit
import faulthandler
import os
import signal
import socket
import struct
import sys
import threading

from flownote._native import die_with_parent
from flownote.worker.task import run_task
from flownote.worker.wire import TaskSocket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


def run_forked(flow: type, descriptors: list[int], null: int, parent: int) -> NoReturn:
    """Be the child of a fork: take the descriptors, run the task, end.

    Parameters
    ----------
    descriptors
        Standard output, standard error and the task socket.
    null
        Open for reading on ``/dev/null``.
    parent
        The zygote's process id: the child ends with it.
    """
    status = 1
    try:
        join_group(parent)
        stdout, stderr, task = descriptors
        os.dup2(null, 0)
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        os.close(stdout)
        os.close(stderr)
        reseed()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        status = run(flow, socket.socket(fileno=task))
    except BaseException:  # not the step's: `run_task` reports those
        sys.excepthook(*sys.exc_info())
        _flush()
    finally:
        os._exit(status)


def run(flow: type, sock: socket.socket) -> int:
    """Run the task that the socket's first frame describes; returns the exit status."""
    channel = TaskSocket(sock)
    manifest = run_task(flow, channel.spec(), channel)
    run_exit_functions()
    channel.send({"done": manifest})
    return 0


def join_group(parent: int) -> None:
    """Begin a process group, and end with ``parent``."""
    os.setpgid(0, 0)
    die_with_parent(signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)


def reseed() -> None:
    """Give NumPy's global generator a state of its own; Python reseeds `random` itself.

    A child that is the first to import `numpy.random` gets a fresh state anyway.
    """
    random = sys.modules.get("numpy.random")
    if random is not None:
        random.seed(struct.unpack("4I", os.urandom(16)))


def run_exit_functions() -> None:
    """Do what Python does at its end: wait for threads, run `atexit`, flush.

    What raises here is printed, as Python does, and doesn't fail the task.
    """
    wait_for_threads = threading._shutdown  # type: ignore[attr-defined]
    for act in (wait_for_threads, _end_multiprocessing, atexit._run_exitfuncs):
        try:
            act()
        except Exception:
            sys.excepthook(*sys.exc_info())
    _flush()


def forget_exit_functions() -> None:
    """Drop what is registered for this interpreter's exit, for it belongs to its parent.

    Temporary folders that the parent's program made would otherwise be removed by the
    first child that ends.
    """
    atexit._clear()
    weakref = sys.modules.get("weakref")
    if weakref is not None:
        for info in weakref.finalize._registry.values():
            info.atexit = False
        weakref.finalize._registered_with_atexit = False
    processes = sys.modules.get("multiprocessing.process")
    if processes is not None:
        processes._children.clear()
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util._finalizer_registry.clear()


def _end_multiprocessing() -> None:
    util: Any = sys.modules.get("multiprocessing.util")
    if util is not None:
        util._exit_function()


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # the engine cut the pipe, or user code put something else there
            continue


def prepare_streams() -> None:
    """Have standard output and error write whole lines of UTF-8, whatever is printed.

    A crash of native code writes where in Python it was to standard error.
    """
    faulthandler.enable(2, all_threads=False)
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    if not _is_on(sys.stdout, 1):
        sys.stdout = _stream(1)
    if not _is_on(sys.stderr, 2):
        sys.stderr = _stream(2)
    if not _is_on(sys.stdin, 0):
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for good


def _is_on(stream: Any, descriptor: int) -> bool:
    try:
        return stream.fileno() == descriptor
    except Exception:  # None, closed, or a stand-in without a descriptor
        return False


def _stream(descriptor: int) -> Any:
    return open(
        descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
    )
