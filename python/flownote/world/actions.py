"""What a task does that no record can hold: sockets, processes, databases."""

from __future__ import annotations

import os

from flownote.world import files
from flownote.world.watch import declarations, is_declared, thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.reads import Reads

# What libraries ask about the machine while they start.
_ABOUT_THE_MACHINE = frozenset(("lscpu", "uname", "ldconfig", "ld", "gcc", "cc", "nproc"))


def _looked_up(_: Reads, arguments: tuple[Any, ...]) -> None:
    host = arguments[0]
    thread.host = host.decode("ascii", "replace") if isinstance(host, bytes) else host


def _connected(reads: Reads, arguments: tuple[Any, ...]) -> None:
    address = arguments[1]
    if isinstance(address, tuple):
        host, port = thread.host or address[0], address[1]
        if is_declared("table") or host in _hosts():
            return
        reads.cannot_verify(f"opened a socket to {host}:{port}")
    elif not is_declared():
        text = os.fsdecode(address) if isinstance(address, (str, bytes)) else str(address)
        reads.cannot_verify(f"opened a socket to {text}")


def _hosts() -> list[str | None]:
    from urllib.parse import urlsplit

    return [urlsplit(address).hostname for address in declarations("url")]


def _ran(reads: Reads, arguments: tuple[Any, ...]) -> None:
    name = os.path.basename(_text(arguments[0]))
    if name not in _ABOUT_THE_MACHINE and not is_declared():
        reads.cannot_verify(f"ran `{name}`")


def _ran_shell(reads: Reads, arguments: tuple[Any, ...]) -> None:
    # Not the whole line: it may hold a password, and this is stored.
    program = (_text(arguments[0]).split() or ["nothing"])[0]
    if not is_declared():
        reads.cannot_verify(f"ran `{program[:60]}` in a shell")


def _forked(reads: Reads, _: tuple[Any, ...]) -> None:
    if not is_declared():
        reads.cannot_verify("forked a process, whose reads aren't seen")


def _sqlite(reads: Reads, arguments: tuple[Any, ...]) -> None:
    path = _text(arguments[0])
    if path in ("", ":memory:"):
        return
    if path.startswith("file:"):
        from urllib.parse import unquote, urlsplit

        if "mode=memory" in path:
            return
        path = unquote(urlsplit(path).path)
    files.read(reads, path)
    watch_file(reads, path)


def watch_file(reads: Reads, path: str) -> None:
    """Have a database's file compared at the end with what it is now: it may be written to."""
    files.places(reads).databases.append((reads, os.path.abspath(path)))


def _text(value: Any) -> str:
    try:
        return os.fsdecode(value)
    except TypeError:
        return str(value)


HANDLERS = {
    "socket.getaddrinfo": _looked_up,
    "socket.connect": _connected,
    "subprocess.Popen": _ran,
    "os.system": _ran_shell,
    "os.exec": _ran,
    "os.posix_spawn": _ran,
    "os.fork": _forked,
    "os.forkpty": _forked,
    "sqlite3.connect": _sqlite,
}
