"""Callbacks around cells, as extensions register them with ``get_ipython().events``."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_NAMES = ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell", "shell_initialized")


class Events:
    """Callbacks by event."""

    def __init__(self) -> None:
        self.callbacks: dict[str, list[Callable[..., Any]]] = {name: [] for name in _NAMES}

    def register(self, event: str, function: Callable[..., Any]) -> None:
        """Have a function called at an event."""
        if event not in self.callbacks:
            raise KeyError(f"there is no event `{event}`: {', '.join(_NAMES)}")
        if function not in self.callbacks[event]:
            self.callbacks[event].append(function)

    def unregister(self, event: str, function: Callable[..., Any]) -> None:
        """Call it no longer."""
        try:
            self.callbacks[event].remove(function)
        except ValueError:
            raise ValueError(f"{function!r} is not registered for `{event}`") from None

    def trigger(self, event: str, *arguments: Any) -> None:
        """Call what is registered; what fails is reported and doesn't stop the others."""
        for function in list(self.callbacks[event]):
            try:
                function(*arguments)
            except Exception as error:
                print(f"Error in callback {function} (for {event}): {error!r}", file=sys.stderr)
