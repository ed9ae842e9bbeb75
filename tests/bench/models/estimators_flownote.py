"""Estimates what a policy would have earned by Flownote: seconds, and what was found."""

from repeated import report
from rounds import logged

from flownote.models.bandit import Log

LOGGED = logged()
LOG = Log(LOGGED.action, LOGGED.reward, LOGGED.propensity)
ASKING = ("dr", "switch")


def evaluate(estimator: str, resamples: int | None = None):
    """Returns the estimate by an estimator."""
    predicted = LOGGED.predicted if estimator in ASKING else None
    return LOG.evaluate(
        LOGGED.wanted,
        estimator=estimator,
        predicted=predicted,
        threshold=2.0,
        resamples=resamples,
    )


def value(estimator: str):
    """Returns a function that estimates."""
    return lambda: [evaluate(estimator).value]


def interval(estimator: str):
    """Returns a function that makes an interval of a thousand resamples."""

    def once() -> list[float]:
        found = evaluate(estimator, 1000)
        return [found.low, found.high]

    return once


names = ("ips", "snips", "dr", "switch")
report(
    {name: value(name) for name in names}
    | {f"{name}_interval": interval(name) for name in names if name != "snips"}
)
