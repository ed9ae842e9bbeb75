"""MovieLens-100K as one table: what each member watched, split by time, and what titles are.

The data set is read from the installed `recbole` wheel, which ships it as tab-separated
text. The wheel is located, never imported: importing it would ask for PyTorch, and the
data doesn't need it.
"""

from __future__ import annotations

import csv
import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

TRAIN, VALIDATION, TEST = 0, 1, 2

INSTALL = "pip install --no-deps recbole==1.2.1"


class DatasetMissingError(Exception):
    """MovieLens-100K isn't where the `recbole` wheel would have put it."""


def dataset_folder() -> Path:
    """Returns the folder of the installed wheel that holds MovieLens-100K."""
    try:
        folder = Path(str(distribution("recbole").locate_file("recbole/dataset_example/ml-100k")))
    except PackageNotFoundError:
        raise DatasetMissingError(
            f"MovieLens-100K is read from the `recbole` wheel, which isn't installed: {INSTALL}"
        ) from None
    if not (folder / "ml-100k.inter").is_file():
        raise DatasetMissingError(
            f"the installed `recbole` has no MovieLens-100K in {folder}: {INSTALL}"
        )
    return folder


def _installed() -> Path | None:
    try:
        return dataset_folder()
    except DatasetMissingError:
        return None


# Found once, when the flow is loaded: finding it looks through folders, and what a cached step
# looks at while it runs becomes part of what its result depends on.
FOLDER = _installed()


def build(seed: int) -> dict[str, Any]:
    """Builds the table that all models share.

    Returns
    -------
    dict
        `member_ids` and `titles`, names; `genres` and `decades` of each title; `history`, as
        `split` returns it; `train`, `validation` and `test`, matrices of members × titles.
    """
    folder = FOLDER or dataset_folder()
    ratings, members, titles = load(folder)
    genres, decades = attributes(folder)
    history = split(ratings, seed=seed)
    shape = (len(members), len(titles))
    return {
        "member_ids": members,
        "titles": titles,
        "genres": genres,
        "decades": decades,
        "history": history,
        "train": matrix(history, TRAIN, shape),
        "validation": matrix(history, VALIDATION, shape),
        "test": matrix(history, TEST, shape),
    }


def attributes(folder: Path) -> tuple[list[list[str]], list[str | None]]:
    """Returns each title's genres and its decade ("1970s"), None where the year isn't known."""
    items = sorted(read_table(folder / "ml-100k.item"), key=lambda row: int(row["item_id"]))
    years = [row["release_year"] for row in items]
    genres = [[genre for genre in row["class"].split() if genre != "unknown"] for row in items]
    return genres, [f"{year[:3]}0s" if year.isdigit() else None for year in years]


def read_table(path: Path) -> list[dict[str, str]]:
    """Returns the rows of a RecBole table, keyed by column name without its type."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        header = [name.partition(":")[0] for name in next(rows)]
        return [dict(zip(header, row, strict=True)) for row in rows]


def load(folder: Path) -> tuple[np.ndarray, list[str], list[str]]:
    """Reads the ratings and the titles.

    Returns
    -------
    ratings : int64 array of shape (ratings, 3)
        Member, title (positions in the two lists below) and Unix time in seconds.
    members : list of str
        Member ids, in ascending order.
    titles : list of str
        Titles with their year, in ascending order of item id.
    """
    rows = read_table(folder / "ml-100k.inter")
    items = sorted(read_table(folder / "ml-100k.item"), key=lambda row: int(row["item_id"]))
    titles = [title_of(row) for row in items]
    members = sorted({row["user_id"] for row in rows}, key=int)

    position = {row["item_id"]: index for index, row in enumerate(items)}
    member_position = {member: index for index, member in enumerate(members)}
    ratings = np.array(
        [
            (member_position[row["user_id"]], position[row["item_id"]], int(row["timestamp"]))
            for row in rows
        ],
        dtype=np.int64,
    )
    return ratings, members, titles


def title_of(row: dict[str, str]) -> str:
    """Returns a title as people write it: "Birdcage, The" of 1996 → "The Birdcage (1996)"."""
    name = re.sub(r"^(.*), (The|A|An|Il|La|Le|Les|Das|Der|El)$", r"\2 \1", row["movie_title"])
    return f"{name} ({row['release_year']})" if row["release_year"].isdigit() else name


def split(
    ratings: np.ndarray, *, validation: float = 0.1, test: float = 0.1, seed: int = 0
) -> np.ndarray:
    """Splits each member's history by time: first train, then validation, last test.

    Members of MovieLens rated many titles within one second. Such ties are put in a
    random order: by id, the older titles would all train and the newer all test.

    Parameters
    ----------
    ratings : int64 array of shape (ratings, 3)
        Member, title, time.
    validation, test : float
        The share of each member's ratings, rounded down, but at least one rating each.
    seed : int
        Orders the ties.

    Returns
    -------
    int64 array of shape (ratings, 4)
        Member, title, time and part (`TRAIN`, `VALIDATION`, `TEST`), by member and time.
    """
    tie = np.random.default_rng(seed).permutation(len(ratings))
    ordered = ratings[np.lexsort((tie, ratings[:, 2], ratings[:, 0]))]
    part = np.full(len(ordered), TRAIN, dtype=np.int64)
    _, first, counts = np.unique(ordered[:, 0], return_index=True, return_counts=True)
    for start, count in zip(first, counts, strict=True):
        tests = max(1, int(count * test))
        validations = max(1, int(count * validation))
        if tests + validations >= count:
            continue  # too short to hold anything out: the member only trains
        part[start + count - tests : start + count] = TEST
        part[start + count - tests - validations : start + count - tests] = VALIDATION
    return np.column_stack([ordered, part])


def matrix(history: np.ndarray, part: int, shape: tuple[int, int]) -> sparse.csr_matrix:
    """Returns one part of the history as a members × titles matrix of ones."""
    rows = history[history[:, 3] == part]
    ones = np.ones(len(rows))
    watched = sparse.csr_matrix((ones, (rows[:, 0], rows[:, 1])), shape=shape)
    watched.data[:] = 1.0  # a title rated twice was still watched
    return watched


def only(title: int, titles: int) -> sparse.csr_matrix:
    """Returns the row of a member who watched one title."""
    return sparse.csr_matrix(([1.0], ([0], [title])), shape=(1, titles))
