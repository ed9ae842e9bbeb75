"""`@timeout`: end a step that takes too long."""

from flownote.decorators.base import StepDecorator
from flownote.exceptions import DecoratorError


class timeout(StepDecorator):  # noqa: N801 - read as a decorator
    """Raise `flownote.exceptions.TimeoutException` in a step that takes too long.

    The times add up. The step's process group is killed 10 seconds after the deadline
    when it still runs.

    Parameters
    ----------
    seconds, minutes, hours
        How long each attempt may take.
    """

    name = "timeout"
    defaults = {"seconds": 0, "minutes": 0, "hours": 0}
    types = {"seconds": (int, float), "minutes": (int, float), "hours": (int, float)}
    example = "@timeout(minutes=5)"

    def check(self) -> None:
        """Refuse a timeout that isn't positive."""
        if self.seconds <= 0:
            raise DecoratorError("`@timeout` names no time above zero", hint=self._hint())

    @property
    def seconds(self) -> float:
        """The whole time in seconds."""
        times = self.attributes
        return times["seconds"] + 60 * times["minutes"] + 3600 * times["hours"]
