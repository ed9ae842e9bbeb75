"""Columns of NumPy, pandas, Polars and Arrow for native functions, and what comes back.

A result is of the kind of the first column: an array of NumPy, a Series of pandas (with the
same index) or Polars, or else an Arrow array. Of numbers alone it is a number. NaN is a null in
columns of pandas, and a number in arrays of NumPy.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from flownote.exceptions import FlownoteException
    from flownote_studio import _studio

__all__ = ["call"]


def call(
    native: Callable[[list[Any]], _studio.ResultColumn],
    arguments: dict[str, Any],
    error: type[FlownoteException],
) -> Any:
    """Call a native function with columns of one length, and numbers that stand for all rows.

    Parameters
    ----------
    native
        Takes the arguments in their order.
    arguments
        Columns and numbers by the names of the function's parameters.
    error
        What is raised where columns of pandas have different indexes.

    Raises
    ------
    TypeError
        An argument is no column and no number.
    """
    given = [_argument(value) for value in arguments.values()]
    result = native([value for value, _ in given])
    makers = [maker for _, maker in given if maker is not None]
    if not makers:
        return _scalar(result)
    _same_index(arguments, error)
    return makers[0](result)


def _argument(value: Any) -> tuple[Any, Callable[[Any], Any] | None]:
    """Return what the native function takes for ``value``, and what makes its like."""
    if value is None or isinstance(value, (bool, int, float)):
        return value, None
    root = type(value).__module__.partition(".")[0]
    if root == "numpy":
        return _numpy_argument(value)
    if root == "pandas" and hasattr(value, "to_numpy"):
        return _pandas_argument(value)
    if root == "polars" and hasattr(value, "to_physical"):
        return value, _polars_result(value)
    if hasattr(value, "__arrow_c_array__") or hasattr(value, "__arrow_c_stream__"):
        return value, _arrow_result
    raise TypeError(
        f"a function takes columns and numbers, not `{type(value).__name__}`; "
        "make it a column first: `numpy.asarray(…)`"
    )


def _numpy_argument(value: Any) -> tuple[Any, Callable[[Any], Any] | None]:
    import numpy as np

    if isinstance(value, np.ma.MaskedArray):
        raise TypeError("fill the masked array first, or pass it as an Arrow array")
    if value.ndim == 0:
        return value.item(), None
    if value.ndim > 1:
        raise TypeError(f"a column has one dimension, and the array has {value.ndim}")
    if value.dtype.kind in "mM":
        value = value.view("int64")
    if not value.dtype.isnative:
        value = value.astype(value.dtype.newbyteorder("="))
    return np.ascontiguousarray(value), _numpy_result


def _numpy_result(column: Any) -> Any:
    import numpy as np

    values = np.asarray(column)
    if not column.null_count:
        return values
    mask = np.frombuffer(bytes(column.mask()), dtype=bool)
    if values.dtype.kind == "f":
        values[mask] = np.nan
        return values
    return np.ma.MaskedArray(values, mask)


def _pandas_argument(value: Any) -> tuple[Any, Callable[[Any], Any] | None]:
    import numpy as np
    import pandas as pd

    if not isinstance(value, (pd.Series, pd.Index, pd.api.extensions.ExtensionArray)):
        raise TypeError(f"pass the columns of the {type(value).__name__}, not the whole of it")

    def like(values: Any) -> Any:
        if isinstance(value, pd.api.extensions.ExtensionArray):
            return values
        return pd.Series(values, index=value.index if isinstance(value, pd.Series) else None)

    if isinstance(value.dtype, np.dtype):
        given, _ = _numpy_argument(value.to_numpy())
        return _without_nan(given), lambda column: like(_pandas_values(column))
    array = value if isinstance(value, pd.api.extensions.ExtensionArray) else value.array
    if not hasattr(array, "__arrow_array__"):
        raise TypeError(f"a function takes columns of numbers, not of `{value.dtype}`")
    given = array.__arrow_array__()
    if isinstance(value.dtype, pd.ArrowDtype):
        return given, lambda column: like(pd.arrays.ArrowExtensionArray(_arrow_result(column)))
    return given, lambda column: like(_pandas_values(column, nullable=True))


def _without_nan(values: Any) -> Any:
    """Return what pandas keeps as NaN as nulls."""
    import numpy as np

    if values.dtype.kind != "f" or not np.isnan(values).any():
        return values
    try:
        import pyarrow as pa
    except ImportError:
        return values
    return pa.array(values, from_pandas=True)


def _pandas_values(column: Any, *, nullable: bool = False) -> Any:
    import numpy as np
    import pandas as pd

    if not nullable and not column.null_count:
        return np.asarray(column)
    values = np.asarray(column)
    mask = np.frombuffer(bytes(column.mask()), dtype=bool).copy()
    kinds = {"f": pd.arrays.FloatingArray, "b": pd.arrays.BooleanArray}
    if values.dtype.kind == "f" and not nullable:
        values[mask] = np.nan
        return values
    return kinds.get(values.dtype.kind, pd.arrays.IntegerArray)(values, mask)


def _polars_result(value: Any) -> Callable[[Any], Any]:
    import polars as pl

    return lambda column: pl.Series(column).alias(value.name)


def _arrow_result(column: Any) -> Any:
    try:
        import pyarrow as pa
    except ImportError:
        # It speaks Arrow's interface itself.
        return column
    return pa.array(column)


def _scalar(column: Any) -> Any:
    if column.null_count:
        return None
    return column.value()


def _same_index(arguments: dict[str, Any], error: type[FlownoteException]) -> None:
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return
    series = [(name, x) for name, x in arguments.items() if isinstance(x, pandas.Series)]
    for name, other in series[1:]:
        first, column = series[0]
        if not other.index.equals(column.index):
            raise error(
                f"`{first}` and `{name}` have different indexes",
                hint="align them first, or pass `.to_numpy()` to go by position",
            )
