"""Fits iALS and ranks by Flownote: seconds of each, and how good the ranking is."""

import numpy as np
from events import FACTORS, ITERATIONS, L2, movielens, ndcg, synthetic
from repeated import report

from flownote.models.recommend import IALS

DATA = {"movielens": movielens(), "synthetic": synthetic()}
FITTED: dict = {}


def fit(name: str):
    """Returns a function that fits iALS to some data."""
    model = IALS(FACTORS, alpha=1.0, l2=L2, iterations=ITERATIONS)
    FITTED[name] = model
    return lambda: model.fit(DATA[name][0])


def top(name: str):
    """Returns a function that ranks for all members, by the factors of the fit."""
    watched = DATA[name][0]
    members = np.arange(watched.shape[0])
    return lambda: FITTED[name].recommend(watched, 10, members=members)[0]


def found(task: str, result) -> list[float]:
    """Returns how good a ranking is."""
    kind, _, name = task.partition("_")
    ranking = top(name)() if kind == "ials" else result
    return [ndcg(ranking, DATA[name][1])]


tasks = {f"ials_{name}": fit(name) for name in DATA} | {f"top_{name}": top(name) for name in DATA}
report(tasks, found, repeats=5)
