"""Full-ranking metrics, one value per member, and intervals over members.

Every title that the member hasn't watched is ranked: no sampled negatives, which are
known to order models wrongly (Krichene and Rendle, "On sampled metrics for item
recommendation", 2020).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse


def rank(scores: np.ndarray, seen: sparse.csr_matrix, *, depth: int = 100) -> np.ndarray:
    """Returns each member's best titles, best first: shape (members, depth).

    What the member has seen is left out. Equal scores keep the order of the titles, so
    that a ranking is the same each time. Where fewer than `depth` are left, the row ends
    in -1.
    """
    scores = scores.copy()
    scores[seen.nonzero()] = -np.inf
    best = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
    best[np.isneginf(np.take_along_axis(scores, best, axis=1))] = -1
    return best


def evaluate(ranking: np.ndarray, held_out: sparse.csr_matrix) -> dict[str, np.ndarray]:
    """Returns `recall@10`, `recall@20`, `ndcg@10` and `ndcg@100` for each member.

    Members of whom nothing was held out are left out: nothing can be asked of them.
    """
    members = np.flatnonzero(np.diff(held_out.indptr))
    relevant = held_out[members].toarray() > 0
    ranking = ranking[members]
    hits = np.take_along_axis(relevant, ranking, axis=1) & (ranking >= 0)
    wanted = relevant.sum(axis=1)
    return {
        "recall@10": recall(hits, wanted, 10),
        "recall@20": recall(hits, wanted, 20),
        "ndcg@10": ndcg(hits, wanted, 10),
        "ndcg@100": ndcg(hits, wanted, 100),
    }


def recall(hits: np.ndarray, wanted: np.ndarray, k: int) -> np.ndarray:
    """Returns the share of a member's held-out titles among the first `k`."""
    return hits[:, :k].sum(axis=1) / wanted


def ndcg(hits: np.ndarray, wanted: np.ndarray, k: int) -> np.ndarray:
    """Returns the discounted gain of the first `k` over that of the best order.

    A hit at position `p` (from 1) is worth `1 / log2(p + 1)`.
    """
    discount = 1.0 / np.log2(np.arange(2, k + 2))
    gain = hits[:, :k] @ discount[: hits.shape[1]]
    ideal = np.concatenate([[0.0], np.cumsum(discount)])
    return gain / ideal[np.minimum(wanted, k)]


def coverage(ranking: np.ndarray, titles: int, *, k: int = 10) -> float:
    """Returns the share of all titles that stand in somebody's first `k`."""
    shown = np.unique(ranking[:, :k])
    return float((shown >= 0).sum() / titles)


def bootstrap(
    values: np.ndarray, *, resamples: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """Returns the percentile interval of the mean, members drawn with replacement.

    For the difference of two models, pass the members' differences: the same members
    are then drawn for both, which is what makes a small difference visible.
    """
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, len(values), size=(resamples, len(values)))
    tail = (1.0 - level) / 2
    low, high = np.quantile(values[drawn].mean(axis=1), [tail, 1 - tail])
    return float(low), float(high)
