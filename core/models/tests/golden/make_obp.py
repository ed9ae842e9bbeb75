"""Writes `obp.json`: the estimators of the Open Bandit Pipeline on arrays that both sides read.

The pipeline wants packages that nothing here needs, so it is run in an environment of its own:

    python -m venv obp && obp/bin/pip install obp==0.4.1 torch mypy-extensions
    obp/bin/python core/models/tests/golden/make_obp.py

The arrays are drawn here; the logs of the campaigns are those that its wheel ships.
"""

from __future__ import annotations

import json
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from obp import ope
from sklearn.linear_model import LogisticRegression, Ridge

ROWS, ACTIONS = 150, 4
CLIP, THRESHOLD, L2 = 2.5, 1.5, 2.0


def distributions(generator: np.random.Generator, rows: int) -> np.ndarray:
    """Draws distributions over the actions in thousandths, which text holds as they are."""
    raw = generator.dirichlet(np.ones(ACTIONS), size=rows)
    parts = np.maximum((raw * 1000).astype(int), 20)
    parts[:, 0] += 1000 - parts.sum(axis=1)
    parts = np.where(parts[:, [0]] < 20, 250, parts)
    return parts / 1000


def estimates(log: dict[str, np.ndarray], wanted: np.ndarray, q: np.ndarray) -> dict[str, float]:
    """Returns every estimate of the policy `wanted`, (rounds, actions), with `q` likewise."""
    base = {"reward": log["reward"], "action": log["action"], "action_dist": wanted[:, :, None]}
    weighed = {**base, "pscore": log["pscore"]}
    modelled = {**weighed, "estimated_rewards_by_reg_model": q[:, :, None]}
    chosen = wanted[np.arange(len(wanted)), log["action"]]
    weight = chosen / log["pscore"]
    # This version clips nothing itself: the same weights, by other propensities.
    clipped = {**base, "pscore": chosen / np.minimum(weight, CLIP)}
    ips = ope.InverseProbabilityWeighting()
    values = {
        "ips": ips.estimate_policy_value(**weighed),
        "clipped": ips.estimate_policy_value(**clipped),
        "snips": ope.SelfNormalizedInverseProbabilityWeighting().estimate_policy_value(**weighed),
        "dm": ope.DirectMethod().estimate_policy_value(**modelled),
        "dr": ope.DoublyRobust().estimate_policy_value(**modelled),
        "switch": ope.SwitchDoublyRobust(tau=THRESHOLD).estimate_policy_value(**modelled),
    }
    return {name: float(value) for name, value in values.items()}


def drawn() -> dict[str, Any]:
    """Returns arrays and what follows from them."""
    generator = np.random.default_rng(11)
    logged, wanted = distributions(generator, ROWS), distributions(generator, ROWS)
    action = np.array([generator.choice(ACTIONS, p=row) for row in logged])
    context = np.round(generator.normal(size=(ROWS, 2)), 3)
    rate = 1 / (1 + np.exp(-(context[:, 0] * (action - 1.5) - 0.5)))
    reward = (generator.random(ROWS) < rate).astype(float)
    log = {"reward": reward, "action": action, "pscore": logged[np.arange(ROWS), action]}
    q = np.round(generator.random((ROWS, ACTIONS)), 4)
    taken = generator.integers(0, ACTIONS, size=ROWS)
    only = np.eye(ACTIONS)[taken]
    replay = ope.ReplayMethod().estimate_policy_value(
        reward=reward, action=action, action_dist=only[:, :, None]
    )
    return {
        "action": action.tolist(),
        "reward": reward.tolist(),
        "propensity": log["pscore"].tolist(),
        "wanted": wanted.ravel().tolist(),
        "predicted": q.ravel().tolist(),
        "taken": taken.tolist(),
        "context": context.ravel().tolist(),
        "actions": ACTIONS,
        "clip": CLIP,
        "threshold": THRESHOLD,
        "l2": L2,
        "estimates": {**estimates(log, wanted, q), "replay": float(replay)},
        "ridge": ridge(context, action, reward).ravel().tolist(),
        "logistic": logistic(context, action, reward).ravel().tolist(),
    }


def ridge(context: np.ndarray, action: np.ndarray, reward: np.ndarray) -> np.ndarray:
    """Returns scikit-learn's ridge regression per action, around the mean reward."""
    features = np.column_stack([np.ones(len(context)), context])
    columns = []
    for wanted in range(ACTIONS):
        rows = action == wanted
        model = Ridge(alpha=L2, fit_intercept=False)
        model.fit(features[rows], reward[rows] - reward.mean())
        columns.append(model.predict(features) + reward.mean())
    return np.column_stack(columns)


def logistic(context: np.ndarray, action: np.ndarray, reward: np.ndarray) -> np.ndarray:
    """Returns scikit-learn's logistic regression of rewards whose mean is a half.

    It knows no offset, so the rows come twice, once with the rewards turned: the mean is a half
    and the offset zero.
    """
    features = np.column_stack([np.ones(len(context)), context])
    columns = []
    for wanted in range(ACTIONS):
        rows = action == wanted
        model = LogisticRegression(C=1 / L2, fit_intercept=False, tol=1e-12, max_iter=10_000)
        twice = np.vstack([features[rows], features[rows] * [1.0, -1.0, 0.5]])
        model.fit(twice, np.concatenate([reward[rows], 1 - reward[rows]]))
        columns.append(model.predict_proba(features)[:, 1])
    return np.column_stack(columns)


def campaign(name: str) -> dict[str, float]:
    """Returns the estimates for a shop's campaign: what is shown equally often would earn.

    The reward model is each item's share of clicks, of ten more rounds with the mean share.
    """
    folder = Path(str(distribution("obp").locate_file("obp/dataset/obd/bts"))) / name
    table = pd.read_csv(folder / f"{name}.csv")
    items = len(pd.read_csv(folder / "item_context.csv"))
    action, reward = table["item_id"].to_numpy(), table["click"].to_numpy().astype(float)
    shown = np.bincount(action, minlength=items)
    clicked = np.bincount(action, weights=reward, minlength=items)
    q = np.tile((clicked + 10 * reward.mean()) / (shown + 10), (len(table), 1))
    log = {"action": action, "reward": reward, "pscore": table["propensity_score"].to_numpy()}
    return estimates(log, np.full((len(table), items), 1 / items), q)


if __name__ == "__main__":
    golden = {
        "drawn": drawn(),
        "campaigns": {name: campaign(name) for name in ("all", "men", "women")},
    }
    Path(__file__).with_name("obp.json").write_text(json.dumps(golden) + "\n", encoding="utf-8")
