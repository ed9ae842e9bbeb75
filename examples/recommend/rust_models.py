"""Twenty recommenders of five families, in Rust: what `flownote-studio` adds to `models.py`.

The functions are those of `models.py`, so that the flow is the same with either.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from flownote.models.recommend import (
    BPR,
    EASE,
    IALS,
    Catalogue,
    ItemKNN,
    Popularity,
    Recommender,
)

FAMILIES: dict[str, type[Recommender]] = {
    "popularity": Popularity,
    "item-kNN": ItemKNN,
    "EASE": EASE,
    "iALS": IALS,
    "BPR": BPR,
}


def candidate(family: str, shown: str = "", **options: Any) -> dict[str, Any]:
    """Returns a model to try: its name, its family and what it is made with."""
    return {"name": f"{family} {shown}".strip(), "family": family, "options": options}


CANDIDATES: list[dict[str, Any]] = [
    candidate("popularity"),
    *(candidate("item-kNN", f"k={k}", k=k) for k in (10, 20, 50, 100, 200)),
    *(candidate("EASE", f"λ={l2}", l2=float(l2)) for l2 in (50, 100, 200, 500, 1000)),
    *(
        candidate("iALS", f"{factors} factors, α={alpha}", factors=factors, alpha=float(alpha))
        for factors in (32, 64, 128)
        for alpha in (2, 10)
    ),
    *(candidate("BPR", f"{factors} factors", factors=factors) for factors in (16, 32, 64)),
]


def fit(candidate: dict[str, Any], watched: sparse.csr_matrix) -> Recommender:
    """Fits one of `CANDIDATES` to a members × titles matrix of ones."""
    return FAMILIES[candidate["family"]](**candidate["options"]).fit(watched)


def rank(model: Recommender, watched: sparse.csr_matrix, *, depth: int = 100) -> np.ndarray:
    """Returns each member's best unwatched titles, best first."""
    return model.recommend(watched, depth)[0]


def because(model: Recommender, watched: sparse.csr_matrix, title: int) -> int | None:
    """Returns the watched title of one member that adds most to the score of `title`."""
    reasons = model.explain(watched, title)
    return reasons[0][0] if reasons and reasons[0][1] > 0 else None


def kept(model: Recommender) -> dict[str, Any]:
    """Returns the model as artifacts, by name: it is one itself."""
    return {"recommender": model}


def taken(artifacts: Any) -> Recommender:
    """Returns the model of a run's artifacts."""
    return artifacts.recommender


def shelves(
    ranked: np.ndarray, genres: list[list[str]], decades: list[str | None]
) -> list[tuple[str, list[int]]]:
    """Returns titled rows of a member's ranking: "Sci-Fi from the 1970s"."""
    catalogue = Catalogue({"genre": genres, "decade": decades}, phrases={"decade": "from the {}"})
    return [tuple(row) for row in catalogue.rows(ranked.tolist(), rows=4, length=4)]
