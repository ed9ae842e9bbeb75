"""`@cache`: take a step's result from any earlier run with the same code and inputs."""

from __future__ import annotations

from flownote.decorators.base import StepDecorator
from flownote.exceptions import DecoratorError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class cache(StepDecorator):  # noqa: N801 - a decorator's name
    """Look a step's result up before it runs, and keep it afterwards.

    A result is taken when the code that the step reaches is the same and everything that
    it read would be the same now, whoever computed it, in whichever flow.

    Parameters
    ----------
    externals
        Files that the step reads in ways that can't be seen: their content becomes part
        of what the result depends on.
    ttl
        Seconds after which a result is computed again.

    Examples
    --------
    >>> from flownote import cache, step
    >>> @cache(externals=["ratings.csv"])
    ... @step
    ... def features(self): ...
    """

    name = "cache"
    defaults: dict[str, Any] = {"externals": [], "ttl": None}
    types = {"externals": (list, tuple), "ttl": (int, float, type(None))}
    example = '@cache(externals=["ratings.csv"])'

    def check(self) -> None:
        """Refuse what isn't a path, and a time that never comes."""
        if not all(isinstance(path, str) for path in self.attributes["externals"]):
            raise DecoratorError(
                "`@cache(externals=…)` takes paths of files", hint=f"write {self.example}"
            )
        if self.attributes["ttl"] is not None and self.attributes["ttl"] <= 0:
            raise DecoratorError(
                "`@cache(ttl=…)` must be more than 0 seconds", hint="leave it out to keep forever"
            )
        self.attributes["externals"] = list(self.attributes["externals"])
