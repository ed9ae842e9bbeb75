"""Members × items, as the native models read them."""

from __future__ import annotations

from typing import Any

from flownote.models.base import ModelError, column

TYPE_CHECKING = False
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    Parts = tuple[np.ndarray, np.ndarray, np.ndarray, int]

_HINT = "give a SciPy sparse matrix of members × items"


def events_of(matrix: Any, name: str = "events") -> Parts:
    """Return a matrix's row bounds, items, strengths and width.

    Nothing is copied of a CSR matrix of 64-bit floats in order; other forms are converted,
    repeated entries are summed, and entries of 0 left out.

    Raises
    ------
    ModelError
        It is no matrix of numbers, or too large for 2³¹ events.
    """
    import numpy as np

    if not hasattr(matrix, "tocsr"):
        try:
            from scipy import sparse

            matrix = sparse.csr_matrix(np.atleast_2d(np.asarray(matrix, dtype=np.float64)))
        except (ImportError, TypeError, ValueError):
            raise ModelError(
                f"`{name}` isn't a matrix: it is a `{type(matrix).__name__}`", hint=_HINT
            ) from None
    if len(matrix.shape) != 2:
        raise ModelError(f"`{name}` has {len(matrix.shape)} dimensions", hint=_HINT)
    rows = matrix.tocsr()
    if rows.nnz >= 2**31:
        raise ModelError(f"`{name}` has {rows.nnz:,} events", hint="fit to fewer than 2³¹")
    if not rows.has_canonical_format:
        rows = rows.copy() if rows is matrix else rows
        rows.sum_duplicates()
    try:
        strengths = np.ascontiguousarray(rows.data, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ModelError(f"`{name}` doesn't hold numbers: {error}", hint=_HINT) from None
    if not strengths.all():
        rows = rows.copy()
        rows.eliminate_zeros()
        strengths = np.ascontiguousarray(rows.data, dtype=np.float64)
    bounds = np.ascontiguousarray(rows.indptr, dtype=np.int32)
    items = np.ascontiguousarray(rows.indices, dtype=np.int32)
    return bounds, items, strengths, int(rows.shape[1])


def member_of(items: Any, strengths: ArrayLike | None) -> tuple[np.ndarray, np.ndarray]:
    """Return one member's items in ascending order with their strengths.

    Parameters
    ----------
    items
        Numbers of items, or a sparse matrix of one row.
    strengths
        How strong each event was; 1 by default.
    """
    import numpy as np

    if hasattr(items, "tocsr"):
        if items.shape[0] != 1:
            raise ModelError(
                f"`items` has {items.shape[0]} rows",
                hint="give one member's row: `matrix[[member]]`",
            )
        _, own, values, _ = events_of(items, "items")
        return own, values
    own = whole("items", items)
    values = np.ones(len(own)) if strengths is None else column("strengths", strengths)
    if len(values) != len(own):
        raise ModelError(
            f"`strengths` has {len(values)} values for {len(own)} items",
            hint="give one for each item, or none",
        )
    order = np.argsort(own, kind="stable")
    return own[order].astype(np.int32), values[order]


def whole(name: str, values: Any) -> np.ndarray:
    """Return a column of whole numbers."""
    import numpy as np

    found = np.asarray(values)
    if found.size == 0:
        found = found.astype(np.int64)
    is_whole = found.ndim == 1 and found.dtype.kind in "iu"
    if not is_whole or ((found >= 2**31) | (found < -(2**31))).any():
        raise ModelError(
            f"`{name}` isn't a column of numbers of {name}", hint="give a list of whole numbers"
        )
    return np.ascontiguousarray(found, dtype=np.int64)
