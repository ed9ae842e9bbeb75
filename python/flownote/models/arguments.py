"""What users give models, checked: counts, seeds, numbers, and columns of them."""

from __future__ import annotations

import sys
from math import isfinite
from operator import index
from typing import Any

from flownote.models.base import ModelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "LONGEST",
    "any_column",
    "count",
    "finite",
    "flag",
    "flags",
    "nulls",
    "number",
    "seed_of",
    "whole",
]

# How many numbers an answer may have whose length is asked for: 80 MB.
LONGEST = 10_000_000

_LARGEST = 2**63 - 1


def count(name: str, value: Any, *, most: int = _LARGEST) -> int:
    """Return a whole number from 0 to ``most``."""
    try:
        found = index(value)
    except TypeError:
        found = -1
    if not 0 <= found <= most:
        until = "on" if most >= _LARGEST and found < 0 else f"to {most:,}"
        raise ModelError(f"`{name}` is {value!r}", hint=f"give a whole number from 0 {until}")
    return found


def seed_of(value: Any) -> int:
    """Return a seed: a whole number of 64 bits."""
    return count("seed", value, most=2**64 - 1)


def number(name: str, value: Any) -> float:
    """Return a number; whoever takes it says whether it may be infinite or NaN."""
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise ModelError(f"`{name}` is {value!r}", hint="give a number") from None


def finite(name: str, value: Any) -> float:
    """Return a finite number."""
    found = number(name, value)
    if not isfinite(found):
        raise ModelError(f"`{name}` is {value!r}", hint="give a number")
    return found


def flag(name: str, value: Any) -> bool:
    """Return a yes or no."""
    import numpy as np

    if not isinstance(value, (bool, np.bool_)):
        raise ModelError(f"`{name}` is {value!r}", hint="give True or False")
    return bool(value)


def flags(name: str, values: Any) -> np.ndarray:
    """Return a column of yes and no, (n,) of bool; what isn't known is a no.

    Raises
    ------
    ModelError
        It isn't one of bools, or of 0 and 1.
    """
    import numpy as np

    hint = "give True or False for each: `mask = numpy.zeros(n, bool); mask[ids] = True`"
    array = any_column(name, values, hint)
    if array.dtype == bool:
        return np.ascontiguousarray(array)
    if array.dtype.kind not in "iufO":
        raise ModelError(f"`{name}` is of `{array.dtype}`, not of bools", hint=hint)
    # NaN in an array of NumPy's own is a number that is none; in other columns it is a null.
    unknown = nulls(values)
    if array.dtype.kind == "f" and isinstance(values, (np.ndarray, list, tuple)):
        unknown = np.zeros(len(array), dtype=bool)
    known = np.where(unknown, False, array)
    if known.dtype == object:
        fits = np.array([it in (0, 1) for it in known.tolist()], dtype=bool)
    else:
        fits = (known == 0) | (known == 1)
    if not fits.all():
        row = int(np.argmin(fits))
        raise ModelError(f"`{name}` has {known[row]!s} at row {row}", hint=hint)
    return known.astype(bool)


def whole(name: str, values: Any, hint: str = "give a list of whole numbers") -> np.ndarray:
    """Return a column of whole numbers (n,), without a copy where it is of 64-bit ones.

    Floats that are whole numbers are some: pandas makes them of a column that had nulls.
    """
    import numpy as np

    array = any_column(name, values, hint)
    if array.size == 0:
        return np.empty(0, dtype=np.int64)
    if array.dtype.kind in "fO" and (unknown := nulls(values)).any():
        row = int(np.argmax(unknown))
        raise ModelError(
            f"`{name}` isn't a column of whole numbers: row {row} isn't known",
            hint="leave out rows of which that isn't known",
        )
    if array.dtype == object:
        array = any_column(name, array.tolist(), hint)
    if array.dtype.kind == "f":
        fits = (array == np.floor(array)) & (np.abs(array) < 2**53)
        if not fits.all():
            row = int(np.argmin(fits))
            raise ModelError(
                f"`{name}` isn't a column of whole numbers: it has {array[row]} at row {row}",
                hint=hint,
            )
    elif array.dtype == np.uint64 and array.max() >= 2**63:
        raise ModelError(
            f"`{name}` has {array.max()}, which no number here is as large as", hint=hint
        )
    elif array.dtype.kind not in "iu":
        raise ModelError(
            f"`{name}` isn't a column of whole numbers: it is of `{array.dtype}`", hint=hint
        )
    return np.ascontiguousarray(array, dtype=np.int64)


def nulls(values: Any) -> np.ndarray:
    """Return which values of a column aren't known (n,): None, NaN, NaT, or pandas' NA."""
    import numpy as np

    if hasattr(values, "isna"):
        return np.asarray(values.isna(), dtype=bool)
    # As it is, a list of texts and NaN would be one of texts.
    of_python = isinstance(values, (list, tuple))
    array = np.asarray(values, dtype=object) if of_python else np.asarray(values)
    if array.dtype.kind == "f":
        return np.isnan(array)
    if array.dtype.kind in "mM":
        return np.isnat(array)
    if array.dtype != object:
        return np.zeros(array.shape, dtype=bool)
    if pandas := sys.modules.get("pandas"):
        return pandas.isna(array)
    return np.array([it is None or it != it for it in array], dtype=bool)


def any_column(name: str, values: Any, hint: str) -> np.ndarray:
    """Return an array of one dimension, of any type."""
    import numpy as np

    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ModelError(f"`{name}` isn't a column: {error}", hint=hint) from None
    if array.ndim != 1:
        raise ModelError(f"`{name}` has {array.ndim} dimensions, not 1", hint=hint)
    return array
