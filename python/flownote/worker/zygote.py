"""The zygote: a warm Python that forks a child for each attempt (engine rules 15, 16).

It is forked from the command's own process once the flow is imported. It has one thread,
no datastore and no runtime; it waits for packets and for children, and when the engine's
end of its socket closes it kills what still runs and ends.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import suppress

from flownote import codecs, provenance
from flownote.worker import child
from flownote.worker.fork_safety import fork, fork_safety, thread_count
from flownote.worker.wire import receive_packet, send_packet
from flownote.world import watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from resource import struct_rusage
    from typing import Any, NoReturn

    from flownote.loader import LoadedFlow


def start(loaded: LoadedFlow) -> tuple[int, int]:
    """Start a zygote for a flow.

    Call it before any thread is started. When the process isn't fit to be forked the
    zygote is a fresh interpreter that spawns one for each attempt, and says so.

    Returns
    -------
    tuple
        The descriptor of the engine's end of the control socket, which the caller owns,
        and the zygote's process id.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    _preload(loaded.flow)
    safe, _, notice = fork_safety()
    if not safe:
        pid = _start_spawner(loaded, theirs, notice)
        theirs.close()
        return ours.detach(), pid
    _flush()
    gc.collect()
    gc.freeze()
    pid = fork()
    if pid == 0:
        ours.close()
        _serve(Zygote(loaded.target(), theirs, loaded.flow), [])
    gc.unfreeze()
    theirs.close()
    return ours.detach(), pid


def _start_spawner(loaded: LoadedFlow, control: socket.socket, notice: str | None) -> int:
    command = [*interpreter(), "--control", str(control.fileno())]
    command += ["--flow", json.dumps(loaded.target()), "--notice", notice or ""]
    process = subprocess.Popen(command, pass_fds=[control.fileno()])
    # It ends with its socket, not with this object.
    process.returncode = 0
    return process.pid


def serve_spawner(target: dict[str, str], control: socket.socket, notice: str) -> NoReturn:
    """Be a zygote that spawns only: `python -m flownote.worker --control …`."""
    _serve(Zygote(target, control), [notice] if notice else [])


def interpreter() -> list[str]:
    """Return the command of a fresh worker: this Python with this Python's options."""
    flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
    return [sys.executable, *flags, "-m", "flownote.worker"]


class Zygote:
    """The loop: packets from the engine, ends of children.

    Parameters
    ----------
    target
        How a fresh interpreter loads the flow (`LoadedFlow.target`).
    control
        This end of the control socket.
    flow
        The flow that forked children run; None when each is a fresh interpreter.
    """

    def __init__(
        self, target: dict[str, str], control: socket.socket, flow: type | None = None
    ) -> None:
        self._target = json.dumps(target)
        self._control = control
        self._flow = flow
        self._children: dict[int, int] = {}
        self._launches: dict[int, int] = {}
        self._null = os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC)
        self._pid = os.getpid()
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def run(self, notices: list[str]) -> None:
        """Serve until the engine's end closes, then kill what still runs."""
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, _wake_up)
        try:
            send_packet(
                self._control,
                {"ready": True, "pid": self._pid, "threads": thread_count(), "notices": notices},
            )
        except BrokenPipeError:
            return  # the command ended before it had anything to launch
        poll = select.poll()
        poll.register(self._control.fileno(), select.POLLIN)
        poll.register(self._wake_read, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll()}
            if self._wake_read in ready:
                self._drain()
                self._reap()
            if self._control.fileno() in ready and not self._obey():
                break
        self._end_children()

    def _obey(self) -> bool:
        try:
            packet, descriptors = receive_packet(self._control)
        except ConnectionResetError:
            return False
        if packet is None:
            return False
        if "launch" in packet:
            self._launch(packet["launch"], packet.get("spawn", False), descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
        elif "kill" in packet:
            self._kill(packet["kill"], packet["signal"])
        return True

    def _launch(self, launch: int, spawn: bool, descriptors: list[int]) -> None:
        try:
            if spawn or self._flow is None:
                pid = self._spawn(descriptors)
            else:
                pid = self._fork(self._flow, descriptors)
        except OSError as error:  # no more processes, or no memory for one
            self._refuse(launch, error, descriptors[1])
            return
        # Whoever of the two is first: it may run another program by now, or have ended.
        with suppress(OSError):
            os.setpgid(pid, pid)
        self._children[pid] = launch
        self._launches[launch] = pid
        send_packet(self._control, {"started": launch, "pid": pid})

    def _refuse(self, launch: int, error: OSError, stderr: int) -> None:
        """Report a worker that couldn't be started as one that ended at once."""
        with suppress(OSError):
            os.write(stderr, f"can't start a worker: {error}\n".encode())
        send_packet(self._control, {"started": launch, "pid": 0})
        status = 1 << 8
        usage = {"user_ms": 0, "system_ms": 0, "max_rss_kb": 0}
        send_packet(self._control, {"exited": launch, "status": status, **usage})

    def _fork(self, flow: type, descriptors: list[int]) -> int:
        pid = os.fork()
        if pid == 0:
            self._close_own()
            child.run_forked(flow, descriptors, self._null, self._pid)
        return pid

    def _spawn(self, descriptors: list[int]) -> int:
        stdout, stderr, task = descriptors
        command = [*interpreter(), "--task", str(task), "--parent", str(self._pid)]
        command += ["--flow", self._target]
        pid = os.fork()
        if pid == 0:
            try:
                child.join_group(self._pid)
                os.dup2(self._null, 0)
                os.dup2(stdout, 1)
                os.dup2(stderr, 2)
                os.set_inheritable(task, True)
                os.execv(command[0], command)
            finally:
                os._exit(127)
        return pid

    def _close_own(self) -> None:
        self._control.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _kill(self, launch: int, number: int) -> None:
        pid = self._launches.get(launch)
        if pid is not None:
            _signal_group(pid, number)

    def _drain(self) -> None:
        try:
            while os.read(self._wake_read, 4096):
                pass
        except BlockingIOError:
            pass

    def _reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            launch = self._children.pop(pid, None)
            if launch is None:
                continue
            del self._launches[launch]
            _signal_group(pid, signal.SIGKILL)  # what it left running
            try:
                send_packet(self._control, exited(launch, status, usage))
            except (BrokenPipeError, ConnectionResetError):
                return  # the engine went; the loop sees it next

    def _end_children(self) -> None:
        for pid in self._children:
            _signal_group(pid, signal.SIGKILL)


def exited(
    launch: int, status: int, usage: struct_rusage, before: struct_rusage | None = None
) -> dict[str, Any]:
    """Return the packet that tells a child's end; usage is counted from ``before``."""
    user, system = usage.ru_utime, usage.ru_stime
    if before is not None:
        user, system = user - before.ru_utime, system - before.ru_stime
    times = {"user_ms": round(user * 1000), "system_ms": round(system * 1000)}
    return {"exited": launch, "status": status, **times, "max_rss_kb": usage.ru_maxrss}


def _signal_group(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # it has ended
        os.killpg(pid, number)


def _wake_up(*_: object) -> None:
    """Nothing: the signal's byte in the pipe is what wakes the loop."""


def _preload(flow: type) -> None:
    """Do in the parent what every child would do."""
    import linecache  # noqa: F401
    import traceback  # noqa: F401

    from flownote.worker import merge  # noqa: F401

    codecs.preload()
    watch.install()
    with suppress(Exception):  # each task then says why its code can't be followed
        provenance.prepare(flow)


def _serve(zygote: Zygote, notices: list[str]) -> NoReturn:
    status = 1
    try:
        os.setpgid(0, 0)
        child.forget_exit_functions()
        child.prepare_streams()
        zygote.run(notices)
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        _flush()
        os._exit(status)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
