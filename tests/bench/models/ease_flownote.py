"""Fits EASE by Flownote: seconds of each fit, and some of its weights."""

import numpy as np
from events import movielens, synthetic
from repeated import report

from flownote.models.recommend import EASE

DATA = {"movielens": movielens()[0], "synthetic": synthetic()[0]}


def fit(name: str):
    """Returns a function that fits EASE to some data."""
    return lambda: EASE(200.0).fit(DATA[name])


def found(_, model: EASE) -> list[float]:
    """Returns sums of weights."""
    return [float(np.abs(model.weights_).sum()), float((model.weights_**2).sum())]


report({f"ease_{name}": fit(name) for name in DATA}, found, repeats=3)
