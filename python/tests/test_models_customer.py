"""Customers' models against what papers print, on the data that they print it of.

CDNOW: 2,357 customers who first bought in early 1997, watched until the end of September. The
wheel of `lifetimes` holds their summary and all of their transactions until June 1998.
"""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pytest

from flownote.models import Model, ModelError
from flownote.models.customer import (
    BgNbd,
    GammaGamma,
    KaplanMeier,
    KMeans,
    Logistic,
    ParetoNbd,
    ShiftedBetaGeometric,
    lifetime_value,
    rfm,
    silhouettes,
)


def data(name: str) -> Path:
    return Path(str(distribution("lifetimes").locate_file(f"lifetimes/datasets/{name}")))


@pytest.fixture(scope="module")
def cdnow() -> dict[str, np.ndarray]:
    """The summary that the papers fit: two digits of weeks and of dollars."""
    file = data("cdnow_customers_summary_with_transactions.csv")
    _, frequency, recency, age, value = np.genfromtxt(file, delimiter=",", skip_header=1).T
    return {"frequency": frequency, "recency": recency, "age": age, "value": value}


def past(cdnow: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return cdnow["frequency"], cdnow["recency"], cdnow["age"]


def bg_nbd(cdnow: dict[str, np.ndarray], r: float, alpha: float, a: float, b: float) -> float:
    """The log-likelihood as the paper writes it, in SciPy's functions."""
    special = pytest.importorskip("scipy.special")
    x, tx, t = past(cdnow)
    alive = (alpha + t) ** -(r + x)
    gone = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * (alpha + tx) ** -(r + x), 0.0)
    fixed = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    fixed += special.betaln(a, b + x) - special.betaln(a, b)
    return float((fixed + np.log(alive + gone)).sum())


def pareto_nbd(
    cdnow: dict[str, np.ndarray], r: float, alpha: float, s: float, beta: float
) -> float:
    """The log-likelihood as the note writes it: differences of SciPy's hypergeometric function."""
    special = pytest.importorskip("scipy.special")
    x, tx, t = past(cdnow)
    low, high = min(alpha, beta), max(alpha, beta)
    n, second = r + s + x, s + 1 if alpha >= beta else r + x

    def part(time: np.ndarray) -> np.ndarray:
        z = (high - low) / (high + time)
        return special.hyp2f1(n, second, n + 1, z) / (high + time) ** n

    alive = (alpha + t) ** -(r + x) * (beta + t) ** -s
    fixed = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    return float((fixed + np.log(alive + s / n * (part(tx) - part(t)))).sum())


def gamma_gamma(cdnow: dict[str, np.ndarray], p: float, q: float, v: float) -> float:
    """The log-likelihood as the note writes it, in SciPy's functions."""
    special = pytest.importorskip("scipy.special")
    bought = cdnow["frequency"] > 0
    x, m = cdnow["frequency"][bought], cdnow["value"][bought]
    fixed = special.gammaln(p * x + q) - special.gammaln(p * x) - special.gammaln(q)
    powers = q * np.log(v) + (p * x - 1) * np.log(m) + p * x * np.log(x)
    return float((fixed + powers - (p * x + q) * np.log(v + x * m)).sum())


def printed(model: Model, **figures: str) -> None:
    """Every fitted figure is the printed one, to its last digit."""
    for name, figure in figures.items():
        digits = len(figure.partition(".")[2])
        assert f"{getattr(model, name):.{digits}f}" == figure, name


# --- Purchases -------------------------------------------------------------------------


def test_bg_nbd_on_cdnow_is_as_printed(cdnow: dict[str, np.ndarray]) -> None:
    # Fader, Hardie and Lee (2005), table 2.
    model = BgNbd().fit(*past(cdnow))
    assert model.n_customers_ == 2357
    printed(model, r_="0.243", alpha_="4.414", a_="0.793", b_="2.426", log_likelihood_="-9582.4")
    # The authors' spreadsheet: 1.226 purchases to come of the first customer.
    (expected,) = model.predict([2], [30.43], [38.86], periods=39)
    assert f"{expected:.3f}" == "1.226"


def test_pareto_nbd_on_cdnow_is_as_printed(cdnow: dict[str, np.ndarray]) -> None:
    model = ParetoNbd().fit(*past(cdnow))
    printed(model, r_="0.553", alpha_="10.578", s_="0.606", log_likelihood_="-9595.0")
    # β is printed as 11.669, and that it is of the transactions (below). Of the summary, whose
    # weeks are rounded to two digits, the maximum is at 11.66791, by SciPy's search, too.
    printed(model, beta_="11.668")
    at_print = pareto_nbd(cdnow, 0.553, 10.578, 0.606, 11.669)
    assert 0 < model.log_likelihood_ - at_print < 1e-3
    special = pytest.importorskip("scipy.optimize")
    found = special.minimize(
        lambda logs: -pareto_nbd(cdnow, *np.exp(logs)),
        np.log([0.5, 10.0, 0.6, 11.0]),
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-10, "maxiter": 5000},
    )
    ours = [model.r_, model.alpha_, model.s_, model.beta_]
    assert np.exp(found.x) == pytest.approx(ours, rel=1e-5)


def test_a_likelihood_is_the_sum_of_its_customers(cdnow: dict[str, np.ndarray]) -> None:
    for model in (BgNbd().fit(*past(cdnow)), ParetoNbd().fit(*past(cdnow))):
        total = model.log_likelihood(*past(cdnow)).sum()
        assert total == pytest.approx(model.log_likelihood_, abs=1e-7)


@pytest.mark.parametrize("kind", [BgNbd, ParetoNbd])
def test_no_parameters_nearby_are_likelier(
    kind: type[BgNbd] | type[ParetoNbd], cdnow: dict[str, np.ndarray]
) -> None:
    formula, names = (bg_nbd, "r alpha a b") if kind is BgNbd else (pareto_nbd, "r alpha s beta")
    model = kind().fit(*past(cdnow))
    best = [getattr(model, f"{name}_") for name in names.split()]
    assert formula(cdnow, *best) == pytest.approx(model.log_likelihood_, abs=1e-6)
    for i in range(4):
        for factor in (0.99, 1.01):
            moved = [value * (factor if i == j else 1.0) for j, value in enumerate(best)]
            assert formula(cdnow, *moved) < model.log_likelihood_


def test_days_or_weeks_give_the_same_model(cdnow: dict[str, np.ndarray]) -> None:
    frequency, recency, age = past(cdnow)
    for kind in (BgNbd, ParetoNbd):
        weeks = kind().fit(frequency, recency, age)
        days = kind().fit(frequency, recency * 7, age * 7)
        assert days.r_ == pytest.approx(weeks.r_, rel=1e-6)
        assert days.alpha_ == pytest.approx(7 * weeks.alpha_, rel=1e-6)
        later = weeks.predict(frequency, recency, age, periods=39)
        again = days.predict(frequency, recency * 7, age * 7, periods=39 * 7)
        assert np.allclose(later, again, rtol=1e-5)


def test_a_new_customer_is_one_without_a_past(cdnow: dict[str, np.ndarray]) -> None:
    for model in (BgNbd().fit(*past(cdnow)), ParetoNbd().fit(*past(cdnow))):
        new = model.predict([0], [0], [0], periods=20)
        assert model.expected_purchases([20]) == pytest.approx(new, rel=1e-12)
        assert model.expected_purchases([0.0]) == pytest.approx([0.0], abs=1e-12)


# --- Values ----------------------------------------------------------------------------


def test_gamma_gamma_on_cdnow_is_as_printed(cdnow: dict[str, np.ndarray]) -> None:
    # Fader and Hardie (2013): the 946 customers who bought again.
    model = GammaGamma().fit(cdnow["frequency"], cdnow["value"])
    assert model.n_customers_ == 946
    printed(model, p_="6.25", q_="3.74")
    # v is printed as 15.44, and that it is of the transactions (below). Of the summary, whose
    # means are rounded to cents, the maximum is at 15.4477.
    printed(model, v_="15.45")
    best = gamma_gamma(cdnow, model.p_, model.q_, model.v_)
    assert best == pytest.approx(model.log_likelihood_, abs=1e-7)
    assert 0 < best - gamma_gamma(cdnow, 6.25, 3.74, 15.44) < 2e-3
    for near in ((6.25, 3.74, 15.40), (6.25, 3.745, 15.44), (6.2, 3.745, 15.45)):
        assert gamma_gamma(cdnow, *near) < best
    bought = cdnow["frequency"] > 0
    alone = GammaGamma().fit(cdnow["frequency"][bought], cdnow["value"][bought])
    assert alone == model
    values = model.predict(cdnow["frequency"], cdnow["value"])
    assert np.allclose(values[~bought], model.mean_value_)
    own = cdnow["value"][bought]
    between = np.minimum(own, model.mean_value_), np.maximum(own, model.mean_value_)
    assert ((values[bought] >= between[0]) & (values[bought] <= between[1])).all()


def test_what_customers_are_worth_is_their_purchases_discounted(
    cdnow: dict[str, np.ndarray],
) -> None:
    model = BgNbd().fit(*past(cdnow))
    value = np.full(len(cdnow["age"]), 10.0)

    def worth(discount: float) -> np.ndarray:
        options = {"value": value, "steps": 12, "step": 4.0, "discount": discount}
        return lifetime_value(model, *past(cdnow), **options)

    later = model.predict(*past(cdnow), periods=48)
    assert np.allclose(worth(0.0), 10.0 * later)
    steps = [model.predict(*past(cdnow), periods=4.0 * k) for k in range(13)]
    by_hand = sum(10.0 * (steps[k] - steps[k - 1]) / 1.01**k for k in range(1, 13))
    assert np.allclose(worth(0.01), by_hand)
    alike = {"steps": 12, "step": 4.0, "discount": 0.01}
    assert np.array_equal(lifetime_value(model, *past(cdnow), value=10.0, **alike), worth(0.01))
    with pytest.raises(ModelError, match="`model` is a `GammaGamma`, not a model of purchases"):
        lifetime_value(GammaGamma(), *past(cdnow), value=value, **alike)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=r"`discount` is -1") as error:
        worth(-1.0)
    assert "0.01 for 1 %" in (error.value.hint or "")


# --- Subscriptions ---------------------------------------------------------------------


def test_sbg_on_the_papers_cohorts_is_as_printed() -> None:
    regular = ShiftedBetaGeometric().fit([369, 163, 86, 56, 37, 27, 21], 1000)
    printed(regular, alpha_="0.704", beta_="1.182")
    high_end = ShiftedBetaGeometric().fit([131, 126, 90, 60, 42, 34, 26], 1000)
    printed(high_end, alpha_="0.668", beta_="3.806")
    assert np.allclose(np.cumprod(regular.retention(7)), regular.survival(7)[1:])
    assert (np.diff(regular.retention(7)) > 0).all()


def test_kaplan_meier_without_censoring_is_the_share_that_is_left() -> None:
    durations = [3, 1, 4, 1, 5, 9, 2, 6]
    curve = KaplanMeier().fit(durations)
    left = [np.mean(np.array(durations) > time) for time in curve.times_]
    assert np.allclose(curve.survival_, left)
    # Greenwood's formula is then the binomial's.
    share = curve.survival_
    assert np.allclose(curve.standard_errors_, np.sqrt(share * (1 - share) / 8))
    low, high = curve.interval()
    assert (low[:-1] < share[:-1]).all() and (share[:-1] < high[:-1]).all()
    assert curve.median_ == 3.0 and curve.predict([0.5, 1.0]).tolist() == [1.0, 0.75]


# --- From transactions -----------------------------------------------------------------


def transactions() -> tuple[list[str], np.ndarray, list[float]]:
    rows = [line.split() for line in data("CDNOW_sample.txt").read_text().splitlines()]
    dates = np.array([f"{row[2][:4]}-{row[2][4:6]}-{row[2][6:]}" for row in rows], "datetime64[D]")
    return [row[1] for row in rows], dates, [float(row[4]) for row in rows]


def test_the_papers_summary_comes_of_the_transactions(cdnow: dict[str, np.ndarray]) -> None:
    customers, dates, values = transactions()
    found = rfm(customers, dates, values, end="1997-09-30")
    assert len(found.customer) == 2357 and found.customer[0] == "0001"
    assert (found.frequency == cdnow["frequency"]).all()
    # The summary has two digits.
    assert np.abs(found.recency - cdnow["recency"]).max() <= 0.00501
    assert np.abs(found.age - cdnow["age"]).max() <= 0.00501
    assert found.value is not None
    assert np.abs(found.value - cdnow["value"]).max() <= 0.00501
    # 39 weeks later: every purchase day from October 1997 to June 1998.
    late = dates > np.datetime64("1997-09-30")
    days = set(zip(np.array(customers)[late], dates[late].tolist(), strict=True))
    assert found.later.sum() == len(days)


def test_of_the_transactions_every_figure_is_as_printed() -> None:
    found = rfm(*transactions(), end="1997-09-30")
    columns = found.frequency, found.recency, found.age
    model = BgNbd().fit(*columns)
    printed(model, r_="0.243", alpha_="4.414", a_="0.793", b_="2.426", log_likelihood_="-9582.4")
    pareto = ParetoNbd().fit(*columns)
    printed(pareto, r_="0.553", alpha_="10.578", s_="0.606", beta_="11.669")
    printed(pareto, log_likelihood_="-9595.0")
    assert found.value is not None
    values = GammaGamma().fit(found.frequency, found.value)
    printed(values, p_="6.25", q_="3.74", v_="15.44")


def test_what_is_no_transaction_is_told() -> None:
    with pytest.raises(ModelError, match="`time` has what is no date"):
        rfm(["a"], ["yesterday"])
    with pytest.raises(ModelError, match="`time` is NaN at row 1"):
        rfm(["a", "a"], np.array(["1997-01-01", "NaT"], "datetime64[D]"), end="1998-01-01")
    with pytest.raises(ModelError, match="nothing up to the end"):
        rfm([], [])
    with pytest.raises(ModelError, match="`horizon` is 8, before the `end`, 10"):
        rfm([1, 1, 2], [5, 6, 20], end=10, horizon=8)
    pandas = pytest.importorskip("pandas")
    for customer in (
        [1.0, np.nan],
        pandas.array([1, None], dtype="Int64"),
        ["a", None],
        ["a", np.nan],
        pandas.Series(["a", None]),
    ):
        with pytest.raises(ModelError, match="`customer` isn't known at row 1") as error:
            rfm(customer, [5.0, 6.0])
        assert error.value.hint
    with pytest.raises(ModelError, match="`customer` has values of several kinds"):
        rfm(np.array(["a", 1], dtype=object), [5.0, 6.0])
    assert not np.signbit(rfm([1], [5.0], [3.0]).value).any()


# --- Features --------------------------------------------------------------------------


def test_logistic_is_where_its_penalised_likelihood_is_flat() -> None:
    random = np.random.default_rng(3)
    features = random.normal(size=(500, 3))
    odds = 0.4 + features @ [1.0, -2.0, 0.0]
    target = (random.random(500) < 1 / (1 + np.exp(-odds))).astype(float)
    model = Logistic(penalty=2.0).fit(features, target)
    leaves = model.predict_proba(features)[:, 1]
    slope = features.T @ (target - leaves) - 2.0 * model.coef_
    assert np.abs(slope).max() < 1e-6 and abs((target - leaves).sum()) < 1e-6
    # As often right as who knows the odds.
    best = ((odds > 0) == target).mean()
    assert (model.predict(features) == target).mean() > best - 0.03
    assert Model.from_bytes(model.to_bytes()).get_params() == {"penalty": 2.0}


def test_k_means_finds_groups_and_again_with_the_same_seed() -> None:
    random = np.random.default_rng(5)
    middles = np.array([[0.0, 0.0], [8.0, 0.0], [0.0, 8.0], [8.0, 8.0]])
    features = np.concatenate([middle + random.normal(size=(60, 2)) for middle in middles])
    model = KMeans(clusters=4, seed=2).fit(features)
    groups = model.labels_.reshape(4, 60)
    assert (groups == groups[:, :1]).all() and len(set(groups[:, 0])) == 4
    means = [features[model.labels_ == group].mean(axis=0) for group in range(4)]
    assert np.allclose(model.cluster_centers_, means)
    assert KMeans(clusters=4, seed=2).fit(features) == model
    wider = [
        silhouettes(features, KMeans(clusters=k, seed=2).fit_predict(features)).mean()
        for k in (2, 3, 4, 5, 6)
    ]
    assert int(np.argmax(wider)) == 2
    again = Model.from_bytes(model.to_bytes())
    assert isinstance(again, KMeans) and (again.predict(features) == model.labels_).all()
    with pytest.raises(AttributeError, match="`labels_` aren't kept in files: call `predict`"):
        _ = again.labels_
    sparse = pytest.importorskip("scipy.sparse").csr_matrix(features)
    with pytest.raises(ModelError, match="`features` is a sparse matrix") as error:
        model.fit(sparse)
    assert error.value.hint == "give `features.toarray()`"
    with pytest.raises(ModelError, match="`features` has 1 dimensions"):
        model.predict([1.0])


# --- What is no customer ---------------------------------------------------------------


@pytest.mark.parametrize("kind", [BgNbd, ParetoNbd])
def test_what_cannot_be_fitted_is_told(kind: type[BgNbd] | type[ParetoNbd]) -> None:
    for columns, problem in (
        (([], [], []), "has 0 customers, too few for 4 parameters"),
        (([3], [20], [30]), "has 1 customers, too few for 4 parameters"),
        (([0] * 99, [0] * 99, [30] * 99), "nobody bought again"),
        (([float("nan")] * 9, [1] * 9, [30] * 9), "`frequency` is NaN at row 0"),
        (([1] * 9, [40] * 9, [30] * 9), "later than the customer's `age`"),
    ):
        with pytest.raises(ModelError, match=problem) as error:
            kind().fit(*columns)
        assert error.value.hint
