"""``!command``: programs that cells run through the system's shell."""

from __future__ import annotations

import os
import re
import signal
import string
import subprocess
import sys

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
        process = subprocess.Popen(cmd, shell=True, executable=_shell(), stdin=subprocess.DEVNULL)
        try:
            code = process.wait()
        except KeyboardInterrupt:
            _end(process)
            raise
        finally:
            self._kernel.outputs.end()
        self.user_ns["_exit_code"] = code

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


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
