"""Recommenders: which items to show to a member next, why, and how good that is.

================== ======================================================================
`Popularity`       what most members watched: the ranking to beat
`ItemKNN`          each item speaks for those nearest to it
`EASE`             each item told from all others, in closed form
`IALS`             factors of members and items, by least squares over all pairs
`BPR`              factors that rank what was watched above what wasn't
`evaluate`         Recall, nDCG, MAP and MRR of full rankings; `coverage`, `novelty`
`Catalogue`        rows with titles such as "Sci-Fi from the 1970s"
================== ======================================================================

What members did is a SciPy sparse matrix of members × items; a CSR matrix of 64-bit floats is
read where it lies. Values say how strong an event was, above 0.

Examples
--------
>>> from flownote.models.recommend import EASE, evaluate
>>> model = EASE(l2=200).fit(watched)
>>> items, scores = model.recommend(watched, k=10)
>>> evaluate(items, watched_later, ["ndcg@10", "recall@10"])["ndcg@10"].mean()
>>> model.explain(watched[[7]], items[7, 0])
"""

from __future__ import annotations

from flownote.models.recommend.base import Recommender
from flownote.models.recommend.catalogue import Catalogue, TitledRow
from flownote.models.recommend.factors import BPR, IALS
from flownote.models.recommend.linear import EASE, ItemKNN, Popularity
from flownote.models.recommend.metrics import coverage, evaluate, novelty

__all__ = [
    "BPR",
    "EASE",
    "IALS",
    "Catalogue",
    "ItemKNN",
    "Popularity",
    "Recommender",
    "TitledRow",
    "coverage",
    "evaluate",
    "novelty",
]

# Users know them by this module, and so do records of artifacts.
for _name in __all__:
    globals()[_name].__module__ = __name__
del _name
