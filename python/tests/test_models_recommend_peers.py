"""Recommenders beside those of `implicit`, on the same split of MovieLens-100K.

The peer has a virtual environment of its own: `make bench-models` makes it, or
``FLOWNOTE_TEST_PEERS`` names its Python. Without it nothing is compared.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from flownote.models.recommend import IALS, ItemKNN, evaluate

sparse = pytest.importorskip("scipy.sparse")

EVENTS = Path(__file__).resolve().parents[2] / "tests/bench/models"

PEER = """
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


def peer() -> Path:
    """Return the Python that has `implicit`, or skip."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    named = os.environ.get("FLOWNOTE_TEST_PEERS") or cache / "flownote/bench/models/bin/python"
    python = Path(named)
    why = "`implicit` isn't installed beside: make bench-models, or FLOWNOTE_TEST_PEERS=its Python"
    if not python.exists():
        pytest.skip(why)
    found = subprocess.run([str(python), "-c", "import implicit"], capture_output=True, check=False)
    if found.returncode:
        pytest.skip(why)
    return python


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
    python, folder = peer(), tmp_path_factory.mktemp("peers")
    sparse.save_npz(folder / "watched.npz", split[0])
    command = [str(python), "-c", PEER, str(folder / "watched.npz"), str(folder / "found.npz")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(np.load(folder / "found.npz"))


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
