"""What all models share: parameters, the state of a fit, bytes, and how they are shown.

A model is a class over a native object that holds the fit. It names its ``kind``, as files
do, and says how the native object becomes bytes (``to_bytes``) and comes back (`_load`).
"""

from __future__ import annotations

import html
import inspect
import json
from typing import Any, ClassVar, TypeVar

from flownote.exceptions import FlownoteException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    import numpy as np
    from numpy.typing import ArrayLike

    from flownote.models.scoring import ScoringFunction, Signature

__all__ = ["Model", "ModelError", "NotFittedError", "column", "native", "rows_of"]

Self = TypeVar("Self", bound="Model")


class ModelError(FlownoteException, ValueError):
    """A model can't be fitted, applied or read: it says what, where, and what to do now."""

    headline = "A model failed"


class NotFittedError(ModelError, AttributeError):
    """A model was asked before its fit."""


def native(part: str = "models") -> ModuleType:
    """Return the native module that all numbers come from.

    Parameters
    ----------
    part
        Of the studio's native modules: ``models`` or ``scoring``.

    Raises
    ------
    FlownoteException
        The package ``flownote-studio`` isn't installed.
    """
    try:
        from flownote_studio import _studio
    except ModuleNotFoundError as error:
        if error.name != "flownote_studio":
            raise
        raise FlownoteException(
            "models are computed by the package `flownote-studio`, which is not installed",
            hint="install it beside flownote: pip install flownote-studio",
        ) from None
    found: ModuleType = getattr(_studio, part)
    return found


def column(name: str, values: ArrayLike | Any) -> np.ndarray:
    """Return numbers as a contiguous column of floats, without a copy where they are one.

    Parameters
    ----------
    name
        The argument's name, for errors.
    values
        Numbers of NumPy, pandas, polars or Arrow, or a list.

    Raises
    ------
    ModelError
        They aren't numbers, or have more than one dimension.
    """
    hint = "give a one-dimensional array, a list or a column of a frame"
    return _numbers(name, values, 1, "a column of numbers", (hint, hint))


def rows_of(name: str, values: ArrayLike | Any) -> np.ndarray:
    """Return numbers as contiguous rows of floats, without a copy where they are rows.

    Parameters
    ----------
    name
        The argument's name, for errors.
    values
        A table of numbers of NumPy, pandas, polars or Arrow, or a list of lists.

    Raises
    ------
    ModelError
        They aren't numbers, or don't have two dimensions.
    """
    hints = (
        "give a two-dimensional array or a frame of numbers",
        "give a table of rows and columns: `x[:, None]` of a single column",
    )
    return _numbers(name, values, 2, "rows of numbers", hints)


def _numbers(
    name: str, values: ArrayLike | Any, dimensions: int, what: str, hints: tuple[str, str]
) -> np.ndarray:
    """Return numbers of so many dimensions; hints: for what aren't numbers, for another shape."""
    import numpy as np

    if hasattr(values, "toarray"):
        raise ModelError(
            f"`{name}` is a sparse matrix, not {what}", hint=f"give `{name}.toarray()`"
        )
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ModelError(f"`{name}` isn't {what}: {error}", hint=hints[0]) from None
    if array.ndim != dimensions:
        raise ModelError(f"`{name}` has {array.ndim} dimensions, not {dimensions}", hint=hints[1])
    return np.ascontiguousarray(array)


class Model:
    """The base of all models.

    A subclass stores what its ``__init__`` is given under the same names and does nothing
    else there; ``_fitted`` holds the native object once there was a fit.
    """

    kind: ClassVar[str] = ""
    """The model's name in files; it never changes its meaning."""

    _classes: ClassVar[dict[str, type[Model]]] = {}
    _fitted: Any = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "kind" in cls.__dict__:
            Model._classes[cls.kind] = cls

    # --- Parameters -------------------------------------------------------------------

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return what the model was made with, by name."""
        return {name: getattr(self, name) for name in self._names()}

    def set_params(self: Self, **values: Any) -> Self:
        """Change what the model was made with; a fit that there was stays until the next.

        Raises
        ------
        ModelError
            The model takes no such parameter.
        """
        names = self._names()
        for name, value in values.items():
            if name not in names:
                takes = ", ".join(f"`{known}`" for known in names) or "none"
                raise ModelError(
                    f"`{type(self).__name__}` takes no parameter `{name}`",
                    hint=f"it takes {takes}",
                )
            setattr(self, name, value)
        return self

    @classmethod
    def _names(cls) -> list[str]:
        if cls.__init__ is object.__init__:
            return []
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    # --- The fit ----------------------------------------------------------------------

    def _native(self) -> Any:
        """Return the native object of the fit."""
        if self._fitted is None:
            raise NotFittedError(
                f"this `{type(self).__name__}` isn't fitted yet",
                hint="call `fit` first",
            )
        return self._fitted

    def _results(self) -> dict[str, Any]:
        """Return the fitted attributes by name, each with its underscore."""
        return {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not name.endswith("_"):
            raise AttributeError(f"`{type(self).__name__}` has no attribute `{name}`")
        self._native()
        try:
            return self._results()[name]
        except KeyError:
            raise AttributeError(
                f"`{type(self).__name__}` has no fitted attribute `{name}`"
            ) from None

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *(self._results() if self._fitted is not None else ())]

    # --- Functions --------------------------------------------------------------------

    def functions(self) -> list[Signature]:
        """Return what `function` can make: names, parameters with their units, answers.

        Raises
        ------
        NotFittedError
            The model isn't fitted.
        """
        from flownote.models.scoring import functions_of

        self._native()
        return functions_of(self.to_bytes())

    def function(self, name: str, /, **fixed: float) -> ScoringFunction:
        """Return a function of the fit: a value of its own, which SQL cells can call.

        Parameters
        ----------
        name
            One of `functions`: mostly the name of the method that says the same of columns.
        **fixed
            Arguments that are the same for all rows, which it then doesn't take:
            ``model.function("predict", periods=39)``.

        Raises
        ------
        NotFittedError
            The model isn't fitted.
        ModelError
            It has no such function, or the function no such argument.
        """
        from flownote.models.scoring import function_of

        self._native()
        return function_of(self.to_bytes(), name, fixed)

    # --- Bytes ------------------------------------------------------------------------

    @classmethod
    def _load(cls, data: bytes) -> Any:
        """Return the native object that ``to_bytes`` of one wrote."""
        raise NotImplementedError

    def to_bytes(self) -> bytes:
        """Return the model as one safetensors file; equal models give equal bytes."""
        options = json.dumps(self.get_params(), sort_keys=True, default=_plain)
        if self._fitted is None:
            return native().unfitted(self.kind, options)
        return self._fitted.to_bytes(options)

    @staticmethod
    def from_bytes(data: bytes) -> Model:
        """Return the model that `to_bytes` wrote, of the class that wrote it.

        Raises
        ------
        ModelError
            The bytes are no model's, or of a kind that this version doesn't know.
        """
        kind, text, fitted = native().read_parameters(data)
        parameters, known = json.loads(text), _class_of(kind)
        options = parameters.get("options")
        if options is None:
            options = known._options_of(parameters)
        # JSON has lists alone, and what a model is made with are tuples.
        model = known(
            **{name: tuple(it) if isinstance(it, list) else it for name, it in options.items()}
        )
        if fitted:
            model._fitted = known._load(data)
            model._complete()
        return model

    @classmethod
    def _options_of(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return what a model was made with that a Rust cell fitted.

        Its file says what scores depend on; the rest, such as a penalty, isn't known: None.
        """
        found = {name: parameters.get(name) for name in cls._names()}
        if "seed" in found and found["seed"] is None:
            found["seed"] = 0  # what a policy draws by here, not what it learnt
        return found

    def _complete(self) -> None:
        """Take from the fit what the model was made with and its file didn't say."""

    def __reduce__(self) -> tuple:
        return _from_bytes, (type(self), self.to_bytes())

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        assert isinstance(other, Model)
        return self.to_bytes() == other.to_bytes()

    __hash__ = None  # type: ignore[assignment]

    # --- Shown ------------------------------------------------------------------------

    def __repr__(self) -> str:
        given = inspect.signature(type(self).__init__).parameters
        options = [
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if value != given[name].default
        ]
        made = f"{type(self).__name__}({', '.join(options)})"
        if self._fitted is None:
            return made
        return f"<{made}: {self._summary()}>"

    def _summary(self) -> str:
        """Return what a fit found, in a line."""
        return "fitted"

    def _rows(self) -> list[tuple[str, ...]]:
        """Return a fit as a table's rows, the first of them its head."""
        return []

    def _repr_html_(self) -> str:
        rows = self._rows() if self._fitted is not None else []
        if not rows:
            return f"<pre>{html.escape(repr(self))}</pre>"
        head, *body = [[html.escape(cell) for cell in row] for row in rows]
        lines = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in body)
        return (
            f"<table><caption>{html.escape(repr(self))}</caption>"
            f"<thead><tr><th>{'</th><th>'.join(head)}</th></tr></thead>"
            f"<tbody>{lines}</tbody></table>"
        )


def _plain(value: Any) -> Any:
    """Return a number or an array of NumPy's as Python's own."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise ModelError(
        f"a model's parameters are numbers, texts and lists, not `{type(value).__name__}`",
        hint="give parameters that JSON can hold",
    )


def _class_of(kind: str) -> type[Model]:
    """Return the class of a kind, whose first word is the module that defines it."""
    from importlib import import_module

    from flownote.models import _MODULES

    module = kind.partition(".")[0]
    if module in _MODULES:
        import_module(f"flownote.models.{module}")
    known = Model._classes.get(kind)
    if known is None:
        raise ModelError(
            f"this version knows no model `{kind}`",
            hint="a newer Flownote made it: update this one",
        )
    return known


def _from_bytes(kind: type[Model], data: bytes) -> Model:
    """Return a copied or unpickled model, of the subclass that it was."""
    model = Model.from_bytes(data)
    if type(model) is not kind:
        model.__class__ = kind
    return model
