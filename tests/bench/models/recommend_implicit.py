"""Fits iALS and ranks by implicit: seconds of each, and how good the ranking is."""

import os

# As implicit asks for: its own threads are slowed down by those of OpenBLAS.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from events import FACTORS, ITERATIONS, L2, movielens, ndcg, synthetic
from implicit.als import AlternatingLeastSquares
from repeated import report

DATA = {"movielens": movielens(), "synthetic": synthetic()}
# In 32 bits beforehand: it would convert them.
WATCHED = {name: watched.astype(np.float32) for name, (watched, _) in DATA.items()}
FITTED: dict = {}


def fit(name: str):
    """Returns a function that fits iALS to some data: an event counts 1 + 1 times."""

    def once():
        model = AlternatingLeastSquares(
            FACTORS, alpha=2.0, regularization=L2, iterations=ITERATIONS, random_state=0
        )
        model.fit(WATCHED[name], show_progress=False)
        FITTED[name] = model

    return once


def top(name: str):
    """Returns a function that ranks for all members, by the factors of the fit."""
    members = np.arange(WATCHED[name].shape[0])
    return lambda: FITTED[name].recommend(members, WATCHED[name], N=10)[0]


def found(task: str, result) -> list[float]:
    """Returns how good a ranking is."""
    kind, _, name = task.partition("_")
    ranking = top(name)() if kind == "ials" else result
    return [ndcg(ranking, DATA[name][1])]


tasks = {f"ials_{name}": fit(name) for name in DATA} | {f"top_{name}": top(name) for name in DATA}
report(tasks, found, repeats=5)
