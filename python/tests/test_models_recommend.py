"""Recommenders against their definitions in NumPy, on MovieLens-100K.

The wheel of `recbole` holds the data set: 100,000 ratings of 943 members and 1,682 titles. Each
member's newest tenth is held out. A rating counts as "watched", whatever its stars.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from importlib.metadata import distribution

import numpy as np
import pytest

from flownote.models import Model, ModelError, NotFittedError
from flownote.models.recommend import (
    BPR,
    EASE,
    IALS,
    Catalogue,
    ItemKNN,
    Popularity,
    Recommender,
    coverage,
    evaluate,
    novelty,
)

sparse = pytest.importorskip("scipy.sparse")

SMALL = {"factors": 16, "iterations": 3}


@pytest.fixture(scope="module")
def movielens() -> tuple:
    """What members watched, and what they watched later."""
    name = "recbole/dataset_example/ml-100k/ml-100k.inter"
    with open(str(distribution("recbole").locate_file(name)), encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="\t"))[1:]
    member, item, _, time = np.array(rows, dtype=float).astype(np.int64).T
    order = np.lexsort((item, time, member))
    member, item = member[order] - 1, item[order] - 1
    counts = np.bincount(member)
    place = np.arange(len(member)) - np.repeat(np.cumsum(counts) - counts, counts)
    later = place >= np.repeat(counts - counts // 10, counts)

    def matrix(chosen: np.ndarray) -> sparse.csr_matrix:
        ones = np.ones(chosen.sum())
        return sparse.csr_matrix((ones, (member[chosen], item[chosen])), shape=(943, 1682))

    return matrix(~later), matrix(later)


@pytest.fixture(scope="module")
def watched(movielens: tuple) -> sparse.csr_matrix:
    return movielens[0]


def models() -> list[Recommender]:
    return [
        Popularity(),
        ItemKNN(50),
        EASE(500.0),
        IALS(**SMALL),
        BPR(**SMALL),
    ]


def by_name(model: Recommender) -> str:
    return type(model).__name__


def test_ease_is_its_closed_form(watched: sparse.csr_matrix) -> None:
    x = watched.toarray()
    for l2 in (10.0, 500.0):
        inverse = np.linalg.inv(x.T @ x + l2 * np.eye(x.shape[1]))
        weights = -inverse / np.diag(inverse)
        np.fill_diagonal(weights, 0.0)
        model = EASE(l2).fit(watched)
        np.testing.assert_allclose(model.weights_, weights, rtol=0, atol=1e-8)
        np.testing.assert_allclose(model.predict(watched[:50]), x[:50] @ weights, atol=1e-8)


def test_item_knn_is_the_shrunk_cosine_of_the_nearest(watched: sparse.csr_matrix) -> None:
    together = (watched.T @ watched).toarray()
    size = np.sqrt(np.diag(together))
    similarity = together / (np.outer(size, size) + 10.0)
    np.fill_diagonal(similarity, 0.0)
    far = np.argsort(-similarity, axis=1, kind="stable")[:, 30:]
    np.put_along_axis(similarity, far, 0.0, axis=1)
    model = ItemKNN(30, shrinkage=10.0).fit(watched)
    np.testing.assert_allclose(model.similarity_.toarray(), similarity, rtol=0, atol=1e-12)
    expected = watched[:50].toarray() @ similarity
    np.testing.assert_allclose(model.predict(watched[:50]), expected, atol=1e-10)


def least_squares(events: sparse.csr_matrix, others: np.ndarray, alpha: float, l2: float):
    """Return each row's factors as Hu et al.'s equation 4 has them."""
    gram = others.T @ others + l2 * np.eye(others.shape[1])
    rows = np.zeros((events.shape[0], others.shape[1]))
    for row in range(events.shape[0]):
        chosen = slice(events.indptr[row], events.indptr[row + 1])
        own, weight = others[events.indices[chosen]], alpha * events.data[chosen]
        left = gram + own.T @ (weight[:, None] * own)
        rows[row] = np.linalg.solve(left, own.T @ (1.0 + weight))
    return rows


def test_ials_is_plain_alternating_least_squares_from_the_same_start(
    watched: sparse.csr_matrix,
) -> None:
    options = {"factors": 12, "alpha": 5.0, "l2": 3.0, "solver": "exact", "seed": 4}
    items = IALS(iterations=0, **options).fit(watched).item_factors_
    assert 0.5 < items.std() * 10 * np.sqrt(12) < 1.5
    by_items = watched.T.tocsr()
    for iterations in (1, 4):
        current = items
        for _ in range(iterations):
            members = least_squares(watched, current, 5.0, 3.0)
            current = least_squares(by_items, members, 5.0, 3.0)
        model = IALS(iterations=iterations, **options).fit(watched)
        # Factors are kept in 32 bits, with seven digits, after each half of an iteration.
        np.testing.assert_allclose(model.member_factors_, members, rtol=0, atol=2e-4)
        np.testing.assert_allclose(model.item_factors_, current, rtol=0, atol=2e-4)
    again = least_squares(watched, model.item_factors_, 5.0, 3.0) @ model.item_factors_.T
    np.testing.assert_allclose(model.predict(watched), again, rtol=0, atol=1e-5)
    known = model.predict(watched, members=np.arange(943))
    np.testing.assert_allclose(
        known, model.member_factors_ @ model.item_factors_.T, rtol=0, atol=1e-5
    )


@pytest.mark.parametrize("model", models(), ids=by_name)
def test_a_ranking_is_of_all_scores(model: Recommender, watched: sparse.csr_matrix) -> None:
    model.fit(watched)
    rows = watched[100:160]
    scores = model.predict(rows)
    scores[rows.nonzero()] = -np.inf
    allowed = np.arange(1682) % 3 > 0
    scores[:, ~allowed] = -np.inf
    expected = np.argsort(-scores, axis=1, kind="stable")[:, :20]
    items, found = model.recommend(rows, 20, allowed=allowed)
    assert np.array_equal(items, expected)
    assert np.array_equal(found, np.take_along_axis(scores, expected, axis=1))
    again, _ = model.recommend(rows, 20, filter_seen=False)
    assert np.array_equal(again, np.argsort(-model.predict(rows), axis=1, kind="stable")[:, :20])


@pytest.mark.parametrize("model", models(), ids=by_name)
def test_a_new_member_is_folded_in(model: Recommender, watched: sparse.csr_matrix) -> None:
    model.fit(watched)
    row = watched[[7]]
    scores = model.fold_in(row)
    np.testing.assert_array_equal(scores, model.predict(row)[0])
    # Items in any order, and a new event that changes what comes next.
    items = row.indices[::-1]
    np.testing.assert_array_equal(model.fold_in(items), scores)
    more = model.fold_in([*items, int(np.setdiff1d(np.arange(1682), items)[0])])
    assert np.array_equal(more, scores) == isinstance(model, Popularity)
    assert np.isfinite(model.fold_in([])).all()


@pytest.mark.parametrize("model", models(), ids=by_name)
def test_reasons_add_up_to_the_score(model: Recommender, watched: sparse.csr_matrix) -> None:
    model.fit(watched)
    row = watched[[7]]
    best = int(model.recommend(row, 1)[0][0, 0])
    reasons = model.explain(row, best)
    if isinstance(model, BPR):
        assert reasons is None
    elif isinstance(model, Popularity):
        assert reasons == []
    else:
        assert reasons is not None
        adds = [added for _, added in reasons]
        assert {item for item, _ in reasons} <= set(row.indices.tolist())
        assert adds == sorted(adds, reverse=True)
        assert sum(adds) == pytest.approx(model.fold_in(row)[best], abs=1e-5)


@pytest.mark.parametrize("model", models(), ids=by_name)
def test_a_recommender_is_what_was_kept_and_made_again(
    model: Recommender, watched: sparse.csr_matrix
) -> None:
    assert repr(model) == repr(type(model)(**model.get_params()))
    with pytest.raises(NotFittedError):
        model.recommend(watched)
    data = model.fit(watched).to_bytes()
    back = Model.from_bytes(data)
    assert type(back) is type(model) and back.get_params() == model.get_params()
    assert back == type(model)(**model.get_params()).fit(watched)
    assert np.array_equal(back.predict(watched[:9]), model.predict(watched[:9]))
    assert "1,682 items" in repr(back) and "1,682" in back._repr_html_()


def test_models_tell_tastes(movielens: tuple) -> None:
    watched, later = movielens
    found = {}
    for model in (Popularity(), ItemKNN(100), EASE(500.0), IALS(), BPR()):
        items, _ = model.fit(watched).recommend(watched, 10)
        found[type(model).__name__] = evaluate(items, later)["ndcg@10"].mean()
    assert found["EASE"] > 1.6 * found["Popularity"]
    assert min(found["ItemKNN"], found["IALS"], found["BPR"]) > 1.4 * found["Popularity"]


def test_metrics_are_their_definitions() -> None:
    ranking = np.array([[4, 2, 0, 1, 3], [0, 1, 2, -1, -1], [1, 2, 3, 4, 0]])
    later = sparse.csr_matrix([[1.0, 0, 1, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 1]])
    found = evaluate(ranking, later, ["recall@2", "ndcg@5", "map@5", "mrr@5"])
    assert found["members"].tolist() == [0, 2]
    gain = 1 / np.log2(3) + 1 / np.log2(4)
    assert found["recall@2"].tolist() == [0.5, 0.0]
    np.testing.assert_allclose(found["ndcg@5"], [gain / (1 + 1 / np.log2(3)), 1 / np.log2(5)])
    np.testing.assert_allclose(found["map@5"], [(1 / 2 + 2 / 3) / 2, 1 / 4])
    np.testing.assert_allclose(found["mrr@5"], [1 / 2, 1 / 4])
    none = evaluate([[0]], sparse.csr_matrix([[0.0, 1.0]]), ["ndcg@1", "map@1"])
    assert not np.signbit([none["ndcg@1"], none["map@1"]]).any()
    assert coverage(ranking, 10, k=2) == 0.4
    assert novelty([[0], [2]], later, k=1) == pytest.approx(np.log2(3))


def test_titles_say_what_a_row_has_in_common() -> None:
    catalogue = Catalogue(
        {
            "genre": [["Sci-Fi", "Horror"], "Sci-Fi", ["Drama"], None, "Drama"],
            "decade": ["1970s", "1970s", "1970s", "1980s", "1980s"],
        },
        phrases={"decade": "from the {}"},
    )
    # All Sci-Fi is of the 1970s: the decade would say nothing more.
    assert catalogue.title([0, 1]) == "Sci-Fi"
    assert catalogue.title([1, 2]) == "Titles from the 1970s"
    assert catalogue.title([1, 3]) is None
    (row,) = catalogue.rows([1, 4, 0, -1], rows=1, length=2)
    assert row.items == [1, 0] and row.title.startswith("Sci-Fi")
    with pytest.raises(ModelError, match="`items` has 5") as error:
        catalogue.title([5])
    assert error.value.hint == "the catalogue has 5 items, numbered from 0"
    with pytest.raises(ModelError, match="`attributes` are of 1 and 2 items"):
        Catalogue({"genre": ["x"], "decade": ["y", "z"]})


def test_matrices_in_any_form_are_read_and_left_as_they_are() -> None:
    dense = np.array([[1.0, 0, 2], [0, 1, 0], [1, 1, 0]])
    expected = EASE(1.0).fit(sparse.csr_matrix(dense))
    twice = sparse.csr_matrix(
        (np.array([1.0, 1.0, 1.0, 1, 1, 1, 0]), [2, 0, 2, 1, 0, 1, 2], [0, 3, 4, 7]), shape=(3, 3)
    )
    before = twice.data.copy(), twice.indices.copy()
    for matrix in (
        sparse.coo_matrix(dense),
        sparse.csc_matrix(dense),
        sparse.csr_array(dense.astype(np.float32)),
        sparse.csr_matrix(dense.astype(np.int8)),
        dense.tolist(),
        twice,
    ):
        assert EASE(1.0).fit(matrix) == expected
    assert np.array_equal(twice.data, before[0]) and np.array_equal(twice.indices, before[1])


def test_what_can_not_be_recommended_from_is_told(watched: sparse.csr_matrix) -> None:
    def told(match: str, fails) -> str:
        with pytest.raises(ModelError, match=match) as error:
            fails()
        assert error.value.hint
        return error.value.hint

    told("`events` has no events: 3 members × 2 items", lambda: EASE().fit(np.zeros((3, 2))))
    told("`events` has a value of NaN in row 1", lambda: EASE().fit([[1.0], [np.nan]]))
    told("`events` has a value of -1 in row 0", lambda: IALS().fit([[-1.0]]))
    told("`events` isn't a matrix", lambda: EASE().fit([["often"]]))
    told("`l2` is 0", lambda: EASE(0).fit(watched))
    told("`l2` is nan", lambda: EASE(float("nan")).fit(watched))
    told("`factors` is 2.5", lambda: IALS(2.5).fit(watched))  # type: ignore[arg-type]
    told("`solver` is 'cg'", lambda: IALS(solver="cg").fit(watched))
    model = ItemKNN().fit(watched)
    told("`k` is 1683 of 1682 items", lambda: model.recommend(watched, 1683))
    told("this model keeps nothing of members", lambda: model.recommend(watched[:1], members=[0]))
    told("`events` has 3 items, and the fit had 1682", lambda: model.predict(np.ones((1, 3))))
    told("`allowed` has 2 values", lambda: model.recommend(watched, allowed=[True, False]))
    told("has item 1682", lambda: model.fold_in([1682]))
    told("`item` is 1682", lambda: model.explain([1], 1682))
    assert "strengths" in told("`items` has item 3 twice", lambda: model.fold_in([3, 3]))
    told("`items` has -1", lambda: model.explain([-1], 3))
    told("`events` isn't a matrix: it is a `NoneType`", lambda: EASE().fit(None))
    told("`filter_seen` is 'no'", lambda: model.recommend(watched, filter_seen="no"))
    told("`metric` is `auc@5`", lambda: evaluate([[1]], watched[:1], ["auc@5"]))
    told("has 1 places, and 5 are asked for", lambda: evaluate([[1]], watched[:1], ["ndcg@5"]))


def test_tables_of_events_are_no_matrices() -> None:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    columns = {"user_id": [0, 1, 1], "item_id": [2, 0, 1]}
    frame = pandas.DataFrame(columns)
    for table in (frame, polars.DataFrame(columns), pytest.importorskip("pyarrow").table(columns)):
        with pytest.raises(ModelError, match="`events` isn't a matrix: it is a table") as error:
            Popularity().fit(table)
        assert "csr_matrix((ones, (user, item)))" in (error.value.hint or "")
    # One that is a matrix is given as such.
    assert Popularity().fit(frame.to_numpy()).counts_.tolist() == [2, 2]


@pytest.mark.parametrize("form", ["csr", "csc", "bsr"])
@pytest.mark.parametrize(
    ("part", "place", "value"),
    [
        ("indptr", 1, 50),
        ("indptr", 1, -1),
        ("indptr", 0, 1),
        ("indptr", -1, 99),
        ("indices", 0, 99),
    ],
)
def test_damaged_matrices_are_told_and_not_gone_by(
    form: str, part: str, place: int, value: int
) -> None:
    matrix = sparse.csr_matrix(np.tri(4)).asformat(form)
    getattr(matrix, part)[place] = value
    problem = "`events` (is a damaged matrix: its `indptr`|is a damaged .* `indices`|has item 99)"
    with pytest.raises(ModelError, match=problem):
        EASE().fit(matrix)


def test_what_may_be_shown_is_a_yes_or_no_of_each_item() -> None:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    events = sparse.csr_matrix(np.ones((2, 4)))
    model = Popularity().fit(events)

    def shown(allowed: object) -> set[int]:
        items, _ = model.recommend(events[:1], 4, filter_seen=False, allowed=allowed)
        return set(items[0].tolist()) - {-1}

    for allowed in (
        [0, 1, 1, 0],
        np.array([0.0, 1.0, 1.0, 0.0]),
        [None, True, True, False],
        pandas.array([False, True, True, pandas.NA], dtype="boolean"),
        pandas.array([None, 1, 1, 0], dtype="Int64"),
        pandas.Series([np.nan, 1.0, 1.0, 0.0]),
        polars.Series([None, True, True, False]),
        pyarrow.chunked_array([[None, True], [True, False]]),
    ):
        assert shown(allowed) == {1, 2}, allowed
    for allowed, problem in (
        (["False"] * 4, "is of `<U5`"),
        (np.full(4, np.nan), "has nan at row 0"),
        (-np.ones(4, int), "has -1 at row 0"),
        ([0, 1, 2, 3], "has 2 at row 2"),
        (["no", None, True, True], "has no at row 0"),
        (np.ones((4, 1), bool), "has 2 dimensions, not 1"),
    ):
        with pytest.raises(ModelError, match=f"`allowed` {problem}") as error:
            shown(allowed)
        assert "mask[ids] = True" in (error.value.hint or "")


INTERRUPTED = """
import os, threading, numpy
from flownote.models.recommend import BPR
watched = (numpy.random.default_rng(1).random((500, 300)) < 0.1).astype(float)
BPR(iterations=1).fit(watched)
threading.Timer(0.3, os.kill, (os.getpid(), 2)).start()
try:
    BPR(iterations=1_000_000).fit(watched)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_a_long_fit_is_interrupted() -> None:
    command = [sys.executable, "-c", INTERRUPTED]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ran.stdout.strip() == "interrupted", ran.stderr


def test_very_many_items_are_looked_up_or_all_scored_where_that_is_asked() -> None:
    random = np.random.default_rng(4)
    count, items, each = 1500, 51_000, 120
    tastes = random.integers(0, 30, count)
    seen = (random.random((count, each)) ** 2 * (items // 30)).astype(int) * 30 + tastes[:, None]
    rows = np.repeat(np.arange(count), each)
    events = sparse.csr_matrix((np.ones(rows.size), (rows, seen.ravel())), shape=(count, items))
    events.data[:] = 1.0
    model = IALS(16, alpha=10, l2=1, iterations=2, seed=3).fit(events)
    some = events[:100]
    found, scores = model.recommend(some)
    exact, best = model.recommend(some, exact=True)
    both = [len(set(a) & set(b)) for a, b in zip(found.tolist(), exact.tolist(), strict=True)]
    assert sum(both) >= 0.95 * exact.size
    assert scores[:, 0] == pytest.approx(best[:, 0], rel=1e-3)
    assert not np.take_along_axis(some.toarray(), found, 1).any(), "what was seen isn't shown"
    # The file holds what was looked up in: it isn't made again, and says the same.
    back = Model.from_bytes(model.to_bytes())
    assert isinstance(back, IALS) and np.array_equal(back.recommend(some)[0], found)
