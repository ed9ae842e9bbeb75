"""MovieLens-100K, from the installed `recbole` wheel: found, never imported or copied."""

from __future__ import annotations

import csv
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

INSTALL = "pip install --no-deps recbole==1.2.1"


def folder() -> Path:
    """Returns where the wheel has the data set."""
    try:
        return Path(str(distribution("recbole").locate_file("recbole/dataset_example/ml-100k")))
    except PackageNotFoundError:
        raise SystemExit(f"MovieLens-100K comes with the `recbole` wheel: {INSTALL}") from None


# Found once, when the flow is loaded: finding it looks through folders, and what a step
# looks at while it runs becomes part of what its result depends on.
FOLDER = folder()


def rows(name: str) -> list[dict[str, str]]:
    """Returns a table (`inter`, `item`, `user`) by column, the types in its header left out."""
    with open(FOLDER / f"ml-100k.{name}", encoding="utf-8", newline="") as file:
        lines = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        header = [column.partition(":")[0] for column in next(lines)]
        return [dict(zip(header, line, strict=True)) for line in lines]
