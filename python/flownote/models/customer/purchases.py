"""When customers buy and when they stop, and what that makes them worth."""

from __future__ import annotations

from typing import Any, TypeVar

from flownote.models.arguments import count, number
from flownote.models.base import ModelError, column, native
from flownote.models.customer.estimated import Estimated
from flownote.models.progress import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

__all__ = ["BgNbd", "ParetoNbd", "PurchaseModel", "lifetime_value"]

Self = TypeVar("Self", bound="PurchaseModel")


class PurchaseModel(Estimated):
    """When customers buy and when they stop."""

    def __init__(self) -> None:
        pass

    def fit(
        self: Self,
        frequency: ArrayLike,
        recency: ArrayLike,
        age: ArrayLike,
        *,
        show_progress: bool | None = None,
    ) -> Self:
        """Fit it by maximum likelihood.

        Parameters
        ----------
        frequency : (n,)
            How often each customer bought again after the first purchase.
        recency : (n,)
            The time from the first purchase to the last; 0 without a second one.
        age : (n,)
            The time from the first purchase to the end of what was watched.
        show_progress : bool, optional
            Show a bar where this lasts longer than a second; by default in terminals and
            notebooks only.

        Raises
        ------
        ModelError
            Nobody bought again, a row is not possible, or the customers don't tell the
            parameters apart.
        """
        given = columns(frequency, recency, age)
        with shown(show_progress, type(self).__name__) as progress:
            self._fitted = native().PurchaseModel.fit(self.kind, *given, progress)
        return self

    def probability_alive(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> np.ndarray:
        """Return the probability (n,) that each customer hasn't stopped buying."""
        return self._native().probability_alive(*columns(frequency, recency, age))

    def predict(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, *, periods: float
    ) -> np.ndarray:
        """Return how often each customer (n,) will buy in the next ``periods``, on average."""
        given = columns(frequency, recency, age)
        return self._native().future_purchases(*given, number("periods", periods))

    def expected_purchases(self, periods: ArrayLike) -> np.ndarray:
        """Return how often a new customer buys again within each of ``periods``, on average."""
        return self._native().expected_purchases(column("periods", periods))

    def log_likelihood(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> np.ndarray:
        """Return the log-likelihood (n,) of each customer's past."""
        return self._native().log_likelihood(*columns(frequency, recency, age))

    @classmethod
    def _load(cls, data: bytes) -> Any:
        return native().PurchaseModel.from_bytes(cls.kind, data)


class BgNbd(PurchaseModel):
    """The BG/NBD of Fader, Hardie and Lee: customers may stop after any purchase.

    A customer's purchases are Poisson with a rate of their own, Gamma(``r``, rate ``alpha``)
    over customers; after each purchase they stop for good with a probability of their own,
    Beta(``a``, ``b``).

    Attributes
    ----------
    r_, alpha_, a_, b_ : float
        The parameters; ``alpha_`` is in the unit of time.
    standard_errors_ : dict
        The standard error of each, NaN where the data don't say.
    log_likelihood_ : float
        The largest log-likelihood.
    n_customers_, n_iter_ : int
        How many customers there were, and how many steps the search took.

    References
    ----------
    Fader, Hardie, Lee (2005). "Counting Your Customers" the Easy Way: An Alternative to the
    Pareto/NBD Model. Marketing Science 24(2).
    """

    kind = "customer.bg_nbd"


class ParetoNbd(PurchaseModel):
    """The Pareto/NBD of Schmittlein, Morrison and Colombo: customers may stop at any moment.

    A customer's purchases are Poisson with a rate of their own, Gamma(``r``, rate ``alpha``)
    over customers; their lifetime is exponential with a rate of their own, Gamma(``s``, rate
    ``beta``). It takes longer to fit than `BgNbd`, and lets those without a second purchase
    have stopped.

    Attributes
    ----------
    r_, alpha_, s_, beta_ : float
        The parameters; ``alpha_`` and ``beta_`` are in the unit of time.
    standard_errors_, log_likelihood_, n_customers_, n_iter_
        As of `BgNbd`.

    References
    ----------
    Schmittlein, Morrison, Colombo (1987). Counting Your Customers: Who Are They and What Will
    They Do Next? Management Science 33(1). Fader, Hardie (2005). A Note on Deriving the
    Pareto/NBD Model and Related Expressions.
    """

    kind = "customer.pareto_nbd"


def lifetime_value(
    model: PurchaseModel,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    *,
    value: ArrayLike,
    steps: int,
    step: float,
    discount: float,
) -> np.ndarray:
    """Return what each customer's purchases to come (n,) are worth today.

    Parameters
    ----------
    model
        A fitted model of purchases.
    frequency, recency, age : (n,)
        The customers' past.
    value : (n,), or a number for all
        What a purchase of each is worth: `GammaGamma.predict`, times a margin.
    steps, step
        How many steps to look ahead, and a step's length in the unit of ``age``.
    discount
        What is bought in step k is worth (1 + discount)⁻ᵏ: 0.01 for 1 % a step.

    Raises
    ------
    ModelError
        It is another model, a row is not possible, or the horizon is none.

    References
    ----------
    Fader, Hardie, Lee (2005). RFM and CLV: Using Iso-Value Curves for Customer Base Analysis.
    Journal of Marketing Research 42(4).
    """
    import numpy as np

    if not isinstance(model, PurchaseModel):
        raise ModelError(
            f"`model` is a `{type(model).__name__}`, not a model of purchases",
            hint="give a fitted `BgNbd` or `ParetoNbd`",
        )
    past = columns(frequency, recency, age)
    if isinstance(value, (int, float, np.number)):
        value = np.full(len(past[0]), float(value))
    horizon = count("steps", steps), number("step", step), number("discount", discount)
    return model._native().lifetime_value(*past, column("value", value), *horizon)


def columns(frequency: Any, recency: Any, age: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return column("frequency", frequency), column("recency", recency), column("age", age)
