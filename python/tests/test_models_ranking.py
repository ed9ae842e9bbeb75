"""`flownote.models.artwork.rank`: what is chosen, and the reasons for everything."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage
from stills import still

from flownote.models import ModelError
from flownote.models.artwork import Group, Measures, Ranking, measure, rank, rank_groups

STILLS = ["astronaut", "coffee", "chelsea", "ihc", "motorcycle_left"]
BLURRED, DARK, BLANK, TWIN = range(5, 9)


@pytest.fixture(scope="module")
def measures() -> Measures:
    """Measures of five good stills, then of a blurred, a dark, a blank one and a near twin."""
    good = [still(name)[:280, :350] for name in STILLS]
    blurred = ndimage.gaussian_filter(good[0], (6, 6, 0))
    twin = np.clip(good[1].astype(int) + 3, 0, 255).astype(np.uint8)
    others = [blurred, good[1] // 20, np.zeros_like(good[0]), twin]
    return measure(np.stack([*good, *others]))


@pytest.fixture(scope="module")
def ranking(measures: Measures) -> Ranking:
    return rank(
        measures,
        {"sharpness": 2, "colourfulness": 1, "blur": -1},
        filters={"luminance": (0.08, 0.9), "sharpness": (20, None)},
        count=4,
    )


def test_the_good_are_chosen_and_the_bad_are_not(ranking: Ranking) -> None:
    assert len(ranking.chosen) == 4
    assert set(ranking.frames) <= {0, 1, 2, 3, 4, TWIN}
    assert len({1, TWIN} & set(ranking.frames)) <= 1
    assert len(ranking.chosen) + len(ranking.rejected) == 9
    assert ranking.rejected[-1].frame == BLANK


def test_every_score_is_the_sum_of_its_parts(measures: Measures, ranking: Ranking) -> None:
    for candidate in (*ranking.chosen, *ranking.rejected):
        assert [part.name for part in candidate.parts] == ["sharpness", "colourfulness", "blur"]
        assert candidate.score == pytest.approx(sum(part.contribution for part in candidate.parts))
        for part in candidate.parts:
            assert part.value == measures[part.name][candidate.frame]
            assert part.contribution == pytest.approx(part.normalized * abs(part.weight) / 4)
            assert 0 <= part.normalized <= 1
    best = max((ranking[frame] for frame in (*range(5), TWIN)), key=lambda it: it.parts[0].value)
    assert best.parts[0].normalized == 1


def test_every_rejection_has_its_reasons(measures: Measures, ranking: Ranking) -> None:
    assert all(candidate.reasons == () for candidate in ranking.chosen)
    [blurred] = ranking[BLURRED].reasons
    assert (blurred.kind, blurred.measure, blurred.limit) == ("filter", "sharpness", 20)
    assert blurred.value == measures["sharpness"][BLURRED]
    assert "is below the least allowed, 20" in str(blurred)
    assert [reason.measure for reason in ranking[BLANK].reasons] == ["luminance", "sharpness"]
    first, second = (ranking[frame] for frame in (1, TWIN))
    twin, kept = (first, second) if first.reasons else (second, first)
    assert twin.reasons[0].kind == "too like"
    if not kept.reasons:
        assert twin.reasons[0].like == kept.frame
        assert "% alike" in str(twin.reasons[0])
    for candidate in ranking.rejected:
        assert candidate.reasons
        for reason in candidate.reasons:
            if reason.kind == "scored below":
                assert reason.value == candidate.score
                assert reason.limit == min(it.score for it in ranking.chosen) >= reason.value


def test_shares_and_words_are_told(ranking: Ranking) -> None:
    shares = ranking.rejected_by()
    assert shares["filter sharpness"] == pytest.approx(3 / 5)
    text = ranking[BLANK].explain()
    assert text.startswith(f"frame {BLANK}: score ")
    assert "rejected: luminance 0 is below the least allowed, 0.08" in text
    rows = ranking.to_dict()
    assert [row["place"] for row in rows] == [1, 2, 3, 4, *[None] * 5]
    assert {row["frame"] for row in rows} == set(range(9))
    assert "4 frames chosen, 5 rejected" in ranking._repr_html_()
    with pytest.raises(KeyError):
        ranking[99]


def test_without_diversity_the_best_scores_are_chosen() -> None:
    generator = np.random.default_rng(4)
    columns = {"a": generator.random(50), "b": generator.random(50)}
    found = rank(columns, {"a": 1, "b": 2}, diversity=0, count=10)
    scores = [candidate.score for candidate in found.chosen]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] >= found.rejected[0].score
    assert {reason.kind for it in found.rejected for reason in it.reasons} == {"scored below"}
    order = {name: values.argsort().argsort() / 49 for name, values in columns.items()}
    assert found.frames == (-(order["a"] + 2 * order["b"])).argsort()[:10].tolist()


def test_diversity_prefers_what_is_unlike() -> None:
    hashes = np.array([0, 1, 0xFFFF0000FFFF0000], np.uint64)
    columns = {"score": [3.0, 2.0, 1.0]}
    assert rank(columns, {"score": 1}, hashes=hashes, diversity=0, alike=1, count=2).frames == [
        0,
        1,
    ]
    found = rank(columns, {"score": 1}, hashes=hashes, diversity=0.6, alike=1, count=2)
    assert found.frames == [0, 2]
    [passed] = found.rejected
    assert (passed.reasons[0].kind, passed.reasons[0].like) == ("too like", 0)


def test_the_order_of_frames_changes_nothing(measures: Measures) -> None:
    weights = {"sharpness": 1.0, "saliency": 1.0}
    order = np.random.default_rng(0).permutation(measures.n_frames)
    plain, mixed = rank(measures, weights, count=5), rank(measures.take(order), weights, count=5)
    assert [order[frame] for frame in mixed.frames] == plain.frames
    assert rank(measures, weights, count=5) == plain


def test_groups_have_their_own_taste(measures: Measures) -> None:
    liked = np.zeros(measures.n_frames)
    liked[3] = 1
    groups = {
        "sharp": Group({"sharpness": 1}),
        "dark": Group({"luminance": -1}),
        "fond": Group(affinity=liked, affinity_weight=100),
        "all": Group(),
    }
    found = rank_groups(measures, groups, {"colourfulness": 1}, count=2)
    assert list(found) == ["sharp", "dark", "fond", "all"]
    assert found["dark"].frames[0] == BLANK
    assert found["fond"].frames[0] == 3
    assert [part.name for part in found["fond"].chosen[0].parts] == ["colourfulness", "affinity"]
    assert found["all"] == rank(measures, {"colourfulness": 1}, count=2)
    assert rank_groups(measures, {}) == {}


def test_what_isnt_known_is_a_reason() -> None:
    found = rank({"a": [1.0, np.nan, 2.0]}, {"a": 1}, count=3)
    assert found.frames == [2, 0]
    assert str(found[1].reasons[0]) == "a isn't known"
    assert found[1].score == 0


def test_few_frames_and_none() -> None:
    assert rank({"a": []}, {"a": 1}).chosen == ()
    alone = rank({"a": [5.0]}, {"a": 1})
    assert alone.frames == [0]
    nothing = rank({"a": [5.0]}, {"a": 1}, count=0)
    assert nothing.rejected[0].reasons[0].kind == "none wanted"


def test_tables_of_any_kind_are_ranked() -> None:
    polars, pyarrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    pandas = pytest.importorskip("pandas")
    columns = {"a": [1.0, 3.0, 2.0], "b": [1, 0, 0]}
    for table in (pandas.DataFrame(columns), polars.DataFrame(columns), pyarrow.table(columns)):
        assert rank(table, {"a": 1}) == rank(columns, {"a": 1})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weights": {"beauty": 1}}, "`weights` name `beauty`, which no candidate has"),
        ({"weights": {}}, "say nothing counts"),
        ({"weights": {"a": np.inf}}, "give `a` inf"),
        ({"filters": {"b": (1, 2)}}, "`filters` name `b`"),
        ({"filters": {"a": (None, None)}}, "no limit of `a`"),
        ({"filters": {"a": 3}}, "the filter of `a` is `3`"),
        ({"diversity": 1.5}, "`diversity` is 1.5"),
        ({"filters": {"a": (0.9, 0.1)}}, "the filter of `a` is from 0.9 to 0.1"),
        ({"weights": ["a"]}, "`weights` are a `list`"),
        ({"diversity": "much"}, "`diversity` is 'much'"),
        ({"count": -1}, "`count` is -1"),
        ({"count": 1.5}, "`count` is 1.5"),
        ({"hashes": [-1, 1]}, "`hashes` aren't of uint64"),
        ({"hashes": [1]}, "are 1 for 2 candidates"),
        ({"candidates": {"a": [1.0, 2.0], "b": [1.0]}}, "have 1 values of `b` for 2"),
        ({"candidates": 7}, "have no columns by name"),
    ],
)
def test_wishes_that_cant_be_met_say_so(changes: dict, message: str) -> None:
    given = {"candidates": {"a": [1.0, 2.0]}, "weights": {"a": 1}} | changes
    with pytest.raises(ModelError, match=message) as raised:
        rank(given.pop("candidates"), given.pop("weights"), **given)
    assert raised.value.hint
