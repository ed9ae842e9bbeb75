"""Scoring functions: what a fitted model says of a row of numbers, as a value of its own.

`Model.function` makes one. Python calls it with columns, and SQL cells of a notebook call it by
the name of its variable. As an artifact it is its model's file with the function's name in it.

Examples
--------
>>> alive = model.function("probability_alive")
>>> alive(customers["frequency"], customers["recency"], customers["age"])

And in a cell of SQL: ``SELECT customer, alive(frequency, recency, age) FROM customers``.
"""

from __future__ import annotations

import inspect
from typing import Any, NamedTuple

from flownote.models.arguments import finite
from flownote.models.base import ModelError, native

__all__ = ["ScoringFunction", "Signature"]


class Signature(NamedTuple):
    """What a function takes and gives.

    Attributes
    ----------
    name
        The function's name.
    parameters
        Each parameter's name, and what its number counts: ``{"age": "time"}``. Times are in the
        unit of the fit.
    returns
        What it gives: ``"probability"``.
    """

    name: str
    parameters: dict[str, str]
    returns: str

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.parameters)}) -> {self.returns}"


class ScoringFunction:
    """A function of a fitted model: a row of numbers in, a number out.

    Called with columns of one length, of NumPy, pandas, Polars or Arrow, it returns a column of
    that length and kind; called with numbers alone, a number. A number among columns stands for
    all rows. Rows with a null give null; NaN in a column of pandas is one.

    It is made by `Model.function`, and keeps the model as it was then: a later fit doesn't change
    it.

    Raises
    ------
    ModelError
        A row has no answer: it is named, with its values.
    TypeError
        The arguments are too many, too few, or no columns.
    """

    def __init__(self, fitted: Any) -> None:
        self._fitted = fitted
        name, parameters, returns = fitted.described()
        self._signature = Signature(name, dict(parameters), returns)
        self.__name__ = self.__qualname__ = name
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        self.__signature__ = inspect.Signature(
            [inspect.Parameter(parameter, kind) for parameter, _ in parameters]
        )

    @property
    def signature(self) -> Signature:
        """What it takes and gives; what is fixed isn't among its parameters."""
        return self._signature

    @property
    def fixed(self) -> dict[str, float]:
        """The arguments that are the same for all rows."""
        return self._fitted.fixed()

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Return the number of each row (n,)."""
        from flownote_studio import columns

        arguments = self.__signature__.bind(*given, **named).arguments
        arguments = {name: _column(name, value) for name, value in arguments.items()}
        return columns.call(self._fitted.call, arguments, ModelError)

    @staticmethod
    def from_bytes(data: bytes) -> ScoringFunction:
        """Return the function that `to_bytes` wrote.

        Raises
        ------
        ModelError
            The bytes are no function's, or of one that this version doesn't know.
        """
        return ScoringFunction(native("scoring").ScoringFunction.from_bytes(data))

    def to_bytes(self) -> bytes:
        """Return it as one safetensors file, its model's; equal functions give equal bytes."""
        return self._fitted.to_bytes()

    def __reduce__(self) -> tuple:
        return ScoringFunction.from_bytes, (self.to_bytes(),)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        assert isinstance(other, ScoringFunction)
        return self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash(self.to_bytes())

    def __repr__(self) -> str:
        fixed = "".join(f", {name}={value:g}" for name, value in self.fixed.items())
        takes = ", ".join(self._signature.parameters) + fixed
        name, returns = self._signature.name, self._signature.returns
        return f"<{name}({takes}) -> {returns}, of a {self._fitted.kind}>"


def functions_of(data: bytes) -> list[Signature]:
    """Return the functions of the model in a file."""
    found = native("scoring").scoring_functions(data)
    return [Signature(name, dict(parameters), returns) for name, parameters, returns in found]


def function_of(data: bytes, name: str, fixed: dict[str, Any]) -> ScoringFunction:
    """Return a function of the model in a file."""
    numbers = {}
    for argument, value in fixed.items():
        try:
            numbers[argument] = finite(argument, value)
        except ModelError:
            raise ModelError(
                f"`{argument}` is {value!r}, which can't be the same for all rows",
                hint="give a number, or call the function with a column",
            ) from None
    return ScoringFunction(native("scoring").ScoringFunction.of(data, name, numbers))


def _column(name: str, value: Any) -> Any:
    """Return a list as an array: what else is a column says so itself."""
    if not isinstance(value, (list, tuple)):
        return value
    from flownote.models.base import column

    return column(name, value)
