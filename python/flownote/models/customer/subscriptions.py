"""How long the customers of a subscription stay."""

from __future__ import annotations

from typing import Any

from flownote.models.arguments import LONGEST, count, number
from flownote.models.base import Model, ModelError, column, native
from flownote.models.customer.estimated import Estimated

TYPE_CHECKING = False
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

__all__ = ["KaplanMeier", "ShiftedBetaGeometric"]


class ShiftedBetaGeometric(Estimated):
    """The sBG of Fader and Hardie: how long the customers of a subscription stay.

    At the end of each period a customer leaves with a probability of their own, Beta(``alpha``,
    ``beta``) over customers: those likely to go leave first, so retention grows with time
    though nobody changes.

    Attributes
    ----------
    alpha_, beta_ : float
        The parameters.
    standard_errors_, log_likelihood_, n_customers_, n_iter_
        As of `BgNbd`.

    References
    ----------
    Fader, Hardie (2007). How to Project Customer Retention. Journal of Interactive Marketing
    21(1). Fader, Hardie (2010). Customer-Base Valuation in a Contractual Setting. Marketing
    Science 29(1).

    Examples
    --------
    >>> model = ShiftedBetaGeometric().fit([131, 126, 90, 60], customers=1000)
    >>> model.survival(7)
    """

    kind = "customer.shifted_beta_geometric"

    def fit(self, losses: ArrayLike, customers: float) -> ShiftedBetaGeometric:
        """Fit it to one cohort by maximum likelihood.

        Parameters
        ----------
        losses : (periods,)
            How many left at the end of each period, two periods or more.
        customers
            How many there were in the beginning.

        Raises
        ------
        ModelError
            Losses aren't counts, are more than there were customers, or don't tell the
            parameters apart.
        """
        losses = column("losses", losses)
        self._fitted = native().ShiftedBetaGeometric.fit(losses, number("customers", customers))
        return self

    def survival(self, periods: int) -> np.ndarray:
        """Return the share (periods + 1,) that is there after 0, 1, … ``periods``."""
        return self._native().survival(count("periods", periods, most=LONGEST))

    def retention(self, periods: int) -> np.ndarray:
        """Return the share (periods,) of those left that stays at the end of each period."""
        return self._native().retention(count("periods", periods, most=LONGEST))

    def residual_lifetime(self, renewals: int, *, discount: float) -> float:
        """Return how many periods somebody who renewed ``renewals`` times will still pay.

        Each is discounted by ``discount`` (0.1 for 10 % a period) for each period that it is
        away; the one that is about to be decided is not.
        """
        renewed = count("renewals", renewals)
        return self._native().residual_lifetime(renewed, number("discount", discount))

    @classmethod
    def _load(cls, data: bytes) -> Any:
        return native().ShiftedBetaGeometric.from_bytes(data)


class KaplanMeier(Model):
    """The Kaplan–Meier curve: the share that is there after a time, some still watched.

    Attributes
    ----------
    times_ : (steps,)
        The times at which somebody left, ascending.
    at_risk_, events_ : (steps,)
        How many were watched until then, and how many left.
    survival_, standard_errors_ : (steps,)
        The share that is there afterwards, and Greenwood's standard error of it.
    median_ : float
        When half had left; infinite where more than half are there.

    References
    ----------
    Kaplan, Meier (1958). Nonparametric Estimation from Incomplete Observations. JASA 53.
    """

    kind = "customer.kaplan_meier"

    def __init__(self) -> None:
        pass

    def fit(self, durations: ArrayLike, observed: ArrayLike | None = None) -> KaplanMeier:
        """Make the curve.

        Parameters
        ----------
        durations : (n,)
            How long each customer was watched.
        observed : (n,), optional
            1 for who left then, 0 for who was still there; without it, all left.

        Raises
        ------
        ModelError
            Nobody was watched, or a row is not possible.
        """
        durations = column("durations", durations)
        if not len(durations):
            raise ModelError("`durations` is empty", hint="give how long each customer was watched")
        seen = [1.0] * len(durations) if observed is None else observed
        self._fitted = native().KaplanMeier.fit(durations, column("observed", seen))
        return self

    def predict(self, times: ArrayLike) -> np.ndarray:
        """Return the share that is there after each of ``times``."""
        return self._native().survival_at(column("times", times))

    def interval(self, deviations: float = 1.959964) -> tuple[np.ndarray, np.ndarray]:
        """Return bounds of each share, by default at 95 % (on the scale of ln(−ln S)).

        They are ``deviations`` standard errors from it, 0 or more.
        """
        away = number("deviations", deviations)
        if not away >= 0:
            raise ModelError(f"`deviations` is {away:g}", hint="give 0 or more: 1.96 for 95 %")
        return self._native().interval(away)

    @classmethod
    def _load(cls, data: bytes) -> Any:
        return native().KaplanMeier.from_bytes(data)

    def _results(self) -> dict[str, Any]:
        names = ("times_", "at_risk_", "events_", "survival_", "standard_errors_")
        curve = dict(zip(names, self._fitted.curve(), strict=True))
        return {**curve, "median_": self._fitted.median()}

    def _summary(self) -> str:
        return f"{len(self._fitted.curve()[0])} steps, median {self._fitted.median():.4g}"
