"""The recommenders against their definitions, the metrics against sums done by hand."""

from xml.etree import ElementTree

import numpy as np
import pytest
from scipy import sparse

import charts
import engines
import features
import metrics
import models
import report


def watched(*rows: list[int]) -> sparse.csr_matrix:
    return sparse.csr_matrix(np.array(rows, dtype=float))


def some_watched(members: int = 60, titles: int = 25) -> sparse.csr_matrix:
    generator = np.random.default_rng(3)
    popularity = generator.uniform(0.05, 0.6, size=titles)
    return sparse.csr_matrix((generator.random((members, titles)) < popularity).astype(float))


# The split.


def test_split_puts_each_members_newest_ratings_last():
    generator = np.random.default_rng(0)
    members = np.repeat(np.arange(5), 40)
    ratings = np.column_stack(
        [members, generator.permutation(200), generator.integers(0, 50, size=200)]
    )
    history = features.split(generator.permutation(ratings), seed=1)
    for member in range(5):
        rows = history[history[:, 0] == member]
        times = {part: rows[rows[:, 3] == part, 2] for part in range(3)}
        assert [len(times[part]) for part in range(3)] == [32, 4, 4]
        assert times[features.TRAIN].max() <= times[features.VALIDATION].min()
        assert times[features.VALIDATION].max() <= times[features.TEST].min()
    assert sorted(map(tuple, history[:, :3])) == sorted(map(tuple, ratings))


def test_split_orders_ties_by_seed_and_not_by_title():
    ratings = np.column_stack([np.zeros(100), np.arange(100), np.zeros(100)]).astype(np.int64)
    first, again, other = (features.split(ratings, seed=seed) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()
    tested = first[first[:, 3] == features.TEST, 1]
    assert set(tested) != set(range(90, 100))


def test_a_member_with_too_few_ratings_only_trains():
    ratings = np.array([[0, 0, 1], [0, 1, 2]])
    assert set(features.split(ratings)[:, 3]) == {features.TRAIN}


def test_parts_are_disjoint_matrices_of_ones():
    ratings, members, titles = features.load(features.dataset_folder())
    history = features.split(ratings, seed=7)
    shape = (len(members), len(titles))
    train, validation, test = (features.matrix(history, part, shape) for part in range(3))
    assert shape == (943, 1682)
    assert train.nnz + validation.nnz + test.nnz == 100_000
    assert (train + validation + test).max() == 1.0
    assert "The Birdcage (1996)" in titles


def test_a_missing_dataset_says_what_to_install(monkeypatch):
    def nowhere(name):
        raise features.PackageNotFoundError(name)

    monkeypatch.setattr(features, "distribution", nowhere)
    with pytest.raises(features.DatasetMissingError, match="pip install --no-deps recbole"):
        features.dataset_folder()


def test_titles_have_genres_and_decades():
    table = features.build(seed=7)
    place = table["titles"].index("Alien (1979)")
    assert table["genres"][place] == ["Action", "Horror", "Sci-Fi", "Thriller"]
    assert table["decades"][place] == "1970s"
    assert {len(table[name]) for name in ("titles", "genres", "decades")} == {1682}
    assert features.only(3, 5).toarray().tolist() == [[0, 0, 0, 1, 0]]


# The models.


@pytest.mark.parametrize("l2", [0.5, 10.0, 300.0])
def test_each_column_of_ease_is_the_ridge_regression_on_all_other_titles(l2):
    members = some_watched()
    x = members.toarray()
    weights = models.ease(members, l2=l2).weights
    for title in range(x.shape[1]):
        others = np.delete(x, title, axis=1)
        gram = others.T @ others + l2 * np.eye(others.shape[1])
        expected = np.linalg.solve(gram, others.T @ x[:, title])
        np.testing.assert_allclose(np.delete(weights[:, title], title), expected, atol=1e-10)
        assert weights[title, title] == 0.0


def test_ease_refuses_a_penalty_of_zero():
    with pytest.raises(ValueError, match="l2 > 0"):
        models.ease(some_watched(), l2=0.0)


def test_item_knn_keeps_the_nearest_by_shrunk_cosine():
    members = watched([1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1])
    weights = models.item_knn(members, k=1, shrinkage=1.0).weights.toarray()
    # Together: 0-1 twice, 1-2 twice, 0-2 once; watched: 2, 3, 2, 1 times.
    near = 2 / (np.sqrt(2 * 3) + 1)
    expected = np.zeros((4, 4))
    expected[0, 1] = near
    expected[1, 0] = near  # 0 and 2 are equally near to 1: the earlier title stays
    expected[2, 1] = near
    np.testing.assert_allclose(weights, expected)


def test_popularity_counts_members():
    model = models.popularity(watched([1, 1, 0], [0, 1, 0]))
    np.testing.assert_array_equal(model.scores(watched([0, 0, 1])), [[1.0, 2.0, 0.0]])


@pytest.mark.parametrize("candidate", models.CANDIDATES, ids=lambda c: c["name"])
def test_scores_are_the_sum_of_what_each_watched_title_says(candidate):
    members = some_watched()
    model = models.fit(candidate, members)
    together = model.scores(members[[0]])[0] - model.bias
    apart = sum(
        model.scores(watched(np.eye(25)[seen].tolist()))[0] - model.bias
        for seen in members[[0]].indices
    )
    np.testing.assert_allclose(together, apart, atol=1e-10)


def test_the_reason_is_the_loudest_seen_title():
    weights = np.array([[0.0, 0.0, 0.2], [0.0, 0.0, 0.5], [0.0, 0.9, 0.0]])
    for form in (weights, sparse.csr_matrix(weights)):
        model = models.LinearModel(form, np.zeros(3))
        assert model.reason(np.array([0, 1]), 2) == 1
        assert model.reason(np.array([0]), 1) is None
        assert model.reason(np.array([], dtype=int), 2) is None


# The models in Rust, which need the studio.


@pytest.fixture
def rust_models():
    pytest.importorskip("flownote_studio")
    import rust_models

    return rust_models


def test_there_are_twenty_models_in_rust(rust_models):
    names = [candidate["name"] for candidate in rust_models.CANDIDATES]
    assert len(names) == len(set(names)) == 20
    assert {candidate["family"] for candidate in rust_models.CANDIDATES} == set(
        rust_models.FAMILIES
    )


@pytest.mark.parametrize("name", ["popularity", "item-kNN k=10", "EASE λ=100"])
def test_models_in_rust_are_those_in_scipy(rust_models, name):
    table = features.build(seed=7)
    both = []
    for module in (models, rust_models):
        (candidate,) = (it for it in module.CANDIDATES if it["name"] == name)
        model = module.fit(candidate, table["train"])
        both.append(module.rank(model, table["train"], depth=20))
        row = table["train"][[7]]
        both.append([module.because(model, row, title) for title in range(0, 1682, 40)])
    np.testing.assert_array_equal(both[0], both[2])
    # Where two titles say the same but for the last digit, either is a reason.
    same = np.mean([a == b for a, b in zip(both[1], both[3], strict=True)])
    assert same > 0.9


def test_metrics_in_rust_are_those_here(rust_models):
    from flownote.models import recommend

    table = features.build(seed=7)
    ranking = models.rank(models.popularity(table["train"]), table["train"])
    here = metrics.evaluate(ranking, table["validation"])
    found = recommend.evaluate(ranking, table["validation"], list(here))
    for name, values in here.items():
        np.testing.assert_allclose(found[name], values, atol=1e-12)
    shown = recommend.coverage(ranking, len(table["titles"]))
    assert shown == metrics.coverage(ranking, len(table["titles"]))


def test_rows_have_titles_that_hold(rust_models):
    table = features.build(seed=7)
    model = rust_models.fit(rust_models.CANDIDATES[7], table["train"])
    ranked = rust_models.rank(model, table["train"][[7]], depth=200)[0]
    rows = rust_models.shelves(ranked, table["genres"], table["decades"])
    assert len(rows) == 4 and len({words for words, _ in rows}) == 4
    for words, titles in rows:
        assert len(titles) == 4 and set(titles) <= set(ranked.tolist())
        genres, _, decade = words.partition(" from the ")
        for title in titles:
            own = table["genres"][title]
            assert genres == "Titles" or set(genres.split()) <= set(own), (words, own)
            assert not decade or table["decades"][title] == decade


def test_an_unknown_engine_is_told():
    assert engines.chosen("scipy") == "scipy"
    with pytest.raises(ValueError, match="there are auto, rust and scipy"):
        engines.chosen("torch")


# The metrics.


def test_ranking_leaves_out_what_was_seen_and_keeps_ties_in_order():
    scores = np.array([[5.0, 1.0, 3.0, 3.0]])
    ranking = metrics.rank(scores, watched([1, 0, 0, 0]), depth=4)
    assert ranking.tolist() == [[2, 3, 1, -1]]
    assert scores[0, 0] == 5.0


def test_metrics_of_a_case_done_by_hand():
    ranking = np.array([[4, 2, 0, 1, 3] + [-1] * 95])
    values = metrics.evaluate(ranking, watched([1, 0, 1, 0, 0]))
    # Both wanted titles were found, at positions 2 and 3.
    gain = 1 / np.log2(3) + 1 / np.log2(4)
    best = 1 / np.log2(2) + 1 / np.log2(3)
    assert values["recall@10"] == [1.0]
    np.testing.assert_allclose(values["ndcg@10"], [gain / best])
    np.testing.assert_allclose(values["ndcg@100"], [gain / best])


def test_recall_divides_by_all_that_was_held_out():
    hits = np.zeros((1, 100), dtype=bool)
    hits[0, [0, 15]] = True
    wanted = np.array([40])
    np.testing.assert_allclose(metrics.recall(hits, wanted, 10), [1 / 40])
    np.testing.assert_allclose(metrics.recall(hits, wanted, 20), [2 / 40])
    # The best order fills all ten places, though forty titles are wanted.
    best = (1 / np.log2(np.arange(2, 12))).sum()
    np.testing.assert_allclose(metrics.ndcg(hits, wanted, 10), [1 / best])


def test_a_member_of_whom_nothing_was_held_out_is_not_counted():
    ranking = np.array([[0, 1], [1, 0]])
    values = metrics.evaluate(ranking, watched([0, 0], [0, 1]))
    assert values["recall@10"].tolist() == [1.0]


def test_no_hit_is_counted_beyond_the_end_of_a_short_ranking():
    # -1 would index the last title, which this member wants.
    values = metrics.evaluate(np.array([[0, -1]]), watched([0, 0, 1]))
    assert values["recall@10"].tolist() == [0.0]


def test_coverage_counts_each_title_once_and_no_padding():
    assert metrics.coverage(np.array([[0, 1, -1], [1, 2, -1]]), titles=10) == 0.3


def test_the_bootstrap_interval_is_that_of_the_mean():
    values = np.random.default_rng(5).normal(2.0, 1.0, size=900)
    low, high = metrics.bootstrap(values, seed=1)
    error = 1.96 * values.std() / np.sqrt(len(values))
    np.testing.assert_allclose(
        [low, high], [values.mean() - error, values.mean() + error], atol=0.01
    )
    assert metrics.bootstrap(values, seed=1) == (low, high)


# The report.


def test_an_unknown_member_is_named():
    with pytest.raises(ValueError, match="names 9999, whom"):
        report.chosen_members("1,9999", ["1", "2"])


def test_an_unknown_title_is_named():
    with pytest.raises(ValueError, match=r"names Alien, which .* look like Alien \(1979\)"):
        report.chosen_titles("Alien (1979); Alien", ["Alien (1979)"])


def test_the_leaderboard_is_drawn():
    rows = [
        {"candidate": {"name": name}, "ndcg@10": value}
        for name, value in (("EASE λ=100", 0.13), ("EASE λ=50", 0.12), ("popularity", 0.06))
    ]
    families = [
        {"name": "EASE λ=100", "mean": 0.14, "interval": (0.12, 0.16)},
        {"name": "popularity", "mean": 0.08, "interval": (0.07, 0.09)},
    ]
    svg = "{http://www.w3.org/2000/svg}"
    drawn = ElementTree.fromstring(charts.leaderboard(rows, families))
    dots = [dot.get("class") for dot in drawn.iter(f"{svg}circle")]
    assert (dots.count("hollow"), dots.count("test")) == (1 + 3, 1 + 2)
    words = [text.text for text in drawn.iter(f"{svg}text")]
    assert {"EASE λ=100", "EASE λ=50", "popularity", "0.15"} <= set(words)
    # Nothing is drawn outside of the picture.
    width, height = (float(it) for it in drawn.get("viewBox", "").split()[2:])
    for dot in drawn.iter(f"{svg}circle"):
        assert 0 < float(dot.get("cx", "")) < width and 0 < float(dot.get("cy", "")) < height
