"""How good rankings of all items are, against what members did later.

Nothing is sampled: Krichene, Rendle (2020), On Sampled Metrics for Item Recommendation, KDD.
"""

from __future__ import annotations

from typing import Any

from flownote.models.arguments import count
from flownote.models.base import ModelError, native
from flownote.models.recommend.events import events_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import ArrayLike

__all__ = ["coverage", "evaluate", "novelty"]

DEFAULT = ("recall@10", "ndcg@10", "map@10", "mrr@10")


def evaluate(
    ranking: ArrayLike, held_out: Any, metrics: Iterable[str] = DEFAULT
) -> dict[str, np.ndarray]:
    """Return what each metric says of each member of whom something was held out.

    Parameters
    ----------
    ranking : (n, places) of int
        Items of each member, best first, -1 where none was left: `recommend`'s first result.
    held_out : sparse matrix (n, items)
        What the members did later.
    metrics : iterable of str
        ``recall@k``: the share of all held-out items among the first k. ``ndcg@k``: Σ
        1/log₂(place + 1) of hits over that of the best order. ``map@k``: the mean precision at
        hits, over the held-out items or k, whichever is less. ``mrr@k``: 1 over the first hit's
        place.

    Returns
    -------
    dict of str to (m,)
        For each metric a value of each of the m members of whom something was held out, and
        under ``"members"`` their rows.

    Raises
    ------
    ModelError
        There is no such metric, or the ranking is too short for it.
    """
    names = [metrics] if isinstance(metrics, str) else list(metrics)
    parts = events_of(held_out, "held_out")
    members, values = native().measure_ranking(names, _ranking(ranking), parts)
    # A sum of nothing is -0 there.
    return {"members": members, **{name: it + 0.0 for name, it in zip(names, values, strict=True)}}


def coverage(ranking: ArrayLike, items: int, *, k: int = 10) -> float:
    """Return the share of ``items`` items that stand among somebody's first ``k``."""
    return native().coverage(_ranking(ranking), count("k", k), count("items", items))


def novelty(ranking: ArrayLike, known: Any, *, k: int = 10) -> float:
    """Return how little known the first ``k`` items of all members are, in bits.

    The mean of -log₂ of the share of members who did something with an item; one of nobody
    counts as one of a single member.

    Parameters
    ----------
    ranking : (n, places) of int
        Items of each member, best first.
    known : sparse matrix (members, items)
        What members did before.
    k : int
        How many places count.

    References
    ----------
    Vargas, Castells (2011). Rank and Relevance in Novelty and Diversity Metrics for Recommender
    Systems. RecSys.
    """
    return native().novelty(_ranking(ranking), count("k", k), events_of(known, "known"))


def _ranking(ranking: ArrayLike) -> np.ndarray:
    import numpy as np

    hint = "give members × items: the first result of `recommend`"
    try:
        found = np.asarray(ranking)
    except ValueError as error:
        raise ModelError(f"`ranking` isn't an array: {error}", hint=hint) from None
    if found.ndim != 2 or found.dtype.kind not in "iu":
        raise ModelError(
            f"`ranking` is an array of {found.dtype} in {found.ndim} dimensions", hint=hint
        )
    return np.ascontiguousarray(found, dtype=np.int64)
