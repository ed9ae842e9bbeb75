"""Learns and chooses by Flownote's linear bandits: seconds, and how good what is chosen is."""

import numpy as np
from repeated import report
from rounds import ARMS, STREAM, contextual, earned

from flownote.models.bandit import LinTS, LinUCB

ROUNDS = contextual()
MAKE = {
    "linucb": lambda: LinUCB(ARMS, alpha=1.0),
    "lints": lambda: LinTS(ARMS, scale=0.1),
}
FITTED = {
    name: make().fit(ROUNDS.arm, ROUNDS.reward, ROUNDS.context) for name, make in MAKE.items()
}


def fit(name: str):
    """Returns a function that learns all rounds, and returns the coefficients."""
    make = MAKE[name]
    return lambda: make().fit(ROUNDS.arm, ROUNDS.reward, ROUNDS.context)


def stream(name: str):
    """Returns a function that chooses and learns round by round, as a server does."""
    make = MAKE[name]
    arm, reward, context = ROUNDS.arm, ROUNDS.reward, ROUNDS.context

    def once():
        policy, chosen = make(), []
        for row in range(STREAM):
            one = slice(row, row + 1)
            chosen.append(policy.choose(context[one])[0])
            policy.partial_fit(arm[one], reward[one], context[one])
        return policy

    return once


def choose(name: str):
    """Returns a function that chooses in every context."""
    return lambda: FITTED[name].choose(ROUNDS.context)


def found(task: str, result) -> list[float]:
    """Returns sums of coefficients, or what was chosen is worth."""
    if task.endswith("choose"):
        return [earned(ROUNDS, result)]
    return [float(np.abs(result.coefficients_).sum()), float((result.coefficients_**2).sum())]


TASKS = {"fit": fit, "choose": choose, "stream": stream}
report({f"{name}_{task}": make(name) for name in MAKE for task, make in TASKS.items()}, found)
