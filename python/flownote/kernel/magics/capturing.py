"""``%%capture``, and cells that are shown as what they are: HTML, Markdown…."""

from __future__ import annotations

import sys

from flownote.kernel import running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.shell import Shell


class RichOutput:
    """Something that was shown."""

    def __init__(self, output: dict[str, Any], display: Any) -> None:
        self.data = output.get("data", {})
        self.metadata = output.get("metadata", {})
        self._output = output
        self._display = display

    def display(self) -> None:
        """Show it."""
        self._display.publish(self.data, self.metadata)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.data, self.metadata


class Captured:
    """What a cell printed and showed.

    Attributes
    ----------
    stdout, stderr
        The text that it printed.
    outputs
        What it showed.
    """

    def __init__(self, display: Any) -> None:
        self._parts: dict[str, list[str]] = {"stdout": [], "stderr": []}
        self._display = display
        self.outputs: list[RichOutput] = []

    @property
    def stdout(self) -> str:
        """What it printed."""
        return "".join(self._parts["stdout"])

    @property
    def stderr(self) -> str:
        """What it printed to the error stream."""
        return "".join(self._parts["stderr"])

    def show(self) -> None:
        """Print and show it after all."""
        sys.stdout.write(self.stdout)
        sys.stderr.write(self.stderr)
        for output in self.outputs:
            output.display()

    __call__ = show

    def __str__(self) -> str:
        return self.stdout


class Capture:
    """Takes what a cell prints and shows."""

    def __init__(self, captured: Captured, names: set[str], shows: bool) -> None:
        self._captured = captured
        self._names = names
        self._shows = shows
        self._execution = running.starter()

    def text(self, name: str, text: str, execution: Any) -> bool:
        """Take text; False when it is not for here."""
        if execution is not self._execution or name not in self._names:
            return False
        self._captured._parts[name].append(text)
        return True

    def output(self, output: dict[str, Any], execution: Any) -> bool:
        """Take what is shown; False when it is not for here."""
        if execution is not self._execution or not self._shows:
            return False
        if output["kind"] in ("display", "result"):
            self._captured.outputs.append(RichOutput(output, self._captured._display))
        return output["kind"] != "error"


def _capture(shell: Shell, line: str, cell: str) -> None:
    """Keep what the cell prints and shows from being shown; ``%%capture name`` keeps it."""
    words = line.split()
    flags = {word for word in words if word.startswith("-")}
    name = next((word for word in words if not word.startswith("-")), None)
    streams = {"stdout", "stderr"}
    streams -= {word[5:] for word in flags if word.startswith("--no-")}
    kernel = shell._kernel
    captured = Captured(kernel.display)
    capture = Capture(captured, streams, shows="--no-display" not in flags)
    kernel.outputs.drain()
    kernel.outputs.captures.append(capture)
    try:
        value = shell.run_body(cell)
        if value is not None:
            sys.displayhook(value)
        kernel.figures.flush()
    finally:
        kernel.outputs.drain()
        if capture in kernel.outputs.captures:
            kernel.outputs.captures.remove(capture)
        if name is not None:
            shell.user_ns[name] = captured


def _shown_as(mime: str) -> Any:
    def show(shell: Shell, line: str, cell: str) -> None:
        shell._kernel.display.publish({mime: cell, "text/plain": _PLAIN[mime]})

    return show


_PLAIN = {
    "text/html": "<IPython.core.display.HTML object>",
    "text/markdown": "<IPython.core.display.Markdown object>",
    "text/latex": "<IPython.core.display.Latex object>",
    "image/svg+xml": "<IPython.core.display.SVG object>",
    "application/javascript": "<IPython.core.display.Javascript object>",
}

LINE: dict[str, Any] = {}
CELL = {
    "capture": _capture,
    "html": _shown_as("text/html"),
    "HTML": _shown_as("text/html"),
    "markdown": _shown_as("text/markdown"),
    "latex": _shown_as("text/latex"),
    "svg": _shown_as("image/svg+xml"),
    "SVG": _shown_as("image/svg+xml"),
    "javascript": _shown_as("application/javascript"),
    "js": _shown_as("application/javascript"),
}
