"""`--in-process`: the caller's own process runs the steps, one after another.

For ``breakpoint()``, debuggers and unit tests: the steps run on the main thread with the
terminal as it is; their output isn't captured. The engine runs on a thread beside and
speaks to this process as it would to a zygote.
"""

from __future__ import annotations

import os
import resource
import socket
import threading
from contextlib import suppress

from flownote.worker import zygote
from flownote.worker.task import run_task
from flownote.worker.wire import TaskSocket, receive_packet, send_packet
from flownote.world import watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    T = TypeVar("T")


def run(flow: type, engine: Callable[[int], T]) -> T:
    """Run ``engine`` beside this thread and its tasks on this thread.

    Parameters
    ----------
    flow
        The flow.
    engine
        Called on a thread of its own with the descriptor of the engine's end of a control
        socket, which it owns; it must let other threads run.

    Returns
    -------
    T
        What ``engine`` returns; what it raises is raised here.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ended: list[Any] = []

    def work() -> None:
        try:
            ended.append((True, engine(ours.detach())))
        except BaseException as error:  # passed on to the caller's thread
            ended.append((False, error))

    beside = threading.Thread(target=work, name="flownote-engine")
    beside.start()
    try:
        # The engine may be gone before it hears all that is said here.
        with theirs, suppress(BrokenPipeError):
            serve(flow, theirs)
    finally:
        beside.join()
    well, value = ended[0]
    if not well:
        raise value
    return value


def serve(flow: type, control: socket.socket) -> None:
    """Run a task for each launch that comes, until the engine's end closes."""
    pid = os.getpid()
    watch.install()
    send_packet(control, {"ready": True, "pid": pid, "threads": 1, "notices": []})
    while True:
        try:
            packet, descriptors = receive_packet(control)
        except ConnectionResetError:
            return
        if packet is None:
            return
        if "launch" not in packet:
            continue  # a kill: its task has ended before it was read
        stdout, stderr, task = descriptors
        os.close(stdout)
        os.close(stderr)
        launch = packet["launch"]
        send_packet(control, {"started": launch, "pid": pid})
        before = resource.getrusage(resource.RUSAGE_SELF)
        with socket.socket(fileno=task) as sock:
            channel = TaskSocket(sock)
            channel.send({"done": run_task(flow, channel.spec(), channel)})
        after = resource.getrusage(resource.RUSAGE_SELF)
        send_packet(control, zygote.exited(launch, 0, after, before))
