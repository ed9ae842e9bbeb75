"""Functions of models: what a fit says of a row, as a value."""

from __future__ import annotations

import copy
import pickle
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flownote import codecs
from flownote.codecs.base import type_name
from flownote.models import ModelError, NotFittedError, ScoringFunction
from flownote.models.bandit import LinTS, Thompson
from flownote.models.customer import (
    BgNbd,
    GammaGamma,
    KMeans,
    Logistic,
    ParetoNbd,
    ShiftedBetaGeometric,
    lifetime_value,
)
from flownote.models.recommend import EASE, IALS

pyarrow = pytest.importorskip("pyarrow")


@pytest.fixture(scope="module")
def cdnow() -> dict[str, np.ndarray]:
    """CDNOW's customers, watched for 39 weeks."""
    name = "lifetimes/datasets/cdnow_customers_summary_with_transactions.csv"
    file = Path(str(distribution("lifetimes").locate_file(name)))
    _, frequency, recency, age, value = np.genfromtxt(file, delimiter=",", skip_header=1).T
    return {"frequency": frequency, "recency": recency, "age": age, "value": value}


def past(cdnow: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return cdnow["frequency"], cdnow["recency"], cdnow["age"]


@pytest.fixture(scope="module")
def model(cdnow: dict[str, np.ndarray]) -> BgNbd:
    return BgNbd().fit(*past(cdnow))


def test_a_function_says_of_columns_what_its_method_does(
    cdnow: dict[str, np.ndarray], model: BgNbd
) -> None:
    for fitted in (model, ParetoNbd().fit(*past(cdnow))):
        alive = fitted.function("probability_alive")
        assert np.array_equal(alive(*past(cdnow)), fitted.probability_alive(*past(cdnow)))
        ahead = fitted.function("predict", periods=39)
        assert np.array_equal(ahead(*past(cdnow)), fitted.predict(*past(cdnow), periods=39))
        new = fitted.function("expected_purchases")
        assert np.array_equal(new([1.0, 39.0]), fitted.expected_purchases([1.0, 39.0]))
    worth = model.function("lifetime_value", steps=12, step=52 / 12, discount=0.01)
    expected = lifetime_value(
        model, *past(cdnow), value=cdnow["value"], steps=12, step=52 / 12, discount=0.01
    )
    assert np.array_equal(worth(*past(cdnow), cdnow["value"]), expected)
    paid = GammaGamma().fit(cdnow["frequency"], cdnow["value"])
    spends = paid.function("predict")
    columns = cdnow["frequency"], cdnow["value"]
    assert np.array_equal(spends(*columns), paid.predict(*columns))


def test_models_of_features_policies_and_recommenders_have_functions_too() -> None:
    random = np.random.default_rng(5)
    features = random.normal(size=(200, 3))
    leaves = (features @ [1.0, -2.0, 0.5] + random.normal(size=200) > 0).astype(float)
    logistic = Logistic().fit(features, leaves)
    chance = logistic.function("predict_proba")
    assert list(chance.signature.parameters) == ["feature_0", "feature_1", "feature_2"]
    assert np.array_equal(chance(*features.T), logistic.predict_proba(features)[:, 1])
    groups = KMeans(3).fit(features)
    group = groups.function("predict")(*features.T)
    assert group.dtype == np.int64 and np.array_equal(group, groups.predict(features))

    action, reward = random.integers(0, 4, 100), random.integers(0, 2, 100)
    policy = Thompson(n_actions=4).fit(action, reward)
    likely = policy.function("propensities")
    assert np.allclose(likely([0, 1, 2, 3]), policy.propensities(), rtol=0, atol=1e-15)
    linear = LinTS(n_actions=4).fit(action, reward, features[:100])
    likely = linear.function("propensities")
    known = linear.propensities(features[:20])[np.arange(20), action[:20]]
    assert np.allclose(likely(action[:20], *features[:20].T), known, rtol=0, atol=1e-12)

    stays = ShiftedBetaGeometric().fit([131, 126, 90, 60], customers=1000)
    assert np.array_equal(stays.function("survival")([0, 7, 3]), stays.survival(7)[[0, 7, 3]])

    scipy_sparse = pytest.importorskip("scipy.sparse")
    events = scipy_sparse.random_array((30, 12), density=0.3, rng=random, format="csr")
    events = scipy_sparse.csr_matrix(events)
    factors = IALS(factors=8, iterations=3).fit(events)
    score = factors.function("predict")([4, 7, 4], [11, 0, 3])
    known = factors.predict(events[[4, 7]], members=[4, 7])
    assert np.allclose(score, [known[0, 11], known[1, 0], known[0, 3]], atol=1e-6)
    ease = EASE(10.0).fit(events)
    weight = ease.function("weight")
    of_member = events[4]
    parts = weight(of_member.indices, np.full(of_member.nnz, 3.0)) @ of_member.data
    assert parts == pytest.approx(ease.predict(of_member)[0, 3], abs=1e-12)


def test_columns_are_of_any_kind_and_come_back_so(model: BgNbd) -> None:
    alive = model.function("probability_alive")
    known = model.probability_alive([2, 0], [20.0, 0.0], [38.0, 30.0])
    assert alive(2, 20.0, 38) == known[0] and isinstance(alive(2, 20.0, 38), float)
    assert alive(None, 20.0, 38) is None
    # A number stands for all rows, names may be given, and whole numbers are numbers.
    assert np.array_equal(alive(2, recency=np.array([20, 20]), age=38.0), [known[0]] * 2)
    assert np.array_equal(alive(np.array([2, 0], dtype=np.int8), [20, 0], [38, 30]), known)
    assert alive([], [], []).shape == (0,)
    pandas = pytest.importorskip("pandas")
    index = pandas.Index(["ana", "ben"])
    frequency = pandas.Series([2, None], index=index, dtype="Int64")
    found = alive(frequency, pandas.Series([20.0, 0.0], index=index), 38.0)
    assert found["ana"] == known[0] and found.isna()["ben"]
    # NaN is a null in a column of pandas, as it is to pandas.
    rest = pandas.Series([20.0, 0.0]), pandas.Series([38.0, 30.0])
    found = alive(pandas.Series([2, None]), *rest)
    assert found[0] == known[0] and found.isna()[1]
    found = alive(pandas.array([2, None], dtype="Int64"), *rest)
    assert found.dtype == "Float64" and found[0] == known[0] and found[1] is pandas.NA
    pyarrow = pytest.importorskip("pyarrow")
    column = pyarrow.chunked_array([[2, None], [0]])
    found = alive(column, pyarrow.array([20.0, 5.0, 0.0]), pyarrow.array([38.0, 6.0, 30.0]))
    assert found.to_pylist() == [known[0], None, known[1]]


def test_what_is_wrong_names_the_row_or_the_argument(model: BgNbd) -> None:
    alive = model.function("probability_alive")
    with pytest.raises(ModelError, match=r"`recency` is 9, later than .* at row 1 ") as error:
        alive([2, 1], [1.0, 9.0], [3.0, 3.0])
    assert "frequency 1, recency 9, age 3" in str(error.value)
    with pytest.raises(ModelError, match="`columns` are numbers, and `age` is Utf8"):
        alive(2, 1.0, pyarrow.array(["x"]))
    longer, shorter = pyarrow.array([3.0, None, 2.0]), pyarrow.array([3.0, None])
    for columns in ((longer, shorter, shorter), (shorter, longer, longer)):
        with pytest.raises(ModelError, match=r"are of \d rows and of \d"):
            alive(*columns)
    with pytest.raises(ModelError, match="are of 2 rows and of 1"):
        alive(np.array([1.0, 1.0]), np.array([1.0]), 3.0)
    with pytest.raises(TypeError, match="missing a required argument: 'age'"):
        alive(1, 1.0)


def test_what_there_is_no_function_of_says_what_there_is(model: BgNbd) -> None:
    found = {str(one) for one in model.functions()}
    assert "predict(frequency, recency, age, periods) -> purchases" in found
    (alive,) = (one for one in model.functions() if one.name == "probability_alive")
    assert alive.parameters == {"frequency": "repeat purchases", "recency": "time", "age": "time"}
    with pytest.raises(ModelError, match="`function` is `probabilty_alive`") as error:
        model.function("probabilty_alive")
    assert "did you mean `probability_alive`?" in (error.value.hint or "")
    with pytest.raises(ModelError, match="names `weeks`, which `predict` doesn't take"):
        model.function("predict", weeks=39)
    with pytest.raises(ModelError, match="`periods` is 'long', which can't be the same"):
        model.function("predict", periods="long")  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="`periods` is nan, which can't be the same"):
        model.function("predict", periods=float("nan"))
    for asked in (lambda: BgNbd().function("predict"), lambda: BgNbd().functions()):
        with pytest.raises(NotFittedError, match="isn't fitted yet"):
            asked()


def test_a_function_is_an_artifact_and_keeps_its_fit(
    cdnow: dict[str, np.ndarray], model: BgNbd
) -> None:
    def stored(value: Any) -> tuple[bytes, dict[str, Any]]:
        encoded = codecs.encode(value)
        chunks: list[bytes] = []
        encoded.write(lambda data: chunks.append(bytes(data)))
        record = {"codec": encoded.codec, "type": type_name(type(value)), "meta": encoded.meta}
        return b"".join(chunks), record

    fitted = BgNbd().fit(*past(cdnow))
    ahead = fitted.function("predict", periods=0.1)
    data, record = stored(ahead)
    assert record["codec"] == "model" and codecs.is_immutable(ahead)
    assert record["meta"] == {"kind": "customer.bg_nbd", "function": "predict"}
    back = codecs.decode(bytearray(data), record)
    assert type(back) is ScoringFunction and back.fixed == {"periods": 0.1}
    assert back == ahead == pickle.loads(pickle.dumps(ahead)) == copy.deepcopy(ahead)
    assert stored(back)[0] == data and data != stored(fitted)[0]
    assert stored(fitted.function("predict", periods=0.2))[0] != data
    shown = "<predict(frequency, recency, age, periods=0.1) -> purchases, of a customer.bg_nbd>"
    assert repr(ahead) == repr(back) == shown

    before = ahead(*past(cdnow))
    fitted.fit(*(column[::2] for column in past(cdnow)))
    assert np.array_equal(ahead(*past(cdnow)), before)
    with pytest.raises(ModelError, match="this isn't a saved scoring function"):
        ScoringFunction.from_bytes(model.to_bytes())
