"""The order of scenes in which players wait least, found and proven by HiGHS.

A player is there from their first scene to their last and waits during the scenes between
in which they don't play. Binary variables say for each pair of scenes which comes first:

    minimise    Σ cost(player) · time(scene) · waits(player, scene)
    subject to  0 ≤ first(i, j) + first(j, k) − first(i, k) ≤ 1       for scenes i < j < k
                waits(p, s) ≥ first(i, s) + first(s, j) − 1           for scenes i, j of p

where first(j, i) = 1 − first(i, j). The first line makes the pairs an order (Grötschel,
Jünger and Reinelt, "A cutting plane algorithm for the linear ordering problem", 1984); by
the second, who plays before and after a scene waits during it. An order read backwards
costs the same, so that one pair can be fixed.
"""

from __future__ import annotations

import itertools
import time
from typing import TypedDict

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp


class Plan(TypedDict):
    """An order of the scenes, and how good it is known to be.

    `bound` is what no order costs less than; `proven` says that `cost` reaches it.
    """

    order: list[int]
    cost: float
    bound: float
    proven: bool
    seconds: float


def waiting(plays: np.ndarray, order: list[int]) -> np.ndarray:
    """Returns who waits during which scene: a bool array of shape (players, scenes).

    Parameters
    ----------
    plays : bool array of shape (players, scenes)
        Who plays in which scene.
    order : list of int
        All scenes, each once, first to last.
    """
    if sorted(order) != list(range(plays.shape[1])):
        raise ValueError(f"{order} is not an order of {plays.shape[1]} scenes")
    ordered = plays[:, order]
    came = np.logical_or.accumulate(ordered, axis=1)
    stays = np.logical_or.accumulate(ordered[:, ::-1], axis=1)[:, ::-1]
    waits = np.empty_like(ordered)
    waits[:, order] = came & stays & ~ordered
    return waits


def cost(times: np.ndarray, plays: np.ndarray, costs: np.ndarray, order: list[int]) -> float:
    """Returns what waiting costs in an order of scenes that take these times."""
    return float(costs @ (waiting(plays, order) @ times))


def solve(
    times: np.ndarray, plays: np.ndarray, costs: np.ndarray, *, time_limit: float = 60.0
) -> Plan:
    """Returns the order in which waiting costs least.

    Parameters
    ----------
    times : float array of shape (scenes,)
        How long each scene takes.
    plays : bool array of shape (players, scenes)
        Who plays in which scene.
    costs : float array of shape (players,)
        What one unit of time costs while a player waits.
    time_limit : float
        Seconds after which the best order found so far is returned, unproven.
    """
    begun = time.perf_counter()
    written = list(range(plays.shape[1]))
    order, bound = written, 0.0
    if cost(times, plays, costs, written) > 0:
        model = _Model(times, plays, costs)
        order, bound = model.solve(time_limit)
    # The time may be over before HiGHS found anything better than what was there.
    order = min((_forwards(order), written), key=lambda it: cost(times, plays, costs, it))
    value = cost(times, plays, costs, order)
    return {
        "order": order,
        "cost": value,
        "bound": min(bound, value),
        "proven": value - bound <= 1e-6 * max(1.0, value),
        "seconds": time.perf_counter() - begun,
    }


def _forwards(order: list[int]) -> list[int]:
    """Returns the order or its mirror image: what leaves more pairs as they were written."""
    kept = sum(i < j for i, j in itertools.combinations(order, 2))
    return order if 4 * kept >= len(order) * (len(order) - 1) else order[::-1]


class _Model:
    """The rows and columns of the program in this module's documentation."""

    def __init__(self, times: np.ndarray, plays: np.ndarray, costs: np.ndarray) -> None:
        self.scenes = plays.shape[1]
        self.pairs = {
            pair: column
            for column, pair in enumerate(itertools.combinations(range(self.scenes), 2))
        }
        self.objective = [0.0] * len(self.pairs)
        self.rows: list[list[tuple[float, int]]] = []
        self.low: list[float] = []
        self.high: list[float] = []
        for i, j, k in itertools.combinations(range(self.scenes), 3):
            self.row([(1, self.pairs[i, j]), (1, self.pairs[j, k]), (-1, self.pairs[i, k])], 0, 1)
        for player in range(len(plays)):
            own = np.flatnonzero(plays[player]).tolist()
            for scene in np.flatnonzero(~plays[player]).tolist():
                if len(own) > 1 and costs[player] > 0:
                    self.wait(scene, own, price=float(costs[player] * times[scene]))

    def row(self, terms: list[tuple[float, int]], low: float, high: float) -> None:
        """Adds `low ≤ terms ≤ high`; a term is a factor and a column."""
        self.rows.append(terms)
        self.low.append(low)
        self.high.append(high)

    def wait(self, scene: int, own: list[int], *, price: float) -> None:
        """Adds the variable of one player's waiting during one scene."""
        waits = len(self.objective)
        self.objective.append(price)
        for i, j in itertools.permutations(own, 2):
            before, base = self.first(i, scene)
            after, more = self.first(scene, j)
            terms = [(1.0, waits), (-before[0], before[1]), (-after[0], after[1])]
            self.row(terms, base + more - 1, np.inf)

    def first(self, i: int, j: int) -> tuple[tuple[float, int], float]:
        """Returns first(i, j) as a term and a constant."""
        return ((1, self.pairs[i, j]), 0) if i < j else ((-1, self.pairs[j, i]), 1)

    def solve(self, time_limit: float) -> tuple[list[int], float]:
        """Returns the best order found and a bound below the cost of all."""
        lengths = [len(terms) for terms in self.rows]
        factors, columns = zip(*itertools.chain.from_iterable(self.rows), strict=True)
        rows = np.repeat(np.arange(len(lengths)), lengths)
        shape = (len(lengths), len(self.objective))
        matrix = sparse.csr_matrix((factors, (rows, columns)), shape=shape, dtype=float)
        whole = np.zeros(len(self.objective))
        whole[: len(self.pairs)] = 1
        least = np.zeros(len(self.objective))
        least[0] = 1  # of the two directions, the one in which the first pair stays
        result = milp(
            np.array(self.objective),
            integrality=whole,
            bounds=Bounds(least, 1),
            constraints=LinearConstraint(matrix, self.low, self.high),
            options={"time_limit": time_limit, "mip_rel_gap": 0.0},
        )
        bound = result.mip_dual_bound
        known = 0.0 if bound is None or not np.isfinite(bound) else max(0.0, float(bound))
        if result.x is None:
            return list(range(self.scenes)), known
        place = np.zeros(self.scenes)
        for (i, j), column in self.pairs.items():
            place[j if result.x[column] > 0.5 else i] += 1
        return np.argsort(place, kind="stable").tolist(), known
