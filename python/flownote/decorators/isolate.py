"""`@isolate`: how a step's process is started."""

from flownote.decorators.base import StepDecorator
from flownote.exceptions import DecoratorError

MODES = ("spawn", "fork")


class isolate(StepDecorator):  # noqa: N801 - read as a decorator
    """Start a step in a fresh interpreter instead of a fork of the warm one.

    Parameters
    ----------
    mode
        ``"spawn"``: a fresh interpreter for each attempt, for code that doesn't survive a
        fork (CUDA, some thread pools). ``"fork"``: the default, said aloud.

    Examples
    --------
    >>> from flownote import FlowSpec, isolate, step
    >>> class Train(FlowSpec):
    ...     @isolate("spawn")
    ...     @step
    ...     def start(self): ...
    """

    name = "isolate"
    defaults = {"mode": "spawn"}
    types = {"mode": (str,)}
    positional = "mode"
    example = '@isolate("spawn")'

    def check(self) -> None:
        """Refuse modes that don't exist."""
        if self.attributes["mode"] not in MODES:
            known = " and ".join(f'"{mode}"' for mode in MODES)
            raise DecoratorError(
                f"`@isolate({self.attributes['mode']!r})`: no such mode", hint=f"there is {known}"
            )
