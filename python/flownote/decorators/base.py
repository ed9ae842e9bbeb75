"""What every step decorator is: a name, typed attributes with defaults, a place on a step.

A decorator may stand above or below ``@step``. It keeps itself in the function's
``flownote_decorators``; `flownote.describe` reads them, the engine acts on what the
description says, and those with something to do inside the worker implement `enter`.
"""

from __future__ import annotations

from flownote.exceptions import DecoratorError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

ATTRIBUTE = "flownote_decorators"


class StepDecorator:
    """The base class of step decorators; ``@retry`` and ``@retry(times=2)`` both work.

    Subclasses say ``name``, ``defaults`` (attribute → default), ``types`` (attribute →
    accepted types) and, where one value may be given without its name, ``positional``.

    Raises
    ------
    DecoratorError
        When an attribute is unknown or its value isn't of the right type.
    """

    name = ""
    defaults: dict[str, Any] = {}
    types: dict[str, tuple[type, ...]] = {}
    positional: str | None = None
    example = ""

    def __new__(cls, function: Any = None, /, **attributes: Any) -> Any:
        """Decorate at once when used without parentheses."""
        if not (callable(function) and hasattr(function, "__name__")):
            return super().__new__(cls)
        decorator = super().__new__(cls)
        decorator.__init__(**attributes)  # type: ignore[misc]
        return decorator(function)

    def __init__(self, value: Any = None, /, **attributes: Any) -> None:
        if value is not None:
            if self.positional is None:
                raise DecoratorError(
                    f"`@{self.name}` takes its attributes by name", hint=self._hint()
                )
            attributes.setdefault(self.positional, value)
        for key, given in attributes.items():
            self._check_type(key, given)
        self.attributes: dict[str, Any] = {**self.defaults, **attributes}
        self.given = frozenset(attributes)
        self.check()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Put this decorator on a step."""
        if not callable(function) or isinstance(function, type):
            raise DecoratorError(
                f"`@{self.name}` stands on a step, not on {_what(function)}",
                hint=f"put it above the `@step` of a method: {self.example or '@' + self.name}",
            )
        present = list(function.__dict__.get(ATTRIBUTE, ()))
        if any(other.name == self.name for other in present):
            raise DecoratorError(
                f"`{function.__name__}` has `@{self.name}` twice", hint="keep one of them"
            )
        # The one nearest to `def` is applied first; listing it last keeps source order.
        setattr(function, ATTRIBUTE, [self, *present])
        return function

    def check(self) -> None:
        """Check the attributes together; subclasses raise `DecoratorError`."""

    def enter(self, mask: Callable[[list[str]], None]) -> None:
        """Act inside the worker before the step runs.

        Parameters
        ----------
        mask
            Has values hidden in what the step prints from then on.
        """

    def describe(self) -> dict[str, Any]:
        """Return the decorator as a flow's description has it."""
        return {"name": self.name, "attributes": self.attributes}

    def _check_type(self, key: str, value: Any) -> None:
        if key not in self.defaults:
            known = ", ".join(f"`{name}`" for name in self.defaults)
            raise DecoratorError(
                f"`@{self.name}` has no attribute `{key}`", hint=f"it has {known}; {self._hint()}"
            )
        wanted = self.types.get(key)
        if wanted is None:
            return
        # A bool is an int to Python, but `times=True` is a mistake.
        if isinstance(value, wanted) and (not isinstance(value, bool) or bool in wanted):
            return
        names = " or ".join("None" if kind is type(None) else kind.__name__ for kind in wanted)
        raise DecoratorError(
            f"`@{self.name}({key}={value!r})`: `{key}` must be {names}, not {type(value).__name__}",
            hint=self._hint(),
        )

    def _hint(self) -> str:
        return f"write, for example, {self.example or '@' + self.name}"

    def __repr__(self) -> str:
        inner = ", ".join(f"{key}={self.attributes[key]!r}" for key in sorted(self.given))
        return f"@{self.name}({inner})"


def decorators_of(function: Any) -> list[StepDecorator]:
    """Return the decorators of a step, in the order in which its source has them."""
    while True:
        found = getattr(function, "__dict__", {}).get(ATTRIBUTE)
        if found is not None:
            return list(found)
        inner = getattr(function, "__wrapped__", None) or getattr(function, "__func__", None)
        if inner is None:
            return []
        function = inner


def _what(value: object) -> str:
    return f"the class `{value.__name__}`" if isinstance(value, type) else type(value).__name__
