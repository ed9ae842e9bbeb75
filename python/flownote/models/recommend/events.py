"""Members × items, as the native models read them."""

from __future__ import annotations

from typing import Any

from flownote.models.arguments import whole
from flownote.models.base import ModelError, column

TYPE_CHECKING = False
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    Parts = tuple[np.ndarray, np.ndarray, np.ndarray, int]

_HINT = "give a SciPy sparse matrix of members × items"
_OF_ROWS = (
    "make a matrix of its rows: `scipy.sparse.csr_matrix((ones, (user, item)))`; of a table that "
    "is one already give `numpy.asarray(table)`"
)


def events_of(matrix: Any, name: str = "events") -> Parts:
    """Return a matrix's row bounds, items, strengths and width.

    Nothing is copied of a CSR matrix of 64-bit floats in order; other forms are converted,
    repeated entries are summed, and entries of 0 left out.

    Raises
    ------
    ModelError
        It is no matrix of numbers, a table, or too large for 2³¹ events.
    """
    import numpy as np

    if hasattr(matrix, "columns") or hasattr(matrix, "column_names"):
        raise ModelError(
            f"`{name}` isn't a matrix: it is a table, a `{type(matrix).__name__}`", hint=_OF_ROWS
        )
    if not hasattr(matrix, "tocsr"):
        matrix = _dense(name, matrix)
    if len(matrix.shape) != 2:
        raise ModelError(f"`{name}` has {len(matrix.shape)} dimensions", hint=_HINT)
    if getattr(matrix, "format", None) in ("csr", "csc", "bsr"):
        _check_compressed(name, matrix)
    rows = matrix.tocsr()
    for what, number in (("events", rows.nnz), ("items", rows.shape[1])):
        if number >= 2**31:
            raise ModelError(f"`{name}` has {number:,} {what}", hint="fit to fewer than 2³¹")
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


def _dense(name: str, matrix: Any) -> Any:
    """Return an array or lists as a sparse matrix."""
    import numpy as np

    try:
        from scipy import sparse

        array = np.asarray(matrix, dtype=np.float64)
        if array.ndim == 0:
            raise ValueError
        return sparse.csr_matrix(np.atleast_2d(array))
    except (ImportError, TypeError, ValueError):
        raise ModelError(
            f"`{name}` isn't a matrix: it is a `{type(matrix).__name__}`", hint=_HINT
        ) from None


def _check_compressed(name: str, matrix: Any) -> None:
    """Say that a matrix is damaged, before SciPy goes by its bounds wherever they lead."""
    import numpy as np

    hint = "make it anew: `scipy.sparse.csr_matrix((strengths, (member, item)))`"
    bounds, indices = np.asarray(matrix.indptr), np.asarray(matrix.indices)
    high, wide = matrix.blocksize if matrix.format == "bsr" else (1, 1)
    across = matrix.shape[0] // high, matrix.shape[1] // wide
    lines, places = across[::-1] if matrix.format == "csc" else across
    if (
        len(bounds) != lines + 1
        or bounds[0] != 0
        or len(indices) != len(matrix.data)
        or bounds[-1] > len(indices)
        or (bounds[1:] < bounds[:-1]).any()
    ):
        raise ModelError(
            f"`{name}` is a damaged matrix: its `indptr` doesn't go from 0 up to its "
            f"{len(indices)} entries",
            hint=hint,
        )
    if matrix.format == "csr" and indices.dtype == np.int32:
        return  # SciPy doesn't go by them then, and who reads them says which is wrong.
    if indices.size and not (indices.min() >= 0 and indices.max() < places):
        raise ModelError(
            f"`{name}` is a damaged matrix: its `indices` are from {indices.min()} to "
            f"{indices.max()}, and its shape is {matrix.shape}",
            hint=hint,
        )


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
    own = own[order]
    for item in own[[0, -1]] if own.size else ():
        if not 0 <= item < 2**31:
            raise ModelError(f"`items` has {item}", hint="items are numbered from 0")
    if (again := own[1:] == own[:-1]).any():
        raise ModelError(
            f"`items` has item {own[np.argmax(again)]} twice",
            hint="give each item once; `strengths` say how strong its events were together",
        )
    return own.astype(np.int32), values[order]
