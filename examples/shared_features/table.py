"""One table of members, for every model about them.

A member's history is cut by time: what they did first becomes features, what they did
last is what models try to tell. Twenty models share the table, so it is worth computing
once.
"""

from __future__ import annotations

import numpy as np

import movielens

LATER = 0.2
"""The share of a member's history that is to be told from the rest."""
FACTORS = 16


def build() -> dict[str, object]:
    """Builds the table.

    Returns
    -------
    dict
        `columns`, names; `earlier`, an array of shape (members, columns) from the first
        part of each history; `tastes` and `habits`, what models learn of the last part:
        (members, genres) and (members, habits), with their names in `genres` and
        `habit_names`.
    """
    items = movielens.rows("item")
    members = movielens.rows("user")
    genres, belongs = genres_of(items)
    history = ordered(movielens.rows("inter"), items, members)
    early, late = split(history)
    count = len(members)
    profile, profile_names = profiles(members)
    habits, habit_names = habits_of(early, count)
    shares = genre_shares(early, belongs, count)
    factors = taste_factors(early, count, len(items))
    columns = [
        *profile_names,
        *habit_names,
        *(f"share of {genre}" for genre in genres),
        *(f"taste {number}" for number in range(factors.shape[1])),
    ]
    return {
        "columns": columns,
        "earlier": standard(np.column_stack([profile, habits, shares, factors])),
        "genres": genres,
        "tastes": genre_shares(late, belongs, count),
        "habit_names": habit_names,
        "habits": habits_of(late, count)[0],
    }


def genres_of(items: list[dict[str, str]]) -> tuple[list[str], np.ndarray]:
    """Returns the genres and which title is of which, shape (titles, genres)."""
    named = [set(item["class"].split()) for item in items]
    genres = sorted(set().union(*named))
    return genres, np.array([[genre in mine for genre in genres] for mine in named], dtype=float)


def ordered(
    ratings: list[dict[str, str]], items: list[dict[str, str]], members: list[dict[str, str]]
) -> np.ndarray:
    """Returns (member, title, stars, time, year, fame) by member and time.

    Fame is the logarithm of how often a title was rated. Ratings of one second keep the
    order of the data set.
    """
    member = {row["user_id"]: at for at, row in enumerate(members)}
    title = {row["item_id"]: at for at, row in enumerate(items)}
    years = [int(row["release_year"]) if row["release_year"].isdigit() else 1990 for row in items]
    known = np.array(
        [
            (member[row["user_id"]], title[row["item_id"]], row["rating"], row["timestamp"])
            for row in ratings
        ],
        dtype=float,
    )
    titles = known[:, 1].astype(int)
    fame = np.log1p(np.bincount(titles, minlength=len(items)))
    known = np.column_stack([known, np.array(years)[titles], fame[titles]])
    return known[np.lexsort((known[:, 3], known[:, 0]))]


def split(history: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cuts each member's history in time."""
    _, first, counts = np.unique(history[:, 0], return_index=True, return_counts=True)
    place = np.arange(len(history)) - np.repeat(first, counts)
    late = place >= np.repeat(np.floor(counts * (1 - LATER)), counts)
    return history[~late], history[late]


def profiles(members: list[dict[str, str]]) -> tuple[np.ndarray, list[str]]:
    """Returns age, gender and occupation as numbers."""
    occupations = sorted({row["occupation"] for row in members})
    rows = [
        [int(row["age"]), row["gender"] == "F", *(row["occupation"] == it for it in occupations)]
        for row in members
    ]
    return np.array(rows, dtype=float), ["age", "woman", *occupations]


def habits_of(history: np.ndarray, members: int) -> tuple[np.ndarray, list[str]]:
    """Returns ten habits of each member: how they rate, and what sort of titles."""
    who = history[:, 0].astype(int)
    stars, times, years, fame = history[:, 2:].T
    hours = times / 3600 % 24
    measures = {
        "mean stars": mean(who, stars, members),
        "variance of stars": mean(who, stars**2, members) - mean(who, stars, members) ** 2,
        "share of five stars": mean(who, stars == 5, members),
        "share of one or two stars": mean(who, stars <= 2, members),
        "mean year": mean(who, years, members),
        "share of classics": mean(who, years < 1975, members),
        "share of new titles": mean(who, years >= 1997, members),
        "mean fame": mean(who, fame, members),
        "share of rare titles": mean(who, fame < np.log1p(30), members),
        "share of evenings": mean(who, (hours >= 18) | (hours < 2), members),
    }
    return np.column_stack(list(measures.values())), list(measures)


def genre_shares(history: np.ndarray, belongs: np.ndarray, members: int) -> np.ndarray:
    """Returns the share of each genre in what a member watched, shape (members, genres)."""
    who, titles = history[:, 0].astype(int), history[:, 1].astype(int)
    return np.column_stack([mean(who, column, members) for column in belongs[titles].T])


def taste_factors(history: np.ndarray, members: int, titles: int) -> np.ndarray:
    """Returns the strongest directions in which histories differ, shape (members, FACTORS)."""
    watched = np.zeros((members, titles))
    watched[history[:, 0].astype(int), history[:, 1].astype(int)] = 1.0
    watched -= watched.mean(axis=0)
    values, vectors = np.linalg.eigh(watched @ watched.T)
    factors = vectors[:, -FACTORS:] * np.sqrt(values[-FACTORS:])
    # A direction has no sign of its own: the largest entry is made positive.
    largest = np.abs(factors).argmax(axis=0)
    return factors * np.sign(factors[largest, np.arange(FACTORS)])


def mean(who: np.ndarray, values: np.ndarray, members: int) -> np.ndarray:
    """Returns the mean of the values of each member."""
    counts = np.bincount(who, minlength=members)
    return np.bincount(who, values.astype(float), minlength=members) / np.maximum(counts, 1)


def standard(columns: np.ndarray) -> np.ndarray:
    """Returns the columns with mean 0 and deviation 1; constant ones become 0."""
    deviation = columns.std(axis=0)
    return (columns - columns.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
