"""Recommenders whose scores are sums of what events say: every score is explained exactly."""

from __future__ import annotations

from typing import Any

from flownote.models.arguments import count, finite
from flownote.models.recommend.base import Recommender

__all__ = ["EASE", "ItemKNN", "Popularity"]


class Popularity(Recommender):
    """Items by how many members did something with them: the same for everybody.

    Attributes
    ----------
    counts_ : (items,)
        The number of members of each item.

    References
    ----------
    Cremonesi, Koren, Turrin (2010). Performance of Recommender Algorithms on Top-N
    Recommendation Tasks. RecSys.
    """

    kind = "recommend.popularity"

    def _results(self) -> dict[str, Any]:
        return {"counts_": self._arrays()["counts"]}


class ItemKNN(Recommender):
    """Each item speaks for its ``k`` nearest, by the cosine ``Σxy / (√Σx² √Σy² + shrinkage)``.

    Parameters
    ----------
    k : int
        How many neighbours of each item are kept; of equally near ones the earlier.
    shrinkage : float
        0 or more; the more, the less is trusted that few members had two items together.

    Attributes
    ----------
    similarity_ : scipy.sparse.csr_matrix (items, items)
        ``similarity_[i, j]`` is what an event with item i says for item j.

    References
    ----------
    Deshpande, Karypis (2004). Item-Based Top-N Recommendation Algorithms. ACM TOIS 22.
    """

    kind = "recommend.item_knn"

    def __init__(self, k: int = 100, *, shrinkage: float = 10.0) -> None:
        self.k = k
        self.shrinkage = shrinkage

    def _options(self) -> dict[str, Any]:
        return {"k": count("k", self.k), "shrinkage": finite("shrinkage", self.shrinkage)}

    def _results(self) -> dict[str, Any]:
        import numpy as np
        from scipy import sparse

        found = self._arrays()
        bounds = np.concatenate([[0], np.cumsum(found["counts"])]).astype(np.int32)
        neighbours = found["neighbours"].astype(np.int32)
        shape = (len(found["counts"]),) * 2
        matrix = sparse.csr_matrix((found["weights"], neighbours, bounds), shape=shape)
        return {"similarity_": matrix}


class EASE(Recommender):
    """Each item told from all others by ridge regression, in closed form.

    With ``P = inverse(XᵀX + l2 I)``, the weights are ``-P[i, j] / P[j, j]``, and 0 on the
    diagonal. It needs memory for three matrices of items × items while it is fitted.

    Parameters
    ----------
    l2 : float
        The penalty, above 0.

    Attributes
    ----------
    weights_ : (items, items)
        ``weights_[i, j]`` is what an event with item i says for item j.

    References
    ----------
    Steck (2019). Embarrassingly Shallow Autoencoders for Sparse Data. WWW, equation 8.
    """

    kind = "recommend.ease"

    def __init__(self, l2: float = 200.0) -> None:
        self.l2 = l2

    def _options(self) -> dict[str, Any]:
        return {"l2": finite("l2", self.l2)}

    def _results(self) -> dict[str, Any]:
        return {"weights_": self._arrays()["weights"]}
