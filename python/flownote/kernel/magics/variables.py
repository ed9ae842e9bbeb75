"""``%who``, ``%whos``, ``%reset``, ``%env``, ``%history``."""

from __future__ import annotations

import os
import re
import sys

from flownote.kernel.names import is_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.shell import Shell


def _names(shell: Shell, line: str) -> list[str]:
    kinds = set(line.split())
    return sorted(
        name
        for name, value in shell.user_ns.items()
        if not name.startswith("_")
        and not is_own(name)
        and (not kinds or type(value).__name__ in kinds)
    )


def _say_none(line: str) -> None:
    print("No variables match your requested type." if line else "Interactive namespace is empty.")


def _who(shell: Shell, line: str) -> None:
    """Print the names of the notebook."""
    names = _names(shell, line)
    if not names:
        _say_none(line)
        return
    count = 0
    for name in names:
        print(f"{name}\t", end=" ")
        count += 1
        if count > 8:
            count = 0
            print()
    print()


def _whos(shell: Shell, line: str) -> None:
    """Print the names of the notebook, their types and something of their values."""
    names = _names(shell, line)
    if not names:
        _say_none(line)
        return
    kinds = [type(shell.user_ns[name]).__name__ for name in names]
    name_width = max(len("Variable"), *map(len, names)) + 3
    kind_width = max(len("Type"), *map(len, kinds)) + 3
    print("Variable".ljust(name_width) + "Type".ljust(kind_width) + " Data/Info")
    print("-" * (name_width + kind_width + len("Data/Info") + 1))
    for name, kind in zip(names, kinds, strict=True):
        print(f"{name:<{name_width}}{kind:<{kind_width}}", end=" ")
        print(_info(kind, shell.user_ns[name]))


def _info(kind: str, value: Any) -> str:
    if kind in ("dict", "list", "tuple"):
        return f"n={len(value)}"
    if kind == "ndarray":
        shape = str(value.shape).replace(",", "").replace(" ", "x")[1:-1]
        size = value.size * value.itemsize
        text = f"{shape}: {value.size} elems, type `{value.dtype}`, {size} bytes"
        if size < 100_000:
            return text
        return f"{text} ({size / 1024} kb)" if size < 1 << 20 else f"{text} ({size / (1 << 20)} Mb)"
    if kind == "DataFrame":
        return f"Shape: {value.shape}"
    if kind == "Series":
        return f"Shape: ({len(value)}, )"
    try:
        text = str(value)
    except Exception:  # user code
        return "<no string representation>"
    text = text.replace("\n", "\\n")
    return text if len(text) < 50 else f"{text[:25]}<...>{text[-25:]}"


def _who_ls(shell: Shell, line: str) -> list[str]:
    """Return the names of the notebook."""
    return _names(shell, line)


def _reset(shell: Shell, line: str) -> None:
    """Unbind every name."""
    flags = set(line.split())
    if not flags & {"-f", "-s"}:
        answer = input("Once deleted, variables cannot be recovered. Proceed (y/[n])? ")
        if answer.strip().lower()[:1] != "y":
            print("Nothing done.")
            return
    shell._kernel.names.clear()


def _reset_selective(shell: Shell, line: str) -> None:
    """Unbind the names that match a pattern."""
    words = line.split()
    pattern = re.compile(words[-1] if words and words[-1] != "-f" else "")
    for name in _names(shell, ""):
        if pattern.search(name):
            del shell.user_ns[name]


def _env(shell: Shell, line: str) -> Any:
    """Return the environment or a variable of it, or set one."""
    from flownote.kernel.shell import UsageError

    line = line.strip()
    if not line:
        secret = ("key", "token", "secret", "password")
        return {
            name: "<hidden>" if any(one in name.lower() for one in secret) else value
            for name, value in os.environ.items()
        }
    parts = line.split("=", 1) if "=" in line else line.split(None, 1)
    if len(parts) == 1:
        if line not in os.environ:
            raise UsageError(f"Environment does not have key: {line}")
        return os.environ[line]
    return _set_env(shell, line)


def _set_env(shell: Shell, line: str) -> None:
    """Set a variable of the environment."""
    from flownote.kernel.shell import UsageError

    parts = line.split("=", 1) if "=" in line else line.split(None, 1)
    name = parts[0].strip()
    if len(parts) < 2:
        raise UsageError("`%set_env` needs a value", hint="%set_env NAME=value")
    if re.search(r"\s", name):
        raise UsageError("names of the environment have no whitespace")
    value = shell.var_expand(parts[1].strip())
    os.environ[name] = value
    print(f"env: {name}={value}")


def _history(shell: Shell, line: str) -> None:
    """Print the cells that ran."""
    numbers = "-n" in line.split()
    for count, text in enumerate(shell._kernel.history.inputs[1:], 1):
        sys.stdout.write(f"{count:4}: {text}\n" if numbers else f"{text}\n")


def _xdel(shell: Shell, line: str) -> None:
    """Unbind a name."""
    shell.user_ns.pop(line.split()[-1], None)


LINE = {
    "who": _who,
    "who_ls": _who_ls,
    "whos": _whos,
    "reset": _reset,
    "reset_selective": _reset_selective,
    "env": _env,
    "set_env": _set_env,
    "history": _history,
    "hist": _history,
    "xdel": _xdel,
}
CELL: dict[str, Any] = {}
