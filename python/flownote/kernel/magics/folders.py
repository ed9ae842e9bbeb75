"""``%cd``, ``%pwd``, ``%ls``, ``%%writefile``."""

from __future__ import annotations

import os
import shlex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.shell import Shell


def _cd(shell: Shell, line: str) -> None:
    """Change the working folder; ``-`` goes back."""
    quiet = line.startswith("-q ")
    target = line[3:] if quiet else line
    target = target.strip().strip("\"'")
    history = shell.user_ns.setdefault("_dh", [])
    before = os.getcwd()
    if target == "-":
        from flownote.kernel.shell import UsageError

        if not history:
            raise UsageError("there is no folder to go back to")
        target = str(history[-1])
    os.chdir(os.path.expanduser(shell.var_expand(target) or "~"))
    history.append(before)
    if not quiet:
        print(os.getcwd())


def _pwd(shell: Shell, line: str) -> str:
    """Return the working folder."""
    return os.getcwd()


def _program(command: str) -> Any:
    def run(shell: Shell, line: str) -> None:
        shell.system(f"{command} {line}")

    return run


def _write(shell: Shell, line: str, cell: str) -> None:
    """Write the cell into a file; ``-a`` appends."""
    from flownote.kernel.shell import UsageError

    words = shlex.split(line)
    appends = any(word in ("-a", "--append") for word in words)
    names = [word for word in words if word not in ("-a", "--append")]
    if len(names) != 1:
        raise UsageError("`%%writefile` needs the name of one file", hint="%%writefile helper.py")
    path = os.path.expanduser(shell.var_expand(names[0]))
    exists = os.path.exists(path)
    verb = "Writing" if not exists else "Appending to" if appends else "Overwriting"
    print(f"{verb} {names[0]}")
    with open(path, "a" if appends else "w", encoding="utf-8") as file:
        file.write(cell)


LINE = {
    "cd": _cd,
    "pwd": _pwd,
    "ls": _program("ls --color=never -C"),
    "ll": _program("ls -l"),
    "cat": _program("cat"),
    "mkdir": _program("mkdir"),
    "rmdir": _program("rmdir"),
    "cp": _program("cp"),
    "mv": _program("mv"),
    "rm": _program("rm"),
}
CELL = {"writefile": _write, "file": _write}
