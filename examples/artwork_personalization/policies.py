"""Policies that learn which picture to show to whom, and what they are worth."""

from __future__ import annotations

from typing import Any

import numpy as np

from flownote.models.bandit import (
    UCB1,
    EpsilonGreedy,
    LinTS,
    LinUCB,
    Log,
    Policy,
    Softmax,
    Thompson,
)
from shop import row
from taste_groups import GROUPS, PICTURES, contexts

BATCH = 20
"""How many members are served before what they clicked is learnt."""

CANDIDATES = {
    "ε-greedy": lambda seed: EpsilonGreedy(4, epsilon=0.1, seed=seed),
    "UCB1": lambda seed: UCB1(4, confidence=0.5, seed=seed),
    "Thompson": lambda seed: Thompson(4, seed=seed),
    "LinUCB": lambda seed: LinUCB(4, alpha=0.8, seed=seed),
    "LinTS": lambda seed: LinTS(4, scale=0.4, seed=seed),
}
"""The first three show all members alike; the last two look at their group."""


def learn(
    name: str, rates: np.ndarray, group: np.ndarray, *, rounds: int, seed: int
) -> tuple[Policy, np.ndarray]:
    """Lets a policy choose pictures for members drawn at random and learn from their clicks.

    Returns
    -------
    policy : Policy
        As it was in the end.
    regret : (rounds / BATCH,)
        The clicks that the best picture for each group would have had more, in sum.
    """
    policy = CANDIDATES[name](seed)
    random = np.random.default_rng(seed)
    best = rates.max(axis=1)
    lost = []
    for _ in range(rounds // BATCH):
        served = random.choice(group, size=BATCH)
        context = contexts(served)
        shown = policy.choose(context)
        rate = rates[served, shown]
        click = (random.random(BATCH) < rate).astype(float)
        policy.partial_fit(shown, click, context)
        lost.append((best[served] - rate).sum())
    return policy, np.cumsum(lost)


def logging(
    rates: np.ndarray, group: np.ndarray, *, rounds: int, seed: int
) -> tuple[Log, np.ndarray]:
    """Logs what a cautious policy shows: softmax over what it knows of all members.

    Returns
    -------
    log : Log
        Pictures, clicks and exact propensities.
    served : (rounds,)
        The group of each round's member.
    """
    random = np.random.default_rng(seed)
    policy = Softmax(4, temperature=0.05, seed=seed)
    first = random.choice(group, size=2_000)
    shown = random.integers(0, 4, size=len(first))
    policy.fit(shown, (random.random(len(first)) < rates[first, shown]).astype(float))
    served = random.choice(group, size=rounds)
    shown = policy.choose(contexts(served))
    click = (random.random(rounds) < rates[served, shown]).astype(float)
    return Log(shown, click, policy.propensities()[shown]), served


def worth(policy: Policy, rates: np.ndarray, group: np.ndarray) -> float:
    """Returns what a policy earns per round: known, because the click rates are."""
    shown = policy.propensities(contexts(np.arange(len(GROUPS))))
    frequency = np.bincount(group, minlength=len(GROUPS)) / len(group)
    return float(frequency @ (shown * rates).sum(axis=1))


def judge(
    policy: Policy, log: Log, served: np.ndarray, *, folds_seed: int = 0
) -> tuple[list[dict[str, Any]], Any]:
    """Estimates a policy's worth from the log of another, in four ways.

    Returns
    -------
    rows : list of dict
        The estimates, as a chart's rows.
    doubly_robust : Estimate
        The one to compare policies by.
    """
    wanted = policy.propensities(contexts(served))
    predicted = log.predict_rewards(contexts(served), n_actions=len(PICTURES), seed=folds_seed)
    estimates = {
        "inverse propensities": log.evaluate(wanted, estimator="ips"),
        "self-normalized": log.evaluate(wanted, estimator="snips"),
        "direct": log.evaluate(wanted, estimator="dm", predicted=predicted),
        "doubly robust": log.evaluate(wanted, estimator="dr", predicted=predicted),
    }
    made = [row(name, estimate) for name, estimate in estimates.items()]
    return made, estimates["doubly robust"]
