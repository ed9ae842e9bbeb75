"""Counts, seeds and numbers of all models: what is none is told, and not by Python's own errors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from flownote.models import ModelError
from flownote.models.bandit import EpsilonGreedy, LinTS, Log, Thompson
from flownote.models.customer import (
    KaplanMeier,
    KMeans,
    Logistic,
    ShiftedBetaGeometric,
    rfm,
    silhouettes,
)
from flownote.models.recommend import BPR

ROWS = [[0.0], [1.0], [2.0]]
LOG = Log([0, 1, 1], [1, 0, 1], [0.5, 0.5, 0.5])
STAYS = ShiftedBetaGeometric().fit([131, 126, 90, 60], 1000)
CURVE = KaplanMeier().fit([1, 2, 3])


@pytest.mark.parametrize(
    ("message", "ask"),
    [
        ("`seed` is -1", lambda: KMeans(seed=-1).fit(ROWS)),
        ("`seed` is -1", lambda: BPR(seed=-1).fit(ROWS)),
        ("`seed` is -1", lambda: Thompson(2, seed=-1).choose()),
        ("`seed` is 18446744073709551616", lambda: Thompson(2).choose(seed=2**64)),
        ("`clusters` is '3'", lambda: KMeans("3").fit(ROWS)),  # type: ignore[arg-type]
        ("`clusters` is 3.0", lambda: KMeans(3.0).fit(ROWS)),  # type: ignore[arg-type]
        ("`penalty` is 'a'", lambda: Logistic("a").fit(ROWS, [0, 1, 0])),  # type: ignore[arg-type]
        ("`labels` isn't a column of whole numbers", lambda: silhouettes(ROWS, ["a", "b", "b"])),
        ("`labels` isn't a column of whole numbers", lambda: silhouettes(ROWS, [0.5, 1, 1])),
        (
            "`labels` has 9223372036854775813",
            lambda: silhouettes(ROWS, np.array([2**63 + 5, 0, 1], dtype=np.uint64)),
        ),
        ("`n_actions` is -1", lambda: Thompson(-1).choose()),
        ("`size` is -1", lambda: Thompson(2).choose(size=-1)),
        (r"`prior` is \(1, 1, 1\)", lambda: Thompson(2, prior=(1, 1, 1)).choose()),  # type: ignore
        ("`epsilon` is 'x'", lambda: EpsilonGreedy(2, epsilon="x").choose()),  # type: ignore
        ("`scale` is None", lambda: LinTS(2, scale=None).choose(ROWS)),  # type: ignore[arg-type]
        ("`resamples` is -1", lambda: LOG.evaluate([0.5, 0.5], resamples=-1)),
        ("`resamples` is 1.5", lambda: LOG.observed(resamples=1.5)),  # type: ignore[arg-type]
        ("`folds` is -1", lambda: LOG.predict_rewards(folds=-1)),
        ("`policy` isn't rows of numbers", lambda: LOG.evaluate([[1.0], [0.5, 0.5]])),
        ("`periods` is -1", lambda: STAYS.survival(-1)),
        ("`periods` is 2.5", lambda: STAYS.survival(2.5)),  # type: ignore[arg-type]
        ("`periods` is 1000000000", lambda: STAYS.retention(10**9)),
        ("`renewals` is -1", lambda: STAYS.residual_lifetime(-1, discount=0.1)),
        ("`deviations` is -1", lambda: CURVE.interval(-1)),
        ("`deviations` is nan", lambda: CURVE.interval(np.nan)),
        ("`durations` is empty", lambda: KaplanMeier().fit([])),
        ("`merge` is 'day'", lambda: rfm([1], [1], merge="day")),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_number_of_its_kind_is_told(message: str, ask: Callable[[], object]) -> None:
    with pytest.raises(ModelError, match=message) as error:
        ask()
    assert error.value.hint
