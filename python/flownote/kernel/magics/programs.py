"""``%%bash`` and its kin, ``%pip``, ``%run``."""

from __future__ import annotations

import importlib
import os
import shlex
import subprocess
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.shell import Shell


def _script(program: str) -> Any:
    def run(shell: Shell, line: str, cell: str) -> None:
        _run_script(shell, [*shlex.split(program), *shlex.split(line)], cell)

    return run


def _any_script(shell: Shell, line: str, cell: str) -> None:
    """Run the cell with the program that the line names."""
    _run_script(shell, shlex.split(line), cell)


def _run_script(shell: Shell, command: list[str], cell: str) -> None:
    from flownote.kernel.shell import UsageError
    from flownote.kernel.systems import _end

    options = {word for word in command if word.startswith("--")}
    command = [word for word in command if word not in options]
    if not command:
        raise UsageError("`%%script` needs a program", hint="%%script perl")
    shell._kernel.outputs.flush()
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE)
    except FileNotFoundError:
        raise UsageError(f"there is no program `{command[0]}`") from None
    try:
        process.communicate(cell.encode())
    except KeyboardInterrupt:
        _end(process)
        raise
    finally:
        shell._kernel.outputs.end()
    if process.returncode and "--no-raise-error" not in options:
        raise subprocess.CalledProcessError(process.returncode, cell.encode())


def _pip(shell: Shell, line: str) -> None:
    """Run pip for the Python of this notebook."""
    command = f"{shlex.quote(sys.executable)} -m pip {line}"
    if line.split()[:1] == ["uninstall"] and "-y" not in line.split():
        command += " -y"
    shell.system(command)
    importlib.invalidate_caches()
    if line.split()[:1] in (["install"], ["uninstall"]):
        print("Note: you may need to restart the kernel to use updated packages.")


def _conda(shell: Shell, line: str) -> None:
    """Run conda."""
    shell.system(f"conda {line}")
    importlib.invalidate_caches()


def _run(shell: Shell, line: str) -> None:
    """Run a script; its names are the notebook's afterwards."""
    from flownote.kernel.shell import UsageError

    words = shlex.split(shell.var_expand(line))
    flags = set()
    while words and words[0].startswith("-") and len(words[0]) == 2:
        flags.add(words.pop(0)[1])
    if not words:
        raise UsageError("`%run` needs the name of a script", hint="%run script.py")
    path = os.path.expanduser(words[0])
    if not os.path.exists(path) and os.path.exists(f"{path}.py"):
        path += ".py"
    if not os.path.exists(path):
        raise UsageError(f"there is no file `{path}`")
    before = sys.argv, sys.path[:]
    sys.argv = [path, *words[1:]]
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    name = "__main__" if "n" not in flags else os.path.splitext(os.path.basename(path))[0]
    names = shell.user_ns if "i" in flags else {"__name__": name, "__builtins__": __builtins__}
    file = names.get("__file__")
    names["__file__"] = path
    try:
        _execute(shell, path, names)
    finally:
        sys.argv, sys.path[:] = before
        names.pop("__file__", None)
        if file is not None:
            names["__file__"] = file
    if names is not shell.user_ns:
        own = ("__name__", "__builtins__", "__file__")
        shell.user_ns.update({key: one for key, one in names.items() if key not in own})


def _execute(shell: Shell, path: str, names: dict[str, Any]) -> None:
    if path.endswith(".ipynb"):
        import json

        with open(path, encoding="utf-8") as file:
            cells = json.load(file)["cells"]
        for cell in cells:
            if cell["cell_type"] == "code":
                source = cell["source"]
                text = source if isinstance(source, str) else "".join(source)
                exec(compile(shell.transform_cell(text), path, "exec"), names)
        return
    from flownote import sources

    with open(path, "rb") as file:
        code = compile(sources.decode(file.read()), os.path.abspath(path), "exec")
    # What the script defines finds its globals in the notebook's names, as in IPython.
    exec(code, names)


LINE = {"pip": _pip, "conda": _conda, "run": _run}
CELL = {
    **{name: _script(name) for name in ("bash", "sh", "perl", "ruby")},
    "python": _script(shlex.quote(sys.executable)),
    "python3": _script(shlex.quote(sys.executable)),
    "script": _any_script,
    "!": lambda shell, line, cell: shell.system(f"{line}\n{cell}"),
    "sx": lambda shell, line, cell: shell.getoutput(f"{line}\n{cell}"),
    "system": lambda shell, line, cell: shell.getoutput(f"{line}\n{cell}"),
}
