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
from flownote_studio import _studio, columns

TYPE_CHECKING = False
if TYPE_CHECKING:
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
    ``nulls: guest``. NaN in NumPy's columns is a number, not a null; in those of pandas it is one.

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

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Call the function with columns of one length, and numbers that stand for all rows.

        Raises
        ------
        TypeError
            The arguments are too many, too few, or no columns.
        WasmError
            Columns don't fit the signature, or the function failed.
        """
        bound = self.__signature__.bind(*given, **named)
        return columns.call(self._studio.call, bound.arguments, WasmError)

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
