"""Learns and chooses by Vowpal Wabbit: seconds, and how good what is chosen is.

It isn't LinUCB: a gradient step a round, and a tenth of all rounds explore. Examples are written
as its text beforehand, which is no part of the time; its time of reading them is.
"""

import numpy as np
from repeated import report
from rounds import ARMS, STREAM, contextual, earned
from vowpalwabbit import Workspace

ROUNDS = contextual()
SEEN = [
    "| " + " ".join(f"x{place}:{value:.9g}" for place, value in enumerate(row))
    for row in ROUNDS.context
]
# Of a click the cost is -1. Every arm was shown in one of ten rounds.
LEARNT = [
    f"{arm + 1}:{-reward:g}:{1 / ARMS:g} {seen}"
    for arm, reward, seen in zip(ROUNDS.arm, ROUNDS.reward, SEEN, strict=True)
]


def made() -> Workspace:
    """Returns a policy that has learnt nothing."""
    return Workspace(f"--cb_explore {ARMS} --epsilon 0.1 --quiet")


def fit() -> Workspace:
    """Learns all rounds."""
    policy = made()
    for example in LEARNT:
        policy.learn(example)
    return policy


def stream() -> Workspace:
    """Chooses and learns round by round, as a server does."""
    policy = made()
    for seen, example in zip(SEEN[:STREAM], LEARNT[:STREAM], strict=True):
        policy.predict(seen)
        policy.learn(example)
    return policy


FITTED = fit()


def choose() -> np.ndarray:
    """Chooses in every context what it thinks is the best."""
    return np.array([FITTED.predict(seen) for seen in SEEN]).argmax(1)


def found(task: str, result) -> list[float]:
    """Returns what is chosen is worth; of the others, nothing that is to be the same."""
    return [earned(ROUNDS, result)] if task.endswith("choose") else []


report({"linucb_fit": fit, "linucb_choose": choose, "linucb_stream": stream}, found)
