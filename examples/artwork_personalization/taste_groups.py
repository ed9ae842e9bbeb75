"""A semi-synthetic world: MovieLens members' tastes, and pictures whose click rates are made up.

What is real: who watched how much of which genre. What is not: no member ever saw these
pictures. How likely a group clicks a picture follows from its taste by a formula of ours
(`click_rates`), so that the value of every policy is known exactly and estimates can be held
against it.
"""

from __future__ import annotations

import csv
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np

INSTALL = "pip install --no-deps recbole==1.2.1"

TITLE = "True Lies (1994)"

GROUPS = ("Action", "Romance", "Comedy", "Thriller")
"""A group is named for the genre that its members watch more than others do."""

PICTURES = (
    "a jet over the city",
    "two people dancing",
    "a dinner going wrong",
    "a face in half-light",
)
"""Candidates by what they show, one for each taste. They are names: no still was made."""


def folder() -> Path:
    """Returns where the wheel has MovieLens-100K."""
    try:
        return Path(str(distribution("recbole").locate_file("recbole/dataset_example/ml-100k")))
    except PackageNotFoundError:
        raise SystemExit(f"MovieLens-100K comes with the `recbole` wheel: {INSTALL}") from None


def rows(name: str) -> list[list[str]]:
    """Returns the rows of a table (`inter`, `item`) without its header."""
    with (folder() / f"ml-100k.{name}").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


def shares() -> np.ndarray:
    """Returns which share of what each member watched has each of the four genres.

    Returns
    -------
    (members, 4)
    """
    genres = {item: set(kinds.split()) for item, _, _, kinds in rows("item")}
    watched: dict[str, list[str]] = {}
    for member, item, *_ in rows("inter"):
        watched.setdefault(member, []).append(item)
    return np.array(
        [
            [np.mean([group in genres[item] for item in watched[member]]) for group in GROUPS]
            for member in sorted(watched, key=int)
        ]
    )


def member_ids() -> list[str]:
    """Returns the members' ids, in the order of `shares`."""
    return sorted({member for member, *_ in rows("inter")}, key=int)


def groups(share: np.ndarray) -> np.ndarray:
    """Returns the group of each member: the genre furthest above the mean, in deviations."""
    return np.argmax((share - share.mean(axis=0)) / share.std(axis=0), axis=1)


def click_rates(share: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Returns how likely a member of each group clicks each picture: made up.

    It is 10 % times the square of how much more the group watches of the picture's genre than
    all members do, up to 40 %.

    Returns
    -------
    (groups, pictures)
    """
    lift = np.array([share[group == it].mean(axis=0) / share.mean(axis=0) for it in range(4)])
    return np.minimum(0.1 * lift**2, 0.4)


def contexts(group: np.ndarray) -> np.ndarray:
    """Returns what a policy knows of members: their group, as a column of zeros and ones each."""
    return np.eye(len(GROUPS))[group]
