"""Fits CDNOW's models by Flownote: seconds of each fit, and what it found."""

from repeated import cdnow, report

from flownote.models.customer import BgNbd, GammaGamma, ParetoNbd

x, recency, age, value = cdnow()


def estimates(model, names: str) -> list[float]:
    """Returns a model's parameters."""
    return [getattr(model, f"{name}_") for name in names.split()]


report(
    {
        "bg_nbd": lambda: estimates(BgNbd().fit(x, recency, age), "r alpha a b"),
        "pareto_nbd": lambda: estimates(ParetoNbd().fit(x, recency, age), "r alpha s beta"),
        "gamma_gamma": lambda: estimates(GammaGamma().fit(x, value), "p q v"),
    }
)
