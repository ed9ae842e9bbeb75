"""`flownote.models.bandit`: policies that learn, and what another policy would have earned.

The estimators are held against the Open Bandit Pipeline's on the shop's logs that its wheel
ships; that its numbers are met on drawn arrays is a test of the crate.
"""

from __future__ import annotations

import csv
import json
import pickle
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pytest

from flownote import codecs
from flownote.codecs.base import type_name
from flownote.models import Model, ModelError, NotFittedError
from flownote.models.bandit import (
    UCB1,
    EpsilonGreedy,
    LinTS,
    LinUCB,
    Log,
    Policy,
    Softmax,
    Thompson,
)

GOLDEN = Path(__file__).parents[2] / "core/models/tests/golden/obp.json"

POLICIES = [
    EpsilonGreedy(3, epsilon=0.2),
    Softmax(3, temperature=0.3),
    UCB1(3),
    Thompson(3, prior=(1.0, 4.0)),
    LinUCB(3, alpha=0.5),
    LinTS(3, scale=0.7, seed=4),
]


def campaign(name: str, policy: str = "bts") -> tuple[Log, int]:
    """Read what a shop's campaign logged, and how many items it has."""
    folder = Path(str(distribution("obp").locate_file("obp/dataset/obd"))) / policy / name
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / "item_context.csv").open(encoding="utf-8") as file:
        items = sum(1 for _ in file) - 1
    numbers = {
        key: np.array([float(row[key]) for row in rows])
        for key in ("item_id", "click", "propensity_score")
    }
    log = Log(numbers["item_id"].astype(int), numbers["click"], numbers["propensity_score"])
    return log, items


@pytest.fixture(scope="module")
def rounds() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    action = random.integers(0, 3, 300)
    context = np.column_stack([np.ones(300), random.normal(size=300)])
    click = random.random(300) < 0.2 + 0.1 * action + 0.1 * (context[:, 1] > 0)
    return action, click.astype(float), context


# What another policy would have earned.


@pytest.mark.parametrize(
    ("name", "items", "ips", "snips", "effective"),
    [
        ("all", 80, 0.00236, 0.00233, 340),
        ("men", 34, 0.00301, 0.00319, 656),
        ("women", 46, 0.00744, 0.00237, 2),
    ],
)
def test_the_shops_campaigns_are_worth_what_the_open_bandit_pipeline_says(
    name: str, items: int, ips: float, snips: float, effective: int
) -> None:
    log, found = campaign(name)
    assert (found, len(log)) == (items, 10_000)
    even = np.full(items, 1 / items)
    printed = {kind: log.evaluate(even, estimator=kind) for kind in ("ips", "snips")}
    assert round(printed["ips"].value, 5) == ips
    assert round(printed["snips"].value, 5) == snips
    weights = printed["snips"].weights
    assert weights is not None
    assert round(weights.effective) == effective
    assert bool(weights.warnings) == (name == "women")

    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    shown = np.bincount(log.action, minlength=items)
    clicked = np.bincount(log.action, weights=log.reward, minlength=items)
    each = (clicked + 10 * log.reward.mean()) / (shown + 10)
    predicted = np.tile(each, (len(log), 1))
    options = {
        "max_weight": golden["drawn"]["clip"],
        "threshold": golden["drawn"]["threshold"],
        "predicted": predicted,
    }
    for kind, value in golden["campaigns"][name].items():
        estimate = log.evaluate(even, estimator=kind, **options)
        assert abs(estimate.value - value) < 1e-9, kind


def test_the_shops_ten_thousand_rows_tell_the_policies_apart_in_one_campaign_of_three() -> None:
    for name, told, tried in [
        ("all", "cannot tell", "cannot tell"),
        ("men", "worse", "worse"),
        ("women", "cannot tell", "cannot tell"),
    ]:
        log, items = campaign(name)
        even = log.evaluate(np.full(items, 1 / items))
        assert even.compare(log.observed()).verdict == told
        # The shop did try to show all equally often: the experiment agrees.
        uniform, _ = campaign(name, "random")
        experiment = uniform.observed().compare(log.observed(), together=False)
        assert experiment.verdict == tried


def test_the_verdict_is_that_nobody_can_tell_where_the_weights_are_unfit() -> None:
    log, items = campaign("women")
    estimate = log.evaluate(np.full(items, 1 / items), estimator="ips")
    told = estimate.compare(log.observed())
    assert told.verdict == "cannot tell"
    assert told.text.startswith("cannot tell, few rows carry the weight; needs about ")
    assert told.needed is not None and told.needed > 10_000
    assert "all weight" in repr(estimate)


def test_rows_that_are_all_alike_say_so_and_few_of_them_tell_nothing() -> None:
    even = Log([0, 1] * 50, [0] * 100, [0.5] * 100).evaluate([0.5, 0.5])
    assert "all rows are alike" in repr(even)
    won, lost = (Log([0], [reward], [1]).observed() for reward in (1, 0))
    found = won.compare(lost, together=False)
    assert (found.verdict, found.needed) == ("cannot tell", 100.0)


def test_of_two_logs_and_of_one_the_same_difference_is_told_differently() -> None:
    random = np.random.default_rng(8)
    action = random.integers(0, 2, 4_000)
    click = (random.random(4_000) < np.where(action == 1, 0.3, 0.2)).astype(float)
    log = Log(action, click, np.full(4_000, 0.5))
    first, second = log.evaluate([0.0, 1.0]), log.evaluate([1.0, 0.0])
    assert first.compare(second).verdict == "better"
    assert second.compare(first).verdict == "worse"
    assert str(second.compare(first)) == "worse"
    near = log.evaluate([0.45, 0.55])
    assert near.compare(log.observed()).error < near.compare(log.observed(), together=False).error
    with pytest.raises(ModelError, match="`other` is of 10 rows, and this of 4000") as error:
        first.compare(Log(action[:10], click[:10], np.full(10, 0.5)).observed())
    assert "`together=False`" in (error.value.hint or "")
    with pytest.raises(ModelError, match="`other` is a `str`, not an estimate"):
        first.compare("second")  # type: ignore[arg-type]


def test_a_policy_is_given_in_four_ways(rounds: tuple) -> None:
    action, click, _ = rounds
    log = Log(action, click, np.full(300, 1 / 3))
    chances = np.array([0.5, 0.3, 0.2])
    same = log.evaluate(chances)
    assert log.evaluate(np.tile(chances, (300, 1))).value == same.value
    assert log.evaluate(logged=chances[action]).value == same.value
    always = log.evaluate(taken=np.ones(300, dtype=int), estimator="replay")
    assert always.value == click[action == 1].mean()
    assert always.taken == (action == 1).mean()
    with pytest.raises(ModelError, match="a policy is given in one way"):
        log.evaluate(chances, logged=chances[action])


def test_a_reward_model_is_asked_about_rows_that_it_has_not_seen(rounds: tuple) -> None:
    action, click, context = rounds
    log = Log(action, click, np.full(300, 1 / 3))
    for link in ("identity", "logit"):
        predicted = log.predict_rewards(context[:, 1:], link=link, l2=2.0, seed=1)
        assert predicted.shape == (300, 3)
        estimate = log.evaluate([0.2, 0.2, 0.6], estimator="dr", predicted=predicted)
        assert estimate.low < 0.2 * 0.25 + 0.2 * 0.35 + 0.6 * 0.45 < estimate.high
    with pytest.raises(ModelError, match="`predicted` is missing") as error:
        log.evaluate([0.2, 0.2, 0.6], estimator="dr")
    assert "reward model" in str(error.value.hint)


def test_a_bootstrap_repeats_itself(rounds: tuple) -> None:
    action, click, _ = rounds
    log = Log(action, click, np.full(300, 1 / 3))
    first, again, other = (log.evaluate([1, 0, 0], resamples=500, seed=it) for it in (1, 1, 2))
    assert (first.low, first.high) == (again.low, again.high) != (other.low, other.high)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reward": [1.0, float("nan")]}, "`rewards` has NaN at row 1"),
        ({"propensity": [0.5, 0.0]}, "`propensities` has 0 at row 1"),
        ({"action": [0, -1]}, "`actions` has -1 at row 1"),
        ({"action": [0, 7]}, "`actions` has 7 at row 1"),
        ({"action": []}, "`actions` is empty"),
        ({"action": [0.5, 1.0]}, "`action` isn't a column of whole numbers: it has 0.5 at row 0"),
        ({"action": [1.0, float("nan")]}, "`action` .* row 1 isn't known"),
        ({"action": ["a", "b"]}, "`action` isn't a column of whole numbers: it is of `<U1`"),
    ],
)
def test_what_no_answer_can_be_computed_from_is_said_with_its_row(
    change: dict, message: str
) -> None:
    columns = {"action": [0, 1], "reward": [1.0, 0.0], "propensity": [0.5, 0.5], **change}
    with pytest.raises(ModelError, match=message) as error:
        Log(**columns).evaluate([0.5, 0.5])
    assert error.value.hint


def test_actions_are_whole_numbers_of_any_type(rounds: tuple) -> None:
    action, click, _ = rounds
    log = Log(action.astype(float), click, np.full(300, 1 / 3))
    assert log.action.dtype == np.int64 and np.array_equal(log.action, action)
    assert repr(Log([], [], [])) == "<Log of 0 rounds>"


# Policies.


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: type(policy).__name__)
def test_a_policy_adds_up_learns_in_pieces_and_goes_on_where_it_was_stored(
    policy: Policy, rounds: tuple
) -> None:
    action, click, context = rounds
    make = lambda: type(policy)(**policy.get_params())  # noqa: E731
    at_once = make().fit(action, click, context)
    shown = at_once.propensities(context)
    np.testing.assert_allclose(shown.sum(axis=1), 1.0, atol=1e-12)

    pieces = make()
    for part in np.array_split(np.arange(100), 9):
        pieces.partial_fit(action[part], click[part], context[part])
    encoded = codecs.encode(pieces)
    chunks: list[bytes] = []
    encoded.write(lambda data: chunks.append(bytes(data)))
    record = {"codec": "model", "type": type_name(type(pieces)), "meta": encoded.meta}
    back = codecs.decode(bytearray(b"".join(chunks)), record)
    assert type(back) is type(policy) and back == pieces
    back.partial_fit(action[100:], click[100:], context[100:])
    np.testing.assert_array_equal(back.propensities(context), shown)
    assert pickle.loads(pickle.dumps(back)) == back == at_once

    again = make().fit(action, click, context)
    first = [again.choose(context) for _ in range(2)]
    repeated = make().fit(action, click, context)
    assert [it.tolist() for it in first] == [repeated.choose(context).tolist() for _ in range(2)]
    assert all(shown[row, it] > 0 for row, it in enumerate(first[0]))
    assert "rounds" in repr(at_once) or "contexts" in repr(at_once)
    assert at_once._repr_html_().startswith("<table>")


def test_fit_forgets_and_partial_fit_does_not(rounds: tuple) -> None:
    action, click, _ = rounds
    policy = Thompson(3).fit(action, click)
    np.testing.assert_array_equal(policy.counts_, np.bincount(action))
    np.testing.assert_array_equal(policy.sums_, np.bincount(action, weights=click))
    policy.partial_fit([0], [1])
    assert policy.counts_.sum() == 301
    assert policy.fit([0], [1]).counts_.tolist() == [1.0, 0.0, 0.0]


def test_a_policy_that_has_learnt_nothing_shows_all_alike() -> None:
    np.testing.assert_allclose(Thompson(4).propensities(), 0.25)
    assert set(UCB1(3).choose(size=60).tolist()) == {0, 1, 2}
    with pytest.raises(NotFittedError, match="isn't fitted"):
        _ = Thompson(4).counts_


def test_lin_ucb_is_the_algorithm_of_its_paper(rounds: tuple) -> None:
    action, click, context = rounds
    policy = LinUCB(3, alpha=0.8, l2=2.0).fit(action, click, context)
    for arm in range(3):
        x, r = context[action == arm], click[action == arm]
        moments = 2.0 * np.eye(2) + x.T @ x
        theta = np.linalg.solve(moments, x.T @ r)
        np.testing.assert_allclose(policy.coefficients_[arm], theta, rtol=1e-12)
    bounds = [
        context @ policy.coefficients_[arm]
        + 0.8
        * np.sqrt(np.einsum("ij,jk,ik->i", context, np.linalg.inv(policy.moments_[arm]), context))
        for arm in range(3)
    ]
    np.testing.assert_array_equal(policy.choose(context), np.argmax(bounds, axis=0))


def test_what_a_linear_policy_draws_is_as_frequent_as_it_says(rounds: tuple) -> None:
    action, click, context = rounds
    policy = LinTS(3, scale=1.0).fit(action, click, context)
    one = np.array([[1.0, -0.4]])
    shown = policy.propensities(one)[0]
    drawn = policy.choose(np.repeat(one, 20_000, axis=0), seed=5)
    error = np.sqrt(shown * (1 - shown) / 20_000)
    assert (np.abs(np.bincount(drawn, minlength=3) / 20_000 - shown) < 4 * error).all()


@pytest.mark.parametrize(
    ("policy", "action", "reward", "context", "message"),
    [
        (Thompson(2), [0], [0.5], None, "`rewards` has 0.5 at row 0"),
        (Thompson(2), [0, 2], [1, 1], None, "`actions` has 2 at row 1"),
        (Thompson(2, prior=(0, 1)), [0], [1], None, "`prior` has 0"),
        (EpsilonGreedy(2, epsilon=1.5), [0], [1], None, "`epsilon` is 1.5"),
        (LinUCB(2), [0], [1], None, "`LinUCB` needs a context"),
        (LinTS(2), [0, 1], [1, 1], [[1.0], [float("nan")]], "`contexts` has NaN at row 1"),
        (Softmax(2), [0, 1], [1], None, "`rewards` has 1 rows, and `actions` has 2"),
    ],
)
def test_a_round_that_nothing_can_be_learnt_from_is_named(
    policy: Policy, action: list, reward: list, context: list | None, message: str
) -> None:
    with pytest.raises(ModelError, match=message) as error:
        policy.fit(action, reward, context)
    assert error.value.hint


def test_bytes_come_back_as_the_class_that_wrote_them(rounds: tuple) -> None:
    action, click, context = rounds
    for policy in POLICIES:
        fitted = type(policy)(**policy.get_params()).fit(action, click, context)
        back = Model.from_bytes(fitted.to_bytes())
        assert type(back) is type(policy) and repr(back) == repr(fitted)
