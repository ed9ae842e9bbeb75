"""Members × titles for recommenders, and how good a ranking is: the same for both sides."""

from __future__ import annotations

from importlib.metadata import distribution

import numpy as np
from scipy import sparse

FACTORS, ITERATIONS, L2 = 64, 15, 10.0


def movielens() -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Returns what members of MovieLens-100K watched, and of each the newest tenth apart."""
    name = "recbole/dataset_example/ml-100k/ml-100k.inter"
    file = str(distribution("recbole").locate_file(name))
    member, title, _, time = np.genfromtxt(file, delimiter="\t", skip_header=1).astype(int).T
    order = np.lexsort((title, time, member))
    member, title = member[order] - 1, title[order] - 1
    counts = np.bincount(member)
    place = np.arange(len(member)) - np.repeat(np.cumsum(counts) - counts, counts)
    later = place >= np.repeat(counts - counts // 10, counts)
    shape = (counts.size, title.max() + 1)
    return matrix(member[~later], title[~later], shape), matrix(member[later], title[later], shape)


def synthetic() -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Returns a million made-up events of 20,000 members with 2,000 titles, a tenth apart.

    Each member likes one of 40 kinds of titles ten times as much as others, and each title is
    watched in proportion to 1 over its place.
    """
    random = np.random.default_rng(20)
    members, titles, kinds, each = 20_000, 2_000, 40, 56
    fame = 1.0 / (10.0 + np.arange(titles))
    kind = random.integers(0, kinds, titles)
    rows = []
    for liked in range(kinds):
        chance = np.where(kind == liked, 10.0, 1.0) * fame
        drawn = random.random((members // kinds, titles)) ** (1.0 / chance)
        rows.append(np.argpartition(-drawn, each, axis=1)[:, :each])
    watched = np.concatenate(rows)
    member = np.repeat(np.arange(members), each)
    later = np.tile(np.arange(each) >= each - each // 10, members)
    title = random.permuted(watched, axis=1).ravel()
    shape = (members, titles)
    return matrix(member[~later], title[~later], shape), matrix(member[later], title[later], shape)


def matrix(member: np.ndarray, title: np.ndarray, shape: tuple[int, int]) -> sparse.csr_matrix:
    """Returns events as a matrix of ones."""
    found = sparse.csr_matrix((np.ones(len(member)), (member, title)), shape=shape)
    found.sort_indices()
    return found


def ndcg(ranking: np.ndarray, later: sparse.csr_matrix, k: int = 10) -> float:
    """Returns the mean nDCG@k over members of whom something was held out."""
    wanted = np.diff(later.indptr)
    rows = np.repeat(np.arange(len(ranking)), k)
    hits = np.asarray(later[rows, ranking[:, :k].ravel()]).reshape(-1, k) > 0
    discount = 1.0 / np.log2(np.arange(2, k + 2))
    best = np.concatenate([[0.0], np.cumsum(discount)])[np.minimum(wanted, k)]
    asked = wanted > 0
    return float(((hits @ discount)[asked] / best[asked]).mean())
