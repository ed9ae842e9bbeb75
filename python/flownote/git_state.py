"""Which commit a project stands at, and whether its files differ from it.

The commit is read from ``.git`` directly. Only the question of dirt is git's to answer:
it is asked in the background and given up when the answer takes too long.
"""

from __future__ import annotations

import os
import select
import signal
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# How long `collect` waits for `git status`; without an answer dirt is unknown.
PATIENCE_SECONDS = 0.5

# Where git is looked for: a project's own `git` script is not run.
_SEARCH = ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/bin")


class GitState:
    """Asks about the repository around a folder; `collect` returns the answer."""

    def __init__(self, folder: str) -> None:
        self._folder = _find(folder)
        self._pid: int | None = None
        self._output = -1
        if self._folder is not None:
            self._ask_status(self._folder)

    def collect(self) -> dict[str, Any] | None:
        """Return ``commit``, ``branch`` and ``dirty``; None outside every repository.

        ``commit`` is None before the first commit, ``branch`` when none is checked out,
        ``dirty`` when git isn't there or is too slow.
        """
        if self._folder is None:
            return None
        commit, branch = read_head(os.path.join(self._folder, ".git"))
        return {"commit": commit, "branch": branch, "dirty": self._read_status()}

    def _ask_status(self, folder: str) -> None:
        program = next((path for path in _programs() if os.access(path, os.X_OK)), None)
        if program is None:
            return
        self._output, theirs = os.pipe()
        arguments = [program, "--no-optional-locks", "-C", folder, "status", "--porcelain"]
        try:
            self._pid = os.posix_spawn(
                program,
                arguments,
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, theirs, 1),
                    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                ],
            )
        except OSError:
            os.close(self._output)
        finally:
            os.close(theirs)

    def _read_status(self) -> bool | None:
        if self._pid is None:
            return None
        ready, _, _ = select.select([self._output], [], [], PATIENCE_SECONDS)
        # One byte says dirty; the end of the stream says clean, if git says it went well.
        dirty = bool(os.read(self._output, 1)) if ready else None
        os.close(self._output)
        if dirty is not False:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        _, status = os.waitpid(self._pid, 0)
        return None if dirty is False and status != 0 else dirty


def read_head(git: str) -> tuple[str | None, str | None]:
    """Return the commit and the branch that a ``.git`` (folder or file) stands at."""
    if os.path.isfile(git):  # a worktree or a submodule
        place = _read(git).removeprefix("gitdir:").strip()
        git = os.path.join(os.path.dirname(git), place)
    head = _read(os.path.join(git, "HEAD"))
    if not head.startswith("ref:"):
        return head or None, None
    reference = head.removeprefix("ref:").strip()
    branch = reference.removeprefix("refs/heads/")
    common = os.path.join(git, _read(os.path.join(git, "commondir")) or ".")
    for folder in (git, common):
        commit = _read(os.path.join(folder, reference))
        if commit:
            return commit, branch
    for line in _read(os.path.join(common, "packed-refs")).splitlines():
        commit, _, name = line.partition(" ")
        if name == reference:
            return commit, branch
    return None, branch


def _find(folder: str) -> str | None:
    folder = os.path.abspath(folder)
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def _programs() -> list[str]:
    folders = os.environ.get("PATH", "").split(os.pathsep)
    return [os.path.join(folder, "git") for folder in (*_SEARCH, *folders) if os.path.isabs(folder)]


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""
