"""What customers' purchases are worth."""

from __future__ import annotations

from typing import Any

from flownote.models.base import column, native
from flownote.models.customer.estimated import Estimated
from flownote.models.progress import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

__all__ = ["GammaGamma"]


class GammaGamma(Estimated):
    """The Gamma-Gamma model of what customers' purchases are worth.

    A purchase's value is Gamma(``p``, rate ν) with a ν of the customer's own, Gamma(``q``,
    rate ``v``) over customers. It assumes that how much customers spend has nothing to do
    with how often they buy.

    Attributes
    ----------
    p_, q_, v_ : float
        The parameters; ``v_`` is in the unit of value.
    standard_errors_, log_likelihood_, n_customers_, n_iter_
        As of `BgNbd`; customers without a purchase aren't counted.

    References
    ----------
    Fader, Hardie (2013). The Gamma-Gamma Model of Monetary Value.
    """

    kind = "customer.gamma_gamma"

    def fit(
        self, frequency: ArrayLike, value: ArrayLike, *, show_progress: bool | None = None
    ) -> GammaGamma:
        """Fit it by maximum likelihood.

        Parameters
        ----------
        frequency : (n,)
            How many purchases ``value`` is the mean of. Rows of 0 are left out.
        value : (n,)
            The mean value of each customer's purchases; above 0.
        show_progress : bool, optional
            Show a bar where this lasts longer than a second; by default in terminals and
            notebooks only.

        Raises
        ------
        ModelError
            Too few customers bought, a value isn't positive, or all are worth the same.
        """
        columns = column("frequency", frequency), column("value", value)
        with shown(show_progress, type(self).__name__) as progress:
            self._fitted = native().GammaGamma.fit(*columns, progress)
        return self

    def predict(self, frequency: ArrayLike, value: ArrayLike) -> np.ndarray:
        """Return what each customer's purchases (n,) will be worth on average.

        It lies between the mean of their own and that of all customers, which is the answer
        for those without a purchase.
        """
        return self._native().expected_value(column("frequency", frequency), column("value", value))

    def log_likelihood(self, frequency: ArrayLike, value: ArrayLike) -> np.ndarray:
        """Return the log-likelihood (n,) of each customer's value; NaN without a purchase."""
        return self._native().log_likelihood(column("frequency", frequency), column("value", value))

    @classmethod
    def _load(cls, data: bytes) -> Any:
        return native().GammaGamma.from_bytes(data)

    def _results(self) -> dict[str, Any]:
        return {**super()._results(), "mean_value_": self._fitted.mean_value()}
