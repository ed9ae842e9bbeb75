"""Logs of a shop that showed fashion items: the Open Bandit Dataset, from the `obp` wheel.

The wheel has 10,000 rounds of each campaign and policy. It is found, never imported: importing
it would ask for PyTorch, and the data doesn't need it.
"""

from __future__ import annotations

import csv
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np

from flownote.models.bandit import Estimate, Log

CAMPAIGNS = ("all", "men", "women")
INSTALL = "pip install --no-deps obp==0.4.1"


def folder() -> Path:
    """Returns where the wheel has the logs."""
    try:
        return Path(str(distribution("obp").locate_file("obp/dataset/obd")))
    except PackageNotFoundError:
        raise SystemExit(f"the Open Bandit logs come with the `obp` wheel: {INSTALL}") from None


def logged(campaign: str, policy: str) -> tuple[Log, int]:
    """Returns what a policy (`bts` or `random`) logged, and how many items there were."""
    where = folder() / policy / campaign
    with (where / f"{campaign}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (where / "item_context.csv").open(encoding="utf-8") as file:
        items = sum(1 for _ in file) - 1
    item = np.array([int(row["item_id"]) for row in rows])
    click = np.array([float(row["click"]) for row in rows])
    propensity = np.array([float(row["propensity_score"]) for row in rows])
    return Log(item, click, propensity), items


def judge(campaign: str) -> dict[str, Any]:
    """Estimates what showing all items equally often would have earned, from the log of `bts`.

    `bts`, Bernoulli Thompson sampling, is the policy that the shop had. It also showed all items
    equally often to other visitors: what those clicked needs no estimator.
    """
    log, items = logged(campaign, "bts")
    even = np.full(items, 1 / items)
    predicted = log.predict_rewards(n_actions=items, l2=10.0)
    estimates = {
        "inverse propensities": log.evaluate(even, estimator="ips"),
        "self-normalized": log.evaluate(even, estimator="snips"),
        "doubly robust": log.evaluate(even, estimator="dr", predicted=predicted),
        "switch": log.evaluate(even, estimator="switch", predicted=predicted),
    }
    had = log.observed()
    tried = logged(campaign, "random")[0].observed()
    weights = estimates["self-normalized"].weights
    assert weights is not None
    return {
        "campaign": campaign,
        "items": items,
        "had": row("bts, as logged", had),
        "tried": row("tried on others", tried),
        "estimates": [row(name, estimate) for name, estimate in estimates.items()],
        "effective": weights.effective,
        "warnings": list(weights.warnings),
        "verdict": str(estimates["self-normalized"].compare(had)),
        "experiment": str(tried.compare(had, together=False)),
    }


def row(name: str, estimate: Estimate) -> dict[str, Any]:
    """Returns an estimate as a chart's row."""
    return {
        "name": name,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "trusted": estimate.weights is None or not estimate.weights.warnings,
    }
