"""`@retry`: try a failed step again."""

from flownote.decorators.base import StepDecorator
from flownote.exceptions import DecoratorError


class retry(StepDecorator):  # noqa: N801 - read as a decorator
    """Try a step again when it fails.

    Parameters
    ----------
    times
        How many attempts may follow the first.
    minutes_between_retries
        The wait before the first retry.
    backoff
        Each further wait is this many times the one before; 1 keeps it constant.

    Examples
    --------
    >>> from flownote import FlowSpec, retry, step
    >>> class Fetch(FlowSpec):
    ...     @retry(times=3, minutes_between_retries=0.1, backoff=2)
    ...     @step
    ...     def start(self): ...
    """

    name = "retry"
    defaults = {"times": 3, "minutes_between_retries": 2, "backoff": 1}
    types = {"times": (int,), "minutes_between_retries": (int, float), "backoff": (int, float)}
    example = "@retry(times=3, minutes_between_retries=1)"

    def check(self) -> None:
        """Refuse negative counts and waits, and a backoff below 1."""
        for key in ("times", "minutes_between_retries"):
            if self.attributes[key] < 0:
                raise DecoratorError(
                    f"`@retry({key}={self.attributes[key]})` can't be negative",
                    hint=self._hint(),
                )
        if self.attributes["backoff"] < 1:
            raise DecoratorError(
                f"`@retry(backoff={self.attributes['backoff']})` must be at least 1",
                hint="1 keeps the wait constant, 2 doubles it each time",
            )
