"""Two families of small models, each measured on members that it hasn't seen."""

from __future__ import annotations

import numpy as np

FOLDS = 5


def propensity(x: np.ndarray, watched: np.ndarray) -> dict[str, float]:
    """Logistic regression: who watches? Measured by the area under the ROC curve."""
    scores = crosswise(x, watched.astype(float), logistic)
    return {"base rate": float(watched.mean()), "auc": auc(scores, watched)}


def habit(x: np.ndarray, value: np.ndarray) -> dict[str, float]:
    """Ridge regression: how much? Measured by the share of variance that it explains."""
    predicted = crosswise(x, value, ridge)
    return {"mean": float(value.mean()), "r2": explained(predicted, value)}


def crosswise(x: np.ndarray, y: np.ndarray, fit) -> np.ndarray:
    """Predicts each fold of members with a model that was fitted on the others."""
    fold = np.arange(len(y)) % FOLDS
    predicted = np.zeros(len(y))
    for held_out in range(FOLDS):
        weights, bias = fit(x[fold != held_out], y[fold != held_out])
        predicted[fold == held_out] = x[fold == held_out] @ weights + bias
    return predicted


def ridge(x: np.ndarray, y: np.ndarray, l2: float = 100.0) -> tuple[np.ndarray, float]:
    """Least squares with a penalty of `l2` on the squared weights, none on the bias."""
    center = x.mean(axis=0)
    moved = x - center
    gram = moved.T @ moved + l2 * np.eye(x.shape[1])
    weights = np.linalg.solve(gram, moved.T @ (y - y.mean()))
    return weights, float(y.mean() - center @ weights)


def logistic(x: np.ndarray, y: np.ndarray, l2: float = 30.0) -> tuple[np.ndarray, float]:
    """Logistic regression with the same penalty, by Newton's method from zero."""
    wide = np.column_stack([x, np.ones(len(x))])
    penalty = np.full(wide.shape[1], l2)
    penalty[-1] = 1e-6
    weights = np.zeros(wide.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-wide @ weights))
        slope = wide.T @ (y - chance) - penalty * weights
        curve = (wide.T * (chance * (1 - chance))) @ wide + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights += step
        if np.abs(step).max() < 1e-10:
            break
    return weights[:-1], float(weights[-1])


def auc(scores: np.ndarray, positive: np.ndarray) -> float:
    """The chance that one who watches is scored above one who doesn't; ties count half."""
    values, at = np.unique(scores, return_inverse=True)
    counts = np.bincount(at, minlength=len(values))
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[at]
    yes = int(positive.sum())
    no = len(positive) - yes
    return float((ranks[positive].sum() - yes * (yes + 1) / 2) / (yes * no))


def explained(predicted: np.ndarray, value: np.ndarray) -> float:
    """1 for a perfect prediction, 0 for the mean of all."""
    return float(1 - ((value - predicted) ** 2).sum() / ((value - value.mean()) ** 2).sum())
