"""CDNOW: what 2,357 customers of a record shop on the web bought in 1997 and 1998.

A tenth of those who first bought between January and March 1997, with all that they bought
until the end of June 1998. The data are Fader and Hardie's; the wheel of `lifetimes` holds them.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np

from flownote import FlownoteException

START = np.datetime64("1997-01-01")
"""The first day."""

END = np.datetime64("1997-09-30")
"""The last day of the 39 weeks that models are fitted to; 39 weeks follow."""

WEEKS = 39


def transactions() -> dict[str, np.ndarray]:
    """Returns the columns `customer`, `day` and `value` (dollars), a row for each purchase."""
    columns = [line.split() for line in file().read_text("ascii").splitlines()]
    days = [f"{row[2][:4]}-{row[2][4:6]}-{row[2][6:]}" for row in columns]
    return {
        "customer": np.array([int(row[1]) for row in columns]),
        "day": np.array(days, "datetime64[D]"),
        "value": np.array([float(row[4]) for row in columns]),
    }


def file() -> Path:
    """Returns where the transactions are."""
    try:
        found = distribution("lifetimes").locate_file("lifetimes/datasets/CDNOW_sample.txt")
    except PackageNotFoundError:
        raise FlownoteException(
            "the data come inside the package `lifetimes`, which is not installed",
            hint="pip install --no-deps lifetimes==0.11.3",
        ) from None
    return Path(str(found))


def repeats_by_week(bought: dict[str, np.ndarray]) -> np.ndarray:
    """Returns how many repeat purchases there were by the end of week 0, 1, … 78.

    All that a customer buys in a day is one purchase; their first day doesn't count.
    """
    pairs = np.unique(np.column_stack([bought["customer"], days_since_start(bought)]), axis=0)
    repeat = np.flatnonzero(pairs[1:, 0] == pairs[:-1, 0]) + 1
    weeks = np.arange(2 * WEEKS + 1)
    return np.searchsorted(np.sort(pairs[repeat, 1]), 7 * weeks, side="left")


def spent_later(bought: dict[str, np.ndarray], customers: np.ndarray) -> np.ndarray:
    """Returns what each customer spent after `END`."""
    later = bought["day"] > END
    places = np.searchsorted(customers, bought["customer"][later])
    return np.bincount(places, weights=bought["value"][later], minlength=len(customers))


def days_since_start(bought: dict[str, np.ndarray]) -> np.ndarray:
    """Returns the day of each purchase, counted from `START`."""
    return (bought["day"] - START).astype(int)
