"""What the scripts of both sides share: their data, and how a fit is timed."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from importlib.metadata import distribution
from typing import Any

import numpy as np

REPEATS = 7


def cdnow() -> list[np.ndarray]:
    """Returns frequency, recency, age and mean value of CDNOW's 2,357 customers."""
    name = "lifetimes/datasets/cdnow_customers_summary_with_transactions.csv"
    file = str(distribution("lifetimes").locate_file(name))
    return list(np.genfromtxt(file, delimiter=",", skip_header=1).T[1:])


def report(
    fits: dict[str, Callable[[], Any]],
    results: Callable[[str, Any], list[float]] | None = None,
    repeats: int = REPEATS,
) -> None:
    """Prints the median seconds of each fit and what it found, as JSON.

    The first fit of a process also loads libraries: it isn't counted. Where a fit doesn't return
    numbers, `results` makes some of it, which is no part of its time.
    """
    found = {}
    for name, fit in fits.items():
        result = fit() if results is None else results(name, fit())
        seconds = []
        for _ in range(repeats):
            began = time.perf_counter()
            fit()
            seconds.append(time.perf_counter() - began)
        found[name] = {"seconds": statistics.median(seconds), "result": result}
    print(json.dumps(found))
