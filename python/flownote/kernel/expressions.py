"""Values that a front end asks for beside a cell's: Jupyter's ``user_expressions``."""

from __future__ import annotations

from flownote.kernel import faults, process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.shell import Shell


def show(expressions: dict[str, str]) -> None:
    """Evaluate expressions and hand their values to whoever asked for them.

    Parameters
    ----------
    expressions
        The text of each, by the name that its value gets.
    """
    kernel = process.kernel
    if kernel is None:  # not in a notebook
        return
    shell = kernel.shell
    values = {name: _value(shell, text) for name, text in expressions.items()}
    shell.payload({"source": "user_expressions", "values": values})


def _value(shell: Shell, text: str) -> dict[str, Any]:
    try:
        data, metadata = shell.display_formatter.format(shell.ev(text))
    except Exception as error:  # the user's code
        output = faults.output_of(error)
        return {
            "status": "error",
            "ename": output["name"],
            "evalue": output["message"],
            "traceback": output["traceback"],
        }
    return {"status": "ok", "data": data, "metadata": metadata}
