"""From transactions to customers' pasts."""

from __future__ import annotations

from typing import Any, NamedTuple

from flownote.models.arguments import any_column, nulls, number
from flownote.models.base import ModelError, column, native

TYPE_CHECKING = False
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

__all__ = ["Rfm", "rfm"]


class Rfm(NamedTuple):
    """Customers' pasts, a row for each, by ``customer``. `rfm` makes it."""

    customer: np.ndarray
    """Who (n,), in order."""
    frequency: np.ndarray
    """How often they bought again after the first purchase."""
    recency: np.ndarray
    """The time from the first purchase to the last."""
    age: np.ndarray
    """The time from the first purchase to the end of what was watched."""
    value: np.ndarray | None
    """The mean value of the repeat purchases, 0 without one; None without values."""
    later: np.ndarray
    """How often they bought after the end."""


def rfm(
    customer: ArrayLike,
    time: ArrayLike,
    value: ArrayLike | None = None,
    *,
    end: Any = None,
    horizon: Any = None,
    merge: float = 1.0,
    unit: float = 7.0,
) -> Rfm:
    """Return the pasts of customers, of whose transactions one is a row.

    The first purchase makes a customer and counts as none: ``frequency`` and ``value`` are of
    the others.

    Parameters
    ----------
    customer : (m,)
        Whose each transaction is: numbers or texts.
    time : (m,)
        When each was: dates (``datetime64``), or numbers of days.
    value : (m,), optional
        What each was worth.
    end
        The last moment that is the past, a date or a number; by default the last transaction.
    horizon
        Until when purchases after the end are counted, not before it; by default all are.
    merge
        Transactions within one of these, in days, are one purchase.
    unit
        The unit of the answers' times, in days: 7 for weeks.

    Raises
    ------
    ModelError
        Columns differ in length, hold what is no number, a customer isn't known, or nobody
        bought by the end.

    References
    ----------
    Fader, Hardie, Lee (2005). RFM and CLV: Using Iso-Value Curves for Customer Base Analysis.
    Journal of Marketing Research 42(4).
    """
    import numpy as np

    who, numbers = _customers(customer)
    times = _days("time", time)
    last = float(np.max(times)) if len(times) else 0.0
    until = last if end is None else float(_days("end", [end])[0])
    counted = last if horizon is None else float(_days("horizon", [horizon])[0])
    if horizon is not None and not counted >= until:
        past = "the last transaction" if end is None else end
        raise ModelError(
            f"`horizon` is {horizon}, before the `end`, {past}",
            hint="give as `horizon` the end or later: purchases between them are counted",
        )
    values = column("value", [] if value is None else value)
    given = numbers, times, values, until, counted, number("merge", merge), number("unit", unit)
    found, columns = native().rfm(*given)
    frequency, recency, age, worth, later = columns
    # A sum of nothing is -0 there.
    mean = None if value is None else worth + 0.0
    return Rfm(who[found], frequency, recency, age, mean, later)


def _customers(customer: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return customers in order, and each transaction's as its place among them."""
    import numpy as np

    hint = "give a number or a text for each transaction, all of them of one kind"
    array = any_column("customer", customer, hint)
    unknown = nulls(customer)
    if unknown.any():
        raise ModelError(
            f"`customer` isn't known at row {np.argmax(unknown)}",
            hint="leave out transactions of which that isn't known",
        )
    try:
        who, numbers = np.unique(array, return_inverse=True)
    except TypeError:
        raise ModelError("`customer` has values of several kinds", hint=hint) from None
    return who, np.ascontiguousarray(numbers.ravel().astype(np.uint32))


def _days(name: str, times: Any) -> np.ndarray:
    """Return moments as numbers of days."""
    import numpy as np

    array = np.asarray(times)
    if array.dtype.kind in "OUM":
        try:
            moments = array.astype("datetime64[us]")
        except (TypeError, ValueError) as error:
            raise ModelError(
                f"`{name}` has what is no date: {error}",
                hint="give dates (`pandas.to_datetime`), or numbers of days",
            ) from None
        days = moments.astype(np.int64) / 86_400e6
        return np.where(np.isnat(moments), np.nan, days)
    return column(name, times)
