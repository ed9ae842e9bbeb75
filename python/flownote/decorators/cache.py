"""`@cache`: take a step's result from any earlier run with the same code and inputs."""

from __future__ import annotations

from flownote.decorators.base import StepDecorator
from flownote.exceptions import DecoratorError, FlownoteException
from flownote.externals import declared, seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class cache(StepDecorator):  # noqa: N801 - a decorator's name
    """Look a step's result up before it runs, and keep it afterwards.

    A result is taken when the code that the step reaches is the same and everything that
    it read would be the same now, whoever computed it, in whichever flow.

    The global random generators of Python and NumPy begin with a seed that follows from what
    is known before the step runs, so that equal work draws equal numbers; seed those that
    the step makes itself (``numpy.random.default_rng(7)``).

    Parameters
    ----------
    externals
        What the step reads in ways that can't be seen: `flownote.file`, `flownote.url`,
        `flownote.table`; a text is a path. Its version becomes part of what the
        result depends on.
    ttl
        Seconds, or ``"15m"``, ``"1h"``, ``"7d"``, after which a result is computed again.

    Examples
    --------
    >>> from flownote import cache, step
    >>> @cache(externals=["ratings.csv"])
    ... @step
    ... def features(self): ...
    """

    name = "cache"
    defaults: dict[str, Any] = {"externals": [], "ttl": None}
    types = {"externals": (list, tuple), "ttl": (int, float, str, type(None))}
    example = '@cache(externals=["ratings.csv"])'

    def check(self) -> None:
        """Refuse what isn't a declaration, and a time that never comes."""
        try:
            self.externals = declared(self.attributes["externals"])
            ttl = self.attributes["ttl"]
            self.ttl = None if ttl is None else seconds(ttl)
        except FlownoteException as error:
            raise DecoratorError(f"`@cache`: {error.message}", hint=error.hint) from None
        self.attributes["externals"] = [f"{one.kind}:{one.name}" for one in self.externals]
