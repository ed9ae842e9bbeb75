"""Recommenders that give members and items factors, whose product is the score."""

from __future__ import annotations

from typing import Any

from flownote.models.arguments import count, finite, seed_of
from flownote.models.base import ModelError
from flownote.models.recommend.base import Recommender

__all__ = ["BPR", "IALS"]


class IALS(Recommender):
    """Factors by least squares over all pairs of members and items, seen or not.

    The least of ``Σ c (p - xᵀy)² + l2 (Σx² + Σy²)``, where p is 1 with the confidence
    ``c = 1 + alpha · strength`` for an event, and 0 with c = 1 otherwise. A new member's factors
    are one solve.

    Parameters
    ----------
    factors : int
        How many.
    alpha : float
        How much more an event of strength 1 counts than a pair without; above 0.
    l2 : float
        The penalty, above 0.
    iterations : int
        How often members' and then items' factors are fitted; 0 leaves the start.
    solver : {"blocks", "exact"}
        ``"blocks"`` moves eight factors at a time, as iALS++ does; ``"exact"`` solves for all at
        once, in 64 bits, as Hu et al. do, which takes far longer.
    seed : int
        What the items' start is drawn by.

    Attributes
    ----------
    member_factors_, item_factors_ : (members, factors), (items, factors)
        What was found, in 32 bits.

    References
    ----------
    Hu, Koren, Volinsky (2008). Collaborative Filtering for Implicit Feedback Datasets. ICDM.
    Rendle, Krichene, Zhang, Koren (2021). iALS++: Speeding up Matrix Factorization with Subspace
    Optimization.
    """

    kind = "recommend.ials"

    def __init__(
        self,
        factors: int = 64,
        *,
        alpha: float = 1.0,
        l2: float = 10.0,
        iterations: int = 15,
        solver: str = "blocks",
        seed: int = 0,
    ) -> None:
        self.factors = factors
        self.alpha = alpha
        self.l2 = l2
        self.iterations = iterations
        self.solver = solver
        self.seed = seed

    def _options(self) -> dict[str, Any]:
        if self.solver not in ("blocks", "exact"):
            raise ModelError(f"`solver` is {self.solver!r}", hint="there are 'blocks' and 'exact'")
        return {
            "factors": count("factors", self.factors),
            "alpha": finite("alpha", self.alpha),
            "l2": finite("l2", self.l2),
            "iterations": count("iterations", self.iterations),
            "solver": self.solver,
            "seed": seed_of(self.seed),
        }

    def _results(self) -> dict[str, Any]:
        found = self._arrays()
        return {"member_factors_": found["members"], "item_factors_": found["items"]}


class BPR(Recommender):
    """Factors that rank what a member did something with above what they didn't.

    By stochastic gradient ascent over drawn pairs, one step after the other: equal seeds give
    equal factors. Strengths don't count. A new member's factors are learnt by up to 4,000 steps
    with the items' fixed.

    Parameters
    ----------
    factors : int
        How many.
    learning_rate : float
        How far a step goes; above 0, up to 1.
    l2 : float
        The penalty, from 0 to 1.
    iterations : int
        How many steps are made for each event.
    seed : int
        What the start and all pairs are drawn by.

    Attributes
    ----------
    member_factors_, item_factors_ : (members, factors), (items, factors)
        What was learnt, in 32 bits.
    item_bias_ : (items,)
        What is added to each item's score.

    References
    ----------
    Rendle, Freudenthaler, Gantner, Schmidt-Thieme (2009). BPR: Bayesian Personalized Ranking from
    Implicit Feedback. UAI.
    """

    kind = "recommend.bpr"

    def __init__(
        self,
        factors: int = 32,
        *,
        learning_rate: float = 0.05,
        l2: float = 0.01,
        iterations: int = 50,
        seed: int = 0,
    ) -> None:
        self.factors = factors
        self.learning_rate = learning_rate
        self.l2 = l2
        self.iterations = iterations
        self.seed = seed

    def _options(self) -> dict[str, Any]:
        return {
            "factors": count("factors", self.factors),
            "learning_rate": finite("learning_rate", self.learning_rate),
            "l2": finite("l2", self.l2),
            "iterations": count("iterations", self.iterations),
            "seed": seed_of(self.seed),
        }

    def _results(self) -> dict[str, Any]:
        found = self._arrays()
        return {
            "member_factors_": found["members"][:, :-1],
            "item_factors_": found["items"][:, :-1],
            "item_bias_": found["items"][:, -1],
        }
