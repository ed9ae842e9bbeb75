"""``x?``, ``%debug``, ``%tb``, ``%lsmagic``."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.shell import Shell


def _pinfo(shell: Shell, line: str) -> None:
    """Show what is known of a name (``x?``)."""
    _show(shell, line, detail=0)


def _pinfo2(shell: Shell, line: str) -> None:
    """Show what is known of a name, its source too (``x??``)."""
    _show(shell, line, detail=1)


def _show(shell: Shell, line: str, *, detail: int) -> None:
    from flownote.kernel import look

    name = line.strip()
    data = look.described(shell.user_ns, name, detail)
    if data is None:
        print(f"Object `{name}` not found.")
        return
    shell.payload({"source": "page", "data": data, "start": 0})


def _doc(shell: Shell, line: str) -> None:
    """Print a name's documentation."""
    import inspect

    print(inspect.getdoc(shell.ev(line.strip())) or "(no documentation)")


def _psource(shell: Shell, line: str) -> None:
    """Print a name's source."""
    import inspect

    print(inspect.getsource(shell.ev(line.strip())))


def _tb(shell: Shell, line: str) -> None:
    """Show the last error again."""
    error = getattr(sys, "last_value", None)
    if error is None:
        print("No traceback available to show.")
    else:
        shell.showtraceback((type(error), error, error.__traceback__))


def _debug(shell: Shell, line: str) -> None:
    """Look into the frames of the last error with pdb."""
    import pdb

    tb = getattr(sys, "last_traceback", None)
    if tb is None:
        print("No traceback has been produced, nothing to debug.", file=sys.stderr)
        return
    pdb.post_mortem(tb)


def _lsmagic(shell: Shell, line: str) -> None:
    """List the magics."""
    from flownote.kernel import magics

    for kind, sign in (("line", "%"), ("cell", "%%")):
        names = sorted({*magics.names(kind), *shell.magics[kind]})
        print(f"Available {kind} magics:\n{'  '.join(sign + name for name in names)}\n")


def _load(shell: Shell, line: str) -> None:
    """Put a file into the next cell."""
    with open(line.split()[-1], encoding="utf-8") as file:
        shell.set_next_input(f"# %load {line}\n{file.read()}", replace=True)


LINE = {
    "pinfo": _pinfo,
    "pinfo2": _pinfo2,
    "pdoc": _doc,
    "psource": _psource,
    "tb": _tb,
    "debug": _debug,
    "lsmagic": _lsmagic,
    "load": _load,
}
CELL: dict[str, Any] = {}
