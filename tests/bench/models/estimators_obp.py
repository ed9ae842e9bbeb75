"""Estimates what a policy would have earned by obp: seconds, and what was found."""

import sys

from repeated import report
from rounds import logged


class Absent(type):
    """A class for any name. Of obp, only what learns policies needs PyTorch, gigabytes; it is
    imported beside the estimators, which are NumPy's.
    """

    def __getattr__(cls, name: str):
        """Returns a class of that name."""
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(name, (), {})


for module in ("", ".nn", ".nn.functional", ".optim", ".utils", ".utils.data"):
    sys.modules[f"torch{module}"] = Absent("torch", (), {})

from obp import ope  # noqa: E402

LOGGED = logged()
LOG = {
    "reward": LOGGED.reward,
    "action": LOGGED.action,
    "pscore": LOGGED.propensity,
    "action_dist": LOGGED.wanted[:, :, None],
}
ASKING = LOG | {"estimated_rewards_by_reg_model": LOGGED.predicted[:, :, None]}
ESTIMATORS = {
    "ips": (ope.InverseProbabilityWeighting(), LOG),
    "snips": (ope.SelfNormalizedInverseProbabilityWeighting(), LOG),
    "dr": (ope.DoublyRobust(), ASKING),
    "switch": (ope.SwitchDoublyRobust(tau=2.0), ASKING),
}


def value(name: str):
    """Returns a function that estimates."""
    estimator, log = ESTIMATORS[name]
    return lambda: [float(estimator.estimate_policy_value(**log))]


def interval(name: str):
    """Returns a function that makes an interval of a thousand resamples."""
    estimator, log = ESTIMATORS[name]

    def once() -> list[float]:
        found = estimator.estimate_interval(**log, n_bootstrap_samples=1000, random_state=0)
        return [float(found["95.0% CI (lower)"]), float(found["95.0% CI (upper)"])]

    return once


# Of the self-normalized, obp resamples what isn't normalized anew: its interval isn't compared.
report(
    {name: value(name) for name in ESTIMATORS}
    | {f"{name}_interval": interval(name) for name in ESTIMATORS if name != "snips"}
)
