"""ipywidgets' ``Output``: what is printed and shown within ``with output:`` becomes its own.

In Jupyter the page does that, by the number of the message that a cell was run with. Here the
widget is told as the cell goes on, which every front end shows.
"""

from __future__ import annotations

import weakref

from flownote.kernel import running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.process import Kernel


# Widgets that hold what they do until something else comes: `clear_output(wait=True)`.
_clearing: weakref.WeakSet[Any] = weakref.WeakSet()


class _Into:
    """Takes what a cell prints and shows into a widget."""

    def __init__(self, widget: Any) -> None:
        self._widget = widget
        self._execution = running.starter()
        self._waiting: list[dict[str, Any]] = []

    def text(self, name: str, text: str, execution: Any) -> bool:
        """Take text; False when it is not for here."""
        if execution is not self._execution:
            return False
        last = self._waiting[-1] if self._waiting else None
        if last is not None and last.get("name") == name:
            last["text"] += text
        else:
            self._waiting.append({"output_type": "stream", "name": name, "text": text})
        # A line is told whole: `print` writes it in pieces.
        if text.endswith("\n"):
            self.flush()
        return True

    def output(self, output: dict[str, Any], execution: Any) -> bool:
        """Take what is shown; False when it is not for here."""
        if execution is not self._execution:
            return False
        kind = output["kind"]
        if kind == "clear":
            self._waiting.clear()
            if output.get("wait"):
                _clearing.add(self._widget)
            else:
                _clearing.discard(self._widget)
                self._widget.outputs = ()
            return True
        if kind in ("display", "result"):
            shown = {
                "output_type": "display_data",
                "data": output["data"],
                "metadata": output.get("metadata") or {},
            }
        elif kind == "error":
            shown = {
                "output_type": "error",
                "ename": output["name"],
                "evalue": output["message"],
                "traceback": list(output.get("traceback") or []),
            }
        else:
            return False
        self._waiting.append(shown)
        self.flush()
        return True

    def flush(self) -> None:
        """Tell the widget what waits."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        there = [] if self._widget in _clearing else list(self._widget.outputs)
        _clearing.discard(self._widget)
        first = waiting[0]
        if there and first["output_type"] == "stream" and there[-1].get("name") == first["name"]:
            there[-1] = {**there[-1], "text": there[-1]["text"] + first["text"]}
            waiting = waiting[1:]
        self._widget.outputs = (*there, *waiting)


def take_over(module: Any, kernel: Kernel) -> None:
    """Have ``Output`` take what is printed and shown within it."""
    widget = module.Output
    begin, end = widget.__enter__, widget.__exit__
    captures = kernel.outputs.captures

    def drain() -> None:
        if kernel.outputs.drain is not None:
            kernel.outputs.drain()

    def enter(self: Any) -> Any:
        value = begin(self)
        drain()
        captures.append(_Into(self))
        return value

    def leave(self: Any, kind: Any, error: Any, trace: Any) -> Any:
        try:
            # An error is shown within it, too.
            return end(self, kind, error, trace)
        finally:
            kernel.figures.flush()
            drain()
            own = [one for one in captures if isinstance(one, _Into) and one._widget is self]
            if own:
                captures.remove(own[-1])
                own[-1].flush()

    widget.__enter__, widget.__exit__ = enter, leave
