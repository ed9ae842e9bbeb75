"""WASM functions in Python: whole columns in, a column out.

A WASM cell defines functions; other cells call them with columns of NumPy, pandas, Polars
or Arrow, and with numbers, which stand for each row.
"""

from __future__ import annotations

import inspect
import json
import os
import sys

from flownote.exceptions import FlownoteException
from flownote_studio import _studio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["Function", "WasmError", "compile_cell"]


class WasmError(FlownoteException):
    """A WASM cell or function failed: it says what, where, and what to do now."""


class Function:
    """A function that a WASM cell defines.

    Called with columns of one length, it returns a column of that length; called with
    numbers alone, a number. The result is of the kind of the first column: an array of
    NumPy, a Series of pandas (with the same index) or Polars, or else an Arrow array.

    Rows with a null give null, and are not shown to the function, unless the cell says
    ``nulls: guest``. NaN in NumPy's columns is a number, not a null.

    Parameters
    ----------
    data
        The module, as a record of codec ``wasm`` holds it.
    meta
        That record's ``meta``: export, inputs, outputs, limits, nulls, rows.

    Raises
    ------
    WasmError
        The module is not valid, or not what ``meta`` says.

    Examples
    --------
    >>> wat = '''
    ... ;; export: double(x: f64) -> f64
    ... (module (func (export "double") (param f64) (result f64)
    ...     (f64.mul (f64.const 2) (local.get 0))))
    ... '''
    >>> double = compile_cell(wat)["double"]
    >>> double
    <WASM function double(x: f64) -> f64>
    >>> double(4)
    8.0
    """

    def __init__(self, data: bytes, meta: dict[str, Any]) -> None:
        self._hold(_studio.WasmFunction(bytes(data), json.dumps(meta)))

    def _hold(self, native: _studio.WasmFunction) -> None:
        self._studio = native
        self.__name__ = self.__qualname__ = native.name
        self.__doc__ = f"WASM function ``{native.signature}``."
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        names = native.inputs
        self.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in names])

    def __call__(self, *columns: Any, **named: Any) -> Any:
        """Call the function with columns of one length, and numbers that stand for all rows.

        Raises
        ------
        TypeError
            The arguments are too many, too few, or no columns.
        WasmError
            Columns don't fit the signature, or the function failed.
        """
        bound = self.__signature__.bind(*columns, **named)
        given = [_argument(value) for value in bound.arguments.values()]
        result = self._studio.call([value for value, _ in given])
        makers = [maker for _, maker in given if maker is not None]
        if not makers:
            return _scalar(result)
        _same_index(bound.arguments)
        return makers[0](result)

    def stored(self) -> tuple[bytes, dict[str, Any]]:
        """Return the module and the record's ``meta``, from which it can be made again."""
        data, meta = self._studio.stored()
        return data, json.loads(meta)

    def __reduce__(self) -> tuple[Any, ...]:
        return Function, self.stored()

    def __repr__(self) -> str:
        return f"<WASM function {self._studio.signature}>"


def compile_cell(
    source: str,
    *,
    folder: str | os.PathLike[str] = ".",
    python: str | os.PathLike[str] | None = None,
    label: str = "the cell",
) -> dict[str, Function]:
    """Compile a WASM cell: its functions by name.

    Parameters
    ----------
    source
        The cell: WebAssembly's text, C, Rust or ``file: x.wasm``, with its header.
    folder
        The notebook's folder, to which paths are relative.
    python
        The Python whose package ``ziglang`` compiles C; this one if not given.
    label
        What messages call the cell.

    Raises
    ------
    WasmError
        The cell can't be understood or compiled, or its module is refused.
    """
    python = sys.executable if python is None else os.fspath(python)
    natives = _studio.wasm_compile(source, folder=os.fspath(folder), python=python, label=label)
    functions = {}
    for native in natives:
        function = Function.__new__(Function)
        function._hold(native)
        functions[native.name] = function
    return functions


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
        f"a WASM function takes columns and numbers, not `{type(value).__name__}`; "
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

    if not isinstance(value, (pd.Series, pd.Index)):
        raise TypeError(f"pass the columns of the {type(value).__name__}, not the whole of it")
    index = value.index if isinstance(value, pd.Series) else None
    if isinstance(value.dtype, np.dtype):
        given, _ = _numpy_argument(value.to_numpy())
        return given, lambda column: pd.Series(_pandas_values(column), index=index)
    given = value.array.__arrow_array__()
    if isinstance(value.dtype, pd.ArrowDtype):
        return given, lambda column: pd.Series(
            pd.arrays.ArrowExtensionArray(_arrow_result(column)), index=index
        )
    return given, lambda column: pd.Series(_pandas_values(column, nullable=True), index=index)


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


def _same_index(arguments: dict[str, Any]) -> None:
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return
    series = [(name, x) for name, x in arguments.items() if isinstance(x, pandas.Series)]
    for name, other in series[1:]:
        first, column = series[0]
        if not other.index.equals(column.index):
            raise WasmError(
                f"`{first}` and `{name}` have different indexes",
                hint="align them first, or pass `.to_numpy()` to go by position",
            )
