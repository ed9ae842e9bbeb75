"""Customers: who still buys, how often, and what that is worth.

A customer's past is three numbers: ``frequency`` (repeat purchases, the first not counted),
``recency`` (from the first purchase to the last) and ``age`` (from the first purchase to the
end of the time watched; lifetimes calls it ``T``). Times are in one unit, weeks say, and
answers are in it, too.

Examples
--------
>>> from flownote.models.customer import BgNbd
>>> model = BgNbd().fit(frequency, recency, age)
>>> model.probability_alive(frequency, recency, age)
>>> model.predict(frequency, recency, age, periods=39)
"""

from __future__ import annotations

from typing import Any, TypeVar

from flownote.models.base import Model, column, native

TYPE_CHECKING = False
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

__all__ = ["BgNbd"]

Self = TypeVar("Self", bound="_PurchaseModel")


class _PurchaseModel(Model):
    """When customers buy and when they stop."""

    def __init__(self) -> None:
        pass

    def fit(self: Self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Self:
        """Fit it by maximum likelihood.

        Parameters
        ----------
        frequency : (n,)
            How often each customer bought again after the first purchase.
        recency : (n,)
            The time from the first purchase to the last; 0 without a second one.
        age : (n,)
            The time from the first purchase to the end of what was watched.

        Raises
        ------
        ModelError
            Nobody bought again, a row is not possible, or the customers don't tell the
            parameters apart.
        """
        columns = _columns(frequency, recency, age)
        self._fitted = native().PurchaseModel.fit(self.kind, *columns)
        return self

    def probability_alive(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> np.ndarray:
        """Return the probability (n,) that each customer hasn't stopped buying."""
        return self._native().probability_alive(*_columns(frequency, recency, age))

    def predict(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, *, periods: float
    ) -> np.ndarray:
        """Return how often each customer (n,) will buy in the next ``periods``, on average."""
        columns = _columns(frequency, recency, age)
        return self._native().future_purchases(*columns, float(periods))

    def expected_purchases(self, periods: ArrayLike) -> np.ndarray:
        """Return how often a new customer buys again within each of ``periods``, on average."""
        return self._native().expected_purchases(column("periods", periods))

    def log_likelihood(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> np.ndarray:
        """Return the log-likelihood (n,) of each customer's past."""
        return self._native().log_likelihood(*_columns(frequency, recency, age))

    @classmethod
    def _load(cls, data: bytes) -> Any:
        return native().PurchaseModel.from_bytes(cls.kind, data)

    def _results(self) -> dict[str, Any]:
        return _results(self._fitted)

    def _summary(self) -> str:
        return _summary(self._fitted)

    def _rows(self) -> list[tuple[str, ...]]:
        return _rows(self._fitted)


class BgNbd(_PurchaseModel):
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


def _columns(frequency: Any, recency: Any, age: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return column("frequency", frequency), column("recency", recency), column("age", age)


def _results(fitted: Any) -> dict[str, Any]:
    estimates = fitted.estimates()
    likelihood, customers, iterations = fitted.fit_facts()
    return {
        **{f"{name}_": value for name, value, _ in estimates},
        "standard_errors_": {name: error for name, _, error in estimates},
        "log_likelihood_": likelihood,
        "n_customers_": customers,
        "n_iter_": iterations,
    }


def _summary(fitted: Any) -> str:
    likelihood, customers, _ = fitted.fit_facts()
    values = ", ".join(f"{name} {value:.4g}" for name, value, _ in fitted.estimates())
    return f"{values}; log-likelihood {likelihood:.1f} of {customers:,} customers"


def _rows(fitted: Any) -> list[tuple[str, ...]]:
    rows = [(name, f"{value:.4g}", f"{error:.2g}") for name, value, error in fitted.estimates()]
    return [("parameter", "estimate", "standard error"), *rows]
