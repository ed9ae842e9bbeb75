"""``!command``: programs that cells run through the system's shell.

What they print comes through a pseudo terminal, as in Jupyter: programs then print line by
line and show their progress. Nobody can type there.
"""

from __future__ import annotations

import codecs
import os
import re
import select
import signal
import string
import subprocess
import sys
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from flownote.kernel.process import Kernel

# Seconds that an interrupted program has to end.
_PATIENCE = 2.0

_DOLLAR = re.compile(r"(.*?)\$(\$?[\w.]+)(.*)", re.DOTALL)


class SList(list):
    """The lines that a program printed.

    Attributes
    ----------
    l
        The lines as a list.
    n
        The lines as one text.
    s
        The lines as one text, spaces between them.
    """

    @property
    def l(self) -> list[str]:  # noqa: E743 - IPython's name
        """The lines."""
        return list(self)

    list = l

    @property
    def n(self) -> str:
        """The lines, with their ends between them."""
        return "\n".join(self)

    nlstr = n

    @property
    def s(self) -> str:
        """The lines, with spaces between them."""
        return " ".join(self)

    spstr = s

    def grep(
        self, pattern: str | Callable[[str], Any], prune: bool = False, field: Any = None
    ) -> SList:
        """Return the lines that match, or with ``prune`` the others."""
        matches = pattern if callable(pattern) else re.compile(pattern, re.IGNORECASE).search

        def text(line: str) -> str:
            if field is None:
                return line
            parts = line.split()
            return parts[field] if field < len(parts) else ""

        return SList(line for line in self if bool(matches(text(line))) is not prune)

    def fields(self, *fields: Any) -> SList:
        """Return some of the fields of each line."""
        if not fields:
            return SList(line.split() for line in self)
        found = SList()
        for line in self:
            parts = line.split()
            found.append(
                " ".join(parts[place] for place in fields if -len(parts) <= place < len(parts))
            )
        return found


class Systems:
    """Runs programs."""

    user_ns: dict[str, Any]

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def system(self, cmd: str) -> None:
        """Run a command; what it prints is the cell's. ``_exit_code`` says how it ended."""
        cmd = self.var_expand(cmd, depth=1)
        self._kernel.outputs.flush()
        master, slave = _terminal()
        try:
            process = subprocess.Popen(
                cmd,
                shell=True,
                executable=_shell(),
                stdin=subprocess.DEVNULL,
                stdout=slave,
                stderr=slave,
            )
        finally:
            os.close(slave)
        try:
            _print_until_end(master, process)
        except KeyboardInterrupt:
            _end(process)
            raise
        finally:
            self._kernel.outputs.end()
        self.user_ns["_exit_code"] = process.returncode

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """Run a command and return what it printed, by lines."""
        cmd = self.var_expand(cmd, depth=depth + 1)
        process = subprocess.Popen(
            cmd,
            shell=True,
            executable=_shell(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            data = process.communicate()[0]
        except KeyboardInterrupt:
            _end(process)
            raise
        text = data.decode("utf-8", "replace")
        return SList(text.splitlines()) if split else text

    def var_expand(self, cmd: str, depth: int = 0, formatter: Any = None) -> str:
        """Put values into a command: ``{expression}``, ``$name``; ``$$`` is a dollar sign."""
        frame = sys._getframe(depth + 1)
        names = (
            {**self.user_ns, **frame.f_locals} if _is_users(frame, self.user_ns) else self.user_ns
        )
        try:
            return _Expand().vformat(cmd, (), names)
        except Exception:  # as in IPython: it wasn't meant for us (awk '{print $1}')
            return cmd


def _is_users(frame: Any, names: dict[str, Any]) -> bool:
    return frame.f_globals is names


class _Expand(string.Formatter):
    """Formats fields as expressions, and ``$name`` between them."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, str]:
        return eval(field_name, {}, kwargs), field_name

    def parse(self, format_string: str) -> Any:  # type: ignore[override]
        for literal, field, spec, conversion in super().parse(format_string):
            rest, field_, before = literal, field, ""
            while found := _DOLLAR.match(rest):
                before, name, rest = found.groups()
                if name.startswith("$"):
                    yield before + "$", None, None, None
                    rest = name[1:] + rest
                else:
                    yield before, name, "", None
            yield rest, field_, spec, conversion


def _shell() -> str | None:
    return os.environ.get("SHELL") if os.environ.get("SHELL", "").startswith("/") else None


def _terminal() -> tuple[int, int]:
    """Return both ends of a new pseudo terminal that leaves the ends of lines alone."""
    import termios

    master, slave = os.openpty()
    state = termios.tcgetattr(slave)
    state[1] &= ~termios.ONLCR
    termios.tcsetattr(slave, termios.TCSANOW, state)
    termios.tcsetwinsize(slave, (24, 80)) if hasattr(termios, "tcsetwinsize") else None
    return master, slave


def _print_until_end(master: int, process: subprocess.Popen[bytes]) -> None:
    """Print what comes from a terminal until the process has ended.

    What it left behind in the background goes on printing to the same cell.
    """
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    while _print_piece(master, decode, 0.05) or process.poll() is None:
        if process.poll() is not None and not select.select([master], [], [], 0)[0]:
            threading.Thread(target=_print_rest, args=(master, decode), daemon=True).start()
            return
    os.close(master)
    process.wait()


def _print_piece(master: int, decode: Callable[[bytes], str], seconds: float) -> bool:
    """Print what comes within some time; False when nobody has the terminal any more."""
    if not select.select([master], [], [], seconds)[0]:
        return True
    try:
        data = os.read(master, 65536)
    except OSError:  # EIO: its other end is closed
        return False
    sys.stdout.write(decode(data))
    return bool(data)


def _print_rest(master: int, decode: Callable[[bytes], str]) -> None:
    while _print_piece(master, decode, 60):
        pass
    os.close(master)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a program and what it started."""
    for process_id in _family(process.pid):
        try:
            os.kill(process_id, signal.SIGINT)
        except ProcessLookupError:
            continue
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _family(process_id: int) -> list[int]:
    """Return a process and all that it and its children started."""
    found = [process_id]
    for one in found:
        try:
            with open(f"/proc/{one}/task/{one}/children") as file:
                found += map(int, file.read().split())
        except OSError:  # it has ended, or this isn't Linux
            continue
    return found
