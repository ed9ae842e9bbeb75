"""Class constants: ``alpha = 0.5`` in a flow's body.

A plain class attribute hides what an earlier step assigned under the same name, since
Python looks at the class before it asks ``__getattr__``. `seal` puts a `Constant` in its
place when the flow is loaded: a step's own assignment goes first, then an artifact of
the name, then the constant's value as the run's record has it.
"""

from __future__ import annotations

from flownote.describe import constants_of
from flownote.exceptions import MissingArtifact
from flownote.flowspec import own_attributes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Constant:
    """A class attribute of a flow that artifacts of its name go before."""

    def __init__(self, name: str, value: Any) -> None:
        self.name = name
        self.constant_value = value

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self.constant_value
        own = own_attributes(instance)
        if self.name in own:
            return own[self.name]
        state = own.get("_flownote")
        if state is None or getattr(state, "bare", False):
            return self.constant_value
        try:
            return state.load(self.name)
        except MissingArtifact:
            # No codec could store it: it is as the class has it.
            return self.constant_value

    def __set__(self, instance: Any, value: Any) -> None:
        own_attributes(instance)[self.name] = value

    def __delete__(self, instance: Any) -> None:
        try:
            del own_attributes(instance)[self.name]
        except KeyError:
            raise AttributeError(self.name) from None


def seal(flow: type) -> None:
    """Put a `Constant` in the place of every class constant of a flow and its bases."""
    for name in constants_of(flow):
        for base in flow.__mro__:
            value = vars(base).get(name, seal)
            if value is not seal and not isinstance(value, Constant):
                setattr(base, name, Constant(name, value))
