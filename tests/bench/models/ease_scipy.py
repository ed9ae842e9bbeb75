"""Fits EASE by NumPy and SciPy: seconds of each fit, and some of its weights."""

import numpy as np
from events import movielens, synthetic
from repeated import report
from scipy import linalg

DATA = {"movielens": movielens()[0], "synthetic": synthetic()[0]}


def ease(watched) -> np.ndarray:
    """Returns the weights: -P[i, j] / P[j, j] with P = (XᵀX + 200 I)⁻¹."""
    gram = (watched.T @ watched).toarray()
    gram[np.diag_indices_from(gram)] += 200.0
    inverse = linalg.cho_solve(linalg.cho_factor(gram), np.eye(len(gram)))
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return weights


def fit(name: str):
    """Returns a function that fits EASE to some data."""
    return lambda: ease(DATA[name])


def found(_, weights: np.ndarray) -> list[float]:
    """Returns sums of weights."""
    return [float(np.abs(weights).sum()), float((weights**2).sum())]


report({f"ease_{name}": fit(name) for name in DATA}, found, repeats=3)
