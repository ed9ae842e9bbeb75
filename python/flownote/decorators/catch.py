"""`@catch`: let the flow go on when a step fails for good."""

from flownote.decorators.base import StepDecorator
from flownote.exceptions import DecoratorError


class catch(StepDecorator):  # noqa: N801 - read as a decorator
    """Turn a step's final failure into a value, so that the flow goes on.

    Parameters
    ----------
    var
        The artifact that holds the exception, or None when the step succeeded. Later
        steps ask ``if self.failed: …``.
    print_exception
        Whether the traceback also goes to the step's standard error.
    """

    name = "catch"
    defaults = {"var": None, "print_exception": True}
    types = {"var": (str, type(None)), "print_exception": (bool,)}
    example = '@catch(var="failed")'

    def check(self) -> None:
        """Refuse a name that no attribute can have."""
        var = self.attributes["var"]
        if var is not None and not var.isidentifier():
            raise DecoratorError(
                f"`@catch(var={var!r})`: `{var}` can't be the name of an attribute",
                hint=self._hint(),
            )
