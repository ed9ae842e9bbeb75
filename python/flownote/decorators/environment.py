"""`@environment`: environment variables for one step."""

import os

from flownote.decorators.base import StepDecorator
from flownote.exceptions import DecoratorError


class environment(StepDecorator):  # noqa: N801 - read as a decorator
    """Set environment variables while a step runs.

    Parameters
    ----------
    vars
        Variable → value, both text. They are part of the run's record: use `@secrets`
        for what must not be seen.
    """

    name = "environment"
    defaults = {"vars": {}}
    types = {"vars": (dict,)}
    positional = "vars"
    example = '@environment(vars={"TOKENIZERS_PARALLELISM": "false"})'

    def check(self) -> None:
        """Refuse names and values that aren't text, and names with `=` in them."""
        for key, value in self.attributes["vars"].items():
            if not isinstance(key, str) or not isinstance(value, str):
                raise DecoratorError(
                    f"`@environment`: {key!r} → {value!r} must both be text",
                    hint=f'write {{"{key}": "{value}"}}',
                )
            if not key or "=" in key or "\0" in key + value:
                raise DecoratorError(
                    f"`@environment`: {key!r} can't be the name of a variable",
                    hint=self._hint(),
                )

    def enter(self, mask: object) -> None:
        """Set the variables in the worker."""
        os.environ.update(self.attributes["vars"])
