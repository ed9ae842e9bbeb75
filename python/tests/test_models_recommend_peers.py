"""Recommenders beside those of `implicit` and RecTools, on the same split of MovieLens-100K.

The peers have virtual environments of their own. `make bench-models` makes that of `implicit`, or
``FLOWNOTE_TEST_PEERS`` names its Python; RecTools 0.19, which needs NumPy 1, is in the one whose
Python ``FLOWNOTE_TEST_RECTOOLS`` names. Without them nothing is compared.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from flownote.models.recommend import EASE, IALS, ItemKNN, coverage, evaluate, novelty

sparse = pytest.importorskip("scipy.sparse")

EVENTS = Path(__file__).resolve().parents[2] / "tests/bench/models"

IMPLICIT = """
import os, sys
os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np
from scipy import sparse
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import CosineRecommender

watched = sparse.load_npz(sys.argv[1]).astype(np.float32)
members = np.arange(watched.shape[0])
als = AlternatingLeastSquares(32, alpha=2.0, regularization=10.0, iterations=20,
                              use_cg=False, random_state=1)
knn = CosineRecommender(K=21)
found = {}
for name, model in (("ials", als), ("knn", knn)):
    model.fit(watched, show_progress=False)
    found[name], found[name + "_scores"] = model.recommend(members, watched, N=10)
np.savez(sys.argv[2], **found)
"""


RECTOOLS = """
import sys
import numpy as np
import pandas as pd
from rectools import Columns
from rectools.dataset import Dataset
from rectools.metrics import MAP, MRR, NDCG, CatalogCoverage, MeanInvUserFreq, Recall
from rectools.models import EASEModel
from scipy import sparse

watched, later = (sparse.load_npz(path).tocoo() for path in sys.argv[1:3])
def table(matrix):
    return pd.DataFrame({Columns.User: matrix.row, Columns.Item: matrix.col})
before = table(watched).assign(**{Columns.Weight: 1.0, Columns.Datetime: "1998-01-01"})
members = np.unique(watched.row)
model = EASEModel(regularization=200.0, recommend_use_gpu_ranking=False)
dataset = Dataset.construct(before)
model.fit(dataset)
shown = model.recommend(members, dataset, k=10, filter_viewed=True)
after = table(later)
# Its matrices have items in the order in which it met them.
known = dataset.item_id_map.convert_to_internal(np.unique(watched.col))
found = {"members": shown[Columns.User], "items": shown[Columns.Item], "scores": shown["score"]}
found["weights"] = model.weight[np.ix_(known, known)]
for name, metric in {
    "recall@10": Recall(10), "ndcg@10": NDCG(10, divide_by_achievable=True), "map@10": MAP(10),
    "mrr@10": MRR(10),
}.items():
    each = metric.calc_per_user(shown, after)
    found["of"], found[name] = each.index, each
found["novelty"] = MeanInvUserFreq(10).calc(shown, before)
found["coverage"] = CatalogCoverage(10, normalize=True).calc(shown, np.arange(watched.shape[1]))
np.savez(sys.argv[3], **{name: np.asarray(value) for name, value in found.items()})
"""


def peer(package: str, variable: str, usual: str) -> Path:
    """Return the Python that has a package, or skip."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    python = Path(os.environ.get(variable) or cache / usual)
    why = f"`{package}` isn't installed beside: {variable}=the Python that has it"
    if not python.exists():
        pytest.skip(why)
    command = [str(python), "-c", f"import {package}"]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip(why)
    return python


def ask(python: Path, program: str, folder: Path, *matrices: object) -> dict[str, np.ndarray]:
    """Give a peer matrices, and return what it finds."""
    files = [folder / f"{number}.npz" for number in range(len(matrices))]
    for file, matrix in zip(files, matrices, strict=True):
        sparse.save_npz(file, matrix)
    command = [str(python), "-c", program, *map(str, files), str(folder / "found.npz")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(np.load(folder / "found.npz"))


@pytest.fixture(scope="module")
def split() -> tuple:
    """What members watched, and what they watched later: as the benchmark has it."""
    sys.path.insert(0, str(EVENTS))
    try:
        import events
    finally:
        sys.path.remove(str(EVENTS))
    return events.movielens()


@pytest.fixture(scope="module")
def theirs(split: tuple, tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    """Rankings by `implicit`."""
    python = peer("implicit", "FLOWNOTE_TEST_PEERS", "flownote/bench/models/bin/python")
    return ask(python, IMPLICIT, tmp_path_factory.mktemp("implicit"), split[0])


@pytest.fixture(scope="module")
def rectools(split: tuple, tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    """A ranking by RecTools' EASE, and what its metrics say of it."""
    python = peer("rectools", "FLOWNOTE_TEST_RECTOOLS", "flownote/bench/rectools/bin/python")
    return ask(python, RECTOOLS, tmp_path_factory.mktemp("rectools"), *split)


def means(ranking: np.ndarray, later: object) -> dict[str, float]:
    names = ("recall@10", "ndcg@10", "map@10", "mrr@10")
    found = evaluate(ranking, later, names)
    return {name: float(found[name].mean()) for name in names}


def test_ials_is_as_good_as_implicits(split: tuple, theirs: dict[str, np.ndarray]) -> None:
    """One loss from two starts: metrics are within a hundredth (of which seeds move a half)."""
    watched, later = split
    expected = means(theirs["ials"], later)
    for solver in ("exact", "blocks"):
        model = IALS(32, alpha=1.0, l2=10.0, iterations=20, solver=solver).fit(watched)
        found = means(model.recommend(watched, 10)[0], later)
        for name, value in expected.items():
            assert found[name] == pytest.approx(value, abs=0.01), (solver, name)


def test_item_knn_is_implicits_but_for_its_last_digits(
    split: tuple, theirs: dict[str, np.ndarray]
) -> None:
    """Its 21 nearest have the title itself among them; its numbers have 32 bits."""
    watched, later = split
    model = ItemKNN(20, shrinkage=0.0).fit(watched)
    ranking, scores = model.recommend(watched, 10)
    found, expected = means(ranking, later), means(theirs["knn"], later)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=2e-3), name
    # Equally near titles, of which either may be kept, move a few scores.
    near = np.isclose(scores, theirs["knn_scores"], rtol=1e-4)
    assert near.mean() > 0.9


def test_ease_is_rectools(split: tuple, rectools: dict[str, np.ndarray]) -> None:
    """One closed form; theirs has 32 bits.

    Their ranking is another all the same: it scores with the transpose of these weights, where
    Steck (2019), equation 2, has a member's events from the left.
    """
    watched, _ = split
    watched = (watched > 0).astype(float)
    weights = EASE(200.0).fit(watched).weights_
    seen = np.unique(watched.nonzero()[1])
    theirs = rectools["weights"]
    np.testing.assert_allclose(weights[np.ix_(seen, seen)], theirs, atol=2e-6)
    scores = watched[:, seen] @ theirs.T
    first = rectools["members"] == 0
    known = np.searchsorted(seen, rectools["items"][first])
    np.testing.assert_allclose(scores[0, known], rectools["scores"][first], atol=1e-4)


def test_metrics_are_rectools(split: tuple, rectools: dict[str, np.ndarray]) -> None:
    """What either says of one ranking, member by member."""
    watched, later = split
    ranking = np.full((watched.shape[0], 10), -1)
    ranking[rectools["members"][::10]] = rectools["items"].reshape(-1, 10)
    names = ("recall@10", "ndcg@10", "map@10", "mrr@10")
    found = evaluate(ranking, later, names)
    same, mine, its = np.intersect1d(found["members"], rectools["of"], return_indices=True)
    assert len(same) == len(rectools["of"]) > 500
    for name in names:
        theirs = rectools[name][its]
        if name == "map@10":
            # It divides by all that was held out, even where ten places can't show so many.
            held_out = np.diff(later.tocsr().indptr)[same]
            theirs = theirs * held_out / np.minimum(held_out, 10)
        np.testing.assert_allclose(found[name][mine], theirs, atol=1e-12, err_msg=name)
    assert coverage(ranking, watched.shape[1]) == pytest.approx(float(rectools["coverage"]))
    assert novelty(ranking, watched) == pytest.approx(float(rectools["novelty"]), rel=1e-12)
