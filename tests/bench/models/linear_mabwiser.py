"""Learns and chooses by mabwiser's linear bandits: seconds, and how good what is chosen is."""

import numpy as np
from mabwiser.mab import MAB, LearningPolicy
from repeated import report
from rounds import ARMS, STREAM, contextual, earned

ROUNDS = contextual()
POLICIES = {
    "linucb": LearningPolicy.LinUCB(alpha=1.0),
    "lints": LearningPolicy.LinTS(alpha=0.1),
}


def made(name: str) -> MAB:
    """Returns a policy that has learnt nothing."""
    return MAB(list(range(ARMS)), POLICIES[name])


def fit(name: str):
    """Returns a function that learns all rounds, and returns the policy."""

    def once() -> MAB:
        policy = made(name)
        policy.fit(ROUNDS.arm, ROUNDS.reward, ROUNDS.context)
        return policy

    return once


def stream(name: str):
    """Returns a function that chooses and learns round by round, as a server does."""
    arm, reward, context = ROUNDS.arm, ROUNDS.reward, ROUNDS.context

    def once() -> MAB:
        policy, chosen = made(name), []
        # It chooses nothing before a first fit.
        policy.fit(arm[:1], reward[:1], context[:1])
        chosen.append(policy.predict(context[:1]))
        for row in range(1, STREAM):
            one = slice(row, row + 1)
            chosen.append(policy.predict(context[one]))
            policy.partial_fit(arm[one], reward[one], context[one])
        return policy

    return once


FITTED = {name: fit(name)() for name in POLICIES}


def choose(name: str):
    """Returns a function that chooses in every context."""
    return lambda: FITTED[name].predict(ROUNDS.context)


def found(task: str, result) -> list[float]:
    """Returns sums of coefficients, or what was chosen is worth."""
    if task.endswith("choose"):
        return [earned(ROUNDS, result)]
    # It has no other door to what it learnt.
    beta = np.array([result._imp.arm_to_model[arm].beta for arm in range(ARMS)])
    return [float(np.abs(beta).sum()), float((beta**2).sum())]


TASKS = {"fit": fit, "choose": choose, "stream": stream}
report({f"{name}_{task}": make(name) for name in POLICIES for task, make in TASKS.items()}, found)
