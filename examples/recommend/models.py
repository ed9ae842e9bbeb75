"""Three families of recommender in NumPy and SciPy, all linear in what a member watched.

Used where `flownote-studio` isn't installed; with it, `rust_models.py` is.

`scores = watched @ weights + bias`: popularity is all bias, item-kNN and EASE are all
weights. So one class scores them, and each recommendation can name the watched title
that spoke loudest for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg, sparse

import metrics

CANDIDATES: list[dict[str, Any]] = [
    {"name": "popularity", "family": "popularity"},
    *({"name": f"item-kNN k={k}", "family": "knn", "k": k} for k in (10, 20, 50, 100, 200)),
    *(
        {"name": f"EASE λ={l2}", "family": "ease", "l2": l2}
        for l2 in (10, 50, 100, 200, 500, 1000, 2000)
    ),
]


@dataclass(frozen=True)
class LinearModel:
    """Scores titles as `watched @ weights + bias`.

    Parameters
    ----------
    weights : array or sparse matrix of shape (titles, titles)
        `weights[i, j]` is what having watched `i` says for `j`.
    bias : array of shape (titles,)
        What is said for `j` to everybody.
    """

    weights: np.ndarray | sparse.csr_matrix
    bias: np.ndarray

    def scores(self, watched: sparse.csr_matrix) -> np.ndarray:
        """Returns the scores of all titles, an array of shape (members, titles)."""
        scores = watched @ self.weights
        return (scores.toarray() if sparse.issparse(scores) else scores) + self.bias

    def reason(self, seen: np.ndarray, title: int) -> int | None:
        """Returns the seen title that says most for `title`, if any says anything."""
        if len(seen) == 0:
            return None
        column = self.weights[:, [title]]
        said = np.asarray(column.todense() if sparse.issparse(column) else column)[seen, 0]
        loudest = int(np.argmax(said))
        return int(seen[loudest]) if said[loudest] > 0 else None


def rank(model: LinearModel, watched: sparse.csr_matrix, *, depth: int = 100) -> np.ndarray:
    """Returns each member's best unwatched titles, best first."""
    return metrics.rank(model.scores(watched), watched, depth=depth)


def because(model: LinearModel, watched: sparse.csr_matrix, title: int) -> int | None:
    """Returns the watched title of one member that says most for `title`."""
    return model.reason(watched.indices, title)


def kept(model: LinearModel) -> dict[str, Any]:
    """Returns the model as artifacts, by name."""
    return {"weights": model.weights, "bias": model.bias}


def taken(artifacts: Any) -> LinearModel:
    """Returns the model of a run's artifacts."""
    return LinearModel(artifacts.weights, artifacts.bias)


def fit(candidate: dict[str, Any], watched: sparse.csr_matrix) -> LinearModel:
    """Fits one of `CANDIDATES` to a members × titles matrix of ones."""
    match candidate["family"]:
        case "popularity":
            return popularity(watched)
        case "knn":
            return item_knn(watched, k=candidate["k"])
        case "ease":
            return ease(watched, l2=candidate["l2"])
        case family:
            raise ValueError(f"no model family is called {family!r}")


def popularity(watched: sparse.csr_matrix) -> LinearModel:
    """Ranks titles by how many members watched them."""
    titles = watched.shape[1]
    counts = np.asarray(watched.sum(axis=0)).ravel()
    return LinearModel(weights=sparse.csr_matrix((titles, titles)), bias=counts)


def item_knn(watched: sparse.csr_matrix, *, k: int, shrinkage: float = 10.0) -> LinearModel:
    """Item-based collaborative filtering: each title speaks for its `k` nearest.

    Shrunk cosine similarity, `both / (sqrt(a * b) + shrinkage)`: a pair that few members
    watched together is not trusted. Equal similarities keep the earlier title.
    Source: Deshpande and Karypis, "Item-based top-N recommendation algorithms", 2004.
    """
    together = (watched.T @ watched).toarray()
    size = np.sqrt(np.diag(together))
    similarity = together / (np.outer(size, size) + shrinkage)
    np.fill_diagonal(similarity, 0.0)
    far = np.argsort(-similarity, axis=1, kind="stable")[:, k:]
    np.put_along_axis(similarity, far, 0.0, axis=1)
    return LinearModel(weights=sparse.csr_matrix(similarity), bias=np.zeros(len(size)))


def ease(watched: sparse.csr_matrix, *, l2: float) -> LinearModel:
    """EASE: ridge regression of each title on all others, in closed form.

    With `P = inverse(watched' watched + l2 I)`, the weights are `-P[i, j] / P[j, j]` and
    zero on the diagonal, so that no title recommends itself.
    Source: Steck, "Embarrassingly shallow autoencoders for sparse data", 2019, eq. 8.
    """
    if l2 <= 0:
        raise ValueError(f"EASE needs l2 > 0, and got {l2}")
    gram = (watched.T @ watched).toarray()
    gram[np.diag_indices_from(gram)] += l2
    inverse = linalg.cho_solve(linalg.cho_factor(gram), np.eye(len(gram)))
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return LinearModel(weights=weights, bias=np.zeros(len(gram)))
