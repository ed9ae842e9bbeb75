"""Fits CDNOW's models by lifetimes: seconds of each fit, and what it found."""

import warnings

from repeated import cdnow, report

warnings.simplefilter("ignore")

from lifetimes import BetaGeoFitter, GammaGammaFitter, ParetoNBDFitter  # noqa: E402

x, recency, age, value = cdnow()
again = x > 0


def estimates(model) -> list[float]:
    """Returns a model's parameters, in the order in which its paper names them."""
    return [float(parameter) for parameter in model.params_]


report(
    {
        "bg_nbd": lambda: estimates(BetaGeoFitter().fit(x, recency, age)),
        "pareto_nbd": lambda: estimates(ParetoNBDFitter().fit(x, recency, age)),
        "gamma_gamma": lambda: estimates(GammaGammaFitter().fit(x[again], value[again])),
    }
)
