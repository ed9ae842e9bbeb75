"""What the scripts on bandits share: a log of a policy, and rounds with contexts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ROWS, ACTIONS = 10_000, 80
"""As the men's and women's campaigns of the Open Bandit sample together."""

ROUNDS, ARMS, NUMBERS = 5_000, 10, 10
STREAM = 500
"""How many rounds are learnt one at a time."""


@dataclass(frozen=True)
class Logged:
    """Rounds of a policy, what another would have done, and what a reward model expects."""

    action: np.ndarray
    reward: np.ndarray
    propensity: np.ndarray
    wanted: np.ndarray
    predicted: np.ndarray


def logged() -> Logged:
    """Returns a log whose clicks are rare and whose weights are moderate."""
    random = np.random.default_rng(0)
    shown = mixed(random.dirichlet(np.ones(ACTIONS), ROWS))
    wanted = mixed(random.dirichlet(np.ones(ACTIONS), ROWS))
    action = (shown.cumsum(1) > random.random((ROWS, 1))).argmax(1)
    propensity = shown[np.arange(ROWS), action]
    reward = (random.random(ROWS) < 0.05).astype(float)
    return Logged(action, reward, propensity, wanted, 0.1 * random.random((ROWS, ACTIONS)))


def mixed(chances: np.ndarray) -> np.ndarray:
    """Returns distributions of which no chance is tiny."""
    chances = chances + 0.01
    return chances / chances.sum(1, keepdims=True)


@dataclass(frozen=True)
class Contextual:
    """Rounds shown uniformly, and what each arm is worth in each context."""

    context: np.ndarray
    arm: np.ndarray
    reward: np.ndarray
    worth: np.ndarray


def contextual() -> Contextual:
    """Returns rounds whose rewards are clicks, likelier where an arm fits the context."""
    random = np.random.default_rng(1)
    context = random.normal(size=(ROUNDS, NUMBERS))
    context[:, 0] = 1.0
    worth = np.clip(0.3 + context @ random.normal(0, 0.08, (NUMBERS, ARMS)), 0, 1)
    arm = random.integers(0, ARMS, ROUNDS)
    chance = worth[np.arange(ROUNDS), arm]
    return Contextual(context, arm, (random.random(ROUNDS) < chance).astype(float), worth)


def earned(rounds: Contextual, chosen: np.ndarray) -> float:
    """Returns what these arms are worth, on average."""
    return float(rounds.worth[np.arange(len(chosen)), np.asarray(chosen)].mean())
