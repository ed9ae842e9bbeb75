"""Encoding values for others and decoding theirs.

A value has its exact form, as artifacts have, and for other languages a *common* form:
Arrow, NumPy's arrays, CSR, plain JSON, text or bytes. What differs between the two is
converted here, and only here: a frame's index becomes a column, a date an Arrow value, a
NumPy number a plain one. A record says in its ``meta`` who reads it, where not everybody
does: ``"readers": "python"`` for an exact form that others can't read, ``"others"`` for a
common form that isn't the value again.

Missing values are Arrow's nulls. In pandas' frames NaN, None, NaT and `pandas.NA` all mean
missing, as pandas itself has it. In NumPy's arrays, in lists and in the frames of polars and
pyarrow a NaN is a number and stays one. Back in pandas, nulls of a column of floats are NaN.
"""

from __future__ import annotations

import base64
import importlib.util
import mmap
import os
import sys
import types

from flownote import codecs
from flownote.codecs.base import Encoded, type_name, with_article
from flownote.exceptions import FlownoteException, StoreError, UnstorableArtifact
from flownote.kernel import imported
from flownote.worker.staging import Staging
from flownote.world import watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Codecs whose bytes every language reads.
COMMON = frozenset(("arrow", "npy", "csr", "json", "utf8", "bytes", "model"))
_PYTHON = frozenset(("numpy", "scipy", "pandas", "polars", "pyarrow"))
_HINT = "convert it to a data frame, a NumPy array, a list or text in a Python cell"


class NoCommonForm(FlownoteException):
    """A value that other languages can't read."""


class _Staging(Staging):
    """Stages beside other interpreters: a file that isn't finished has this process's name."""

    def open(self) -> Any:
        os.makedirs(self._folder, exist_ok=True)
        self._files += 1
        return _guarded_open(f"{self._folder}/tmp-{os.getpid()}-{id(self):x}-{self._files}")


def _guarded_open(path: str) -> Any:
    try:
        return open(path, "wb", buffering=0)
    except OSError as error:
        raise StoreError(
            f"can't write a value for other cells: {error.strerror} ({path})",
            hint="make room or check the permissions, then run the cell again",
        ) from error


# Writing.


def export(name: str, value: Any, folder: str, *, common: bool) -> dict[str, Any]:
    """Encode a value into ``folder``, or say why not.

    Returns
    -------
    dict
        The protocol's ``Value``, or ``{"error": {"message", "hint"}}``.
    """
    try:
        with watch.covered():
            record = _store(name, value, folder, common=common)
    except FlownoteException as error:
        return _problem(str(error), getattr(error, "hint", None))
    except Exception as error:  # a library's own conversion
        kind = with_article(type_name(type(value)))
        text = f"`{name}`, {kind}, can't be converted: {error}"
        return _problem(text, _HINT)
    if "inline" not in record and "inline_base64" not in record:
        record["file"] = record["digest"]
    return record


def _problem(message: str, hint: str | None) -> dict[str, Any]:
    found = {"message": message.strip()}
    if hint:
        found["hint"] = hint
    return {"error": found}


def _store(name: str, value: Any, folder: str, *, common: bool) -> dict[str, Any]:
    staging = _Staging(folder)
    kind = type_name(type(value))
    if common:
        encoded, exact = _common(name, kind, value)
        record = staging.keep(encoded, kind)
        if not exact:
            record["meta"] = {**record.get("meta", {}), "readers": "others"}
        return record
    if isinstance(value, types.ModuleType):
        return staging.keep(imported.encode(value), kind)
    try:
        return staging.store(value)
    except UnstorableArtifact as error:
        raise NoCommonForm(f"`{name}` can't be stored {error}", hint=_HINT) from error


def _common(name: str, kind: str, value: Any) -> tuple[Encoded, bool]:
    """Return a value's common form, and whether it is its exact form; raises `NoCommonForm`."""
    root = type(value).__module__.partition(".")[0]
    if root == "pandas" and hasattr(value, "index"):
        return _pandas(name, value), False
    if kind == "flownote_studio.wasm.Function":
        data, meta = value.stored()
        return Encoded("wasm", (data,), meta, repr(value)), True
    encoded = _encode_exactly(value)
    if encoded is not None:
        return encoded, True
    if root == "polars" and type(value).__name__ in ("Series", "LazyFrame"):
        value = value.to_frame() if hasattr(value, "to_frame") else value.collect()
    if root == "scipy" and hasattr(value, "tocsr"):
        value = value.tocsr()
    value = _without_marks(value)
    encoded = _encode_exactly(value)
    if encoded is None and type(value).__module__ != "__main__":
        encoded = _through_arrow(value)
    if encoded is None:
        raise NoCommonForm(f"`{name}`, {with_article(kind)}, has no common form", hint=_HINT)
    return encoded, False


def _encode_exactly(value: Any) -> Encoded | None:
    kind = type(value)
    root = kind.__module__.partition(".")[0]
    is_model = kind.__module__.startswith("flownote.models.")
    if kind.__module__ != "builtins" and root not in _PYTHON and not is_model:
        return None
    try:
        encoded = codecs.encode(value)
    except Exception:  # pickle's refusal
        return None
    for_all = (encoded.meta or {}).get("readers") is None
    return encoded if for_all and encoded.codec in COMMON else None


def _without_marks(value: Any) -> Any:
    """Return plain JSON for containers that have a form of their own in Python only."""
    kind = type(value)
    if kind in (list, tuple):
        return [_without_marks(item) for item in value]
    if kind in (set, frozenset):
        try:
            return [_without_marks(item) for item in sorted(value)]
        except TypeError:
            return [_without_marks(item) for item in value]
    if kind is dict:
        return {
            key if type(key) is str else str(key): _without_marks(item)
            for key, item in value.items()
        }
    root = kind.__module__.partition(".")[0]
    if root == "pandas" and kind.__name__ in ("NAType", "NaTType"):
        return None
    if root == "numpy" and getattr(value, "ndim", 1) == 0 and kind.__name__ != "void":
        # Of times in nanoseconds NumPy makes bare numbers; pyarrow knows what they are.
        item = value.item()
        return value[()] if value.dtype.kind in "mM" and type(item) is int else item
    return value


def _through_arrow(value: Any) -> Encoded | None:
    """Encode dates, decimals, and what holds them, as an Arrow table of one column.

    ``meta.scalar`` says that its one row is the value itself.
    """
    if importlib.util.find_spec("pyarrow") is None:
        return None
    import pyarrow

    numpy = sys.modules.get("numpy")
    is_column = isinstance(value, list) or (numpy is not None and type(value) is numpy.ndarray)
    try:
        array = pyarrow.array(value if is_column else [value])
    except (pyarrow.ArrowException, TypeError, ValueError, OverflowError):
        return None
    encoded = codecs.encode(pyarrow.table({"value": array}))
    meta = dict(encoded.meta or {})
    meta["scalar" if not is_column else "column"] = True
    return Encoded("arrow", encoded.chunks, meta, encoded.preview)


def _pandas(name: str, value: Any) -> Encoded:
    import pandas

    if isinstance(value, pandas.Series):
        value = value.to_frame("value" if value.name is None else value.name)
    if not isinstance(value, pandas.DataFrame):  # an index
        value = value.to_frame(index=False, name="value" if value.name is None else value.name)
    if importlib.util.find_spec("pyarrow") is None:
        raise NoCommonForm(
            f"`{name}`, a pandas.{type(value).__name__}, needs pyarrow to be read elsewhere",
            hint="`%pip install pyarrow`",
        )
    import pyarrow

    from flownote.codecs import pandas as pandas_codec

    frame = _with_plain_labels(name, value)
    if not len(frame.columns):  # rows all the same, which pyarrow counts by columns
        return codecs.encode(pyarrow.table({"": pyarrow.nulls(len(frame))}).select([]))
    encoded = pandas_codec.encode(frame, missing=True)
    if encoded is not None:
        return Encoded("arrow", encoded.chunks, encoded.meta, encoded.preview)
    try:
        table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    except (pyarrow.ArrowException, TypeError, ValueError) as error:
        text = str(error.args[-1] if error.args else error)
        raise NoCommonForm(
            f"`{name}`, a pandas.DataFrame, has no common form: {text}",
            hint="give each column values of one type, for example with `astype`",
        ) from error
    return codecs.encode(table.replace_schema_metadata(None))


def _with_plain_labels(name: str, frame: Any) -> Any:
    """Return a frame whose labels are text; an index that has a name is a column."""
    named = [one for one in frame.index.names if one is not None]
    if named and not set(named) & set(frame.columns):
        frame = frame.reset_index(level=named)
    frame = frame.reset_index(drop=True)
    labels = [
        "_".join(map(str, label)) if isinstance(label, tuple) else str(label)
        for label in frame.columns
    ]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise NoCommonForm(
            f"`{name}` has two columns `{twice}`", hint="rename one of them: `df.columns = [...]`"
        )
    if labels != list(frame.columns):
        frame = frame.set_axis(labels, axis=1)
    frame.attrs = {}
    frame.columns.name = None
    return frame


# Reading.


def read(name: str, reference: dict[str, Any]) -> Any:
    """Decode a value that the supervisor hands over.

    Raises
    ------
    StoreError
        When its bytes are gone, or what they need isn't installed.
    """
    try:
        with watch.covered():
            return _read(name, reference)
    except FlownoteException:
        raise
    except Exception as error:  # a pickle's class is gone, bytes are damaged
        reason = f"{type(error).__name__}: {error}"
        raise StoreError(
            f"the value of `{name}` can't be read: {reason}", hint="run the cell that makes it"
        ) from error


def _read(name: str, reference: dict[str, Any]) -> Any:
    data = _bytes_of(name, reference)
    if reference["codec"] == "arrow":
        return table(name, reference, data)
    if reference["codec"] == "wasm":
        return _function(name, reference, data)
    value = codecs.decode(data, reference)
    if reference["codec"] == "npy" and not _is_pythons(reference["type"]):
        _make_read_only(value)
    return value


def _function(name: str, reference: dict[str, Any], data: Any) -> Any:
    """Return a function of a WASM cell: it takes and gives whole columns."""
    if not _is_installed("flownote_studio"):
        raise StoreError(
            f"`{name}` is a function of a WASM cell, and this Python has nothing that runs it",
            hint="`%pip install flownote-studio`, then run the cell again; SQL cells can call it",
        )
    from flownote_studio.wasm import Function

    return Function(bytes(data), reference.get("meta") or {})


def _bytes_of(name: str, reference: dict[str, Any]) -> Any:
    inline = reference.get("inline")
    if inline is not None:
        return bytearray(inline, "utf-8")
    inline = reference.get("inline_base64")
    if inline is not None:
        return bytearray(base64.b64decode(inline))
    if reference["size"] == 0:
        return bytearray()
    try:
        with open(reference["path"], "rb") as file:
            return mmap.mmap(
                file.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE
            )
    except (OSError, ValueError, KeyError) as error:
        raise StoreError(
            f"the value of `{name}` can't be read: {error}", hint="run the cell that makes it"
        ) from error


def table(name: str, reference: dict[str, Any], data: Any) -> Any:
    """Return a table of an Arrow file's bytes: in the library it is of, or one that is there.

    Parameters
    ----------
    name
        The name, for errors.
    reference
        The value's record.
    data
        Its bytes.

    Raises
    ------
    StoreError
        When it is wanted in a library that isn't installed.
    """
    meta = reference.get("meta") or {}
    if "pandas" in meta and _is_installed("pandas", "pyarrow"):
        from flownote.codecs import pandas as pandas_codec

        return pandas_codec.decode(data, reference)
    if meta.get("scalar") or meta.get("column"):
        from flownote.codecs import arrow

        values = arrow.read_table(data).column(0).to_pylist()
        return values[0] if meta.get("scalar") else values
    if _is_pythons(reference["type"]):
        return codecs.decode(data, reference)
    wanted = reference.get("as") or meta.get("as")
    for library, needs in (
        ("pandas", ("pandas", "pyarrow")),
        ("polars", ("polars",)),
        ("pyarrow", ("pyarrow",)),
    ):
        if wanted in (None, library) and _is_installed(*needs):
            return _TABLES[library](data)
    if wanted is None:
        from flownote.kernel.table import read_table

        return read_table(data)
    raise StoreError(
        f"`{name}` is wanted as a table of {wanted}, which this Python doesn't have",
        hint=f"`%pip install {wanted} pyarrow`, then run the cell again",
    )


def _as_pandas(data: Any) -> Any:
    from flownote.codecs import arrow

    return arrow.read_table(data).to_pandas()


def _as_polars(data: Any) -> Any:
    import polars

    return polars.read_ipc(bytes(data) if isinstance(data, bytearray) else data)


def _as_pyarrow(data: Any) -> Any:
    from flownote.codecs import arrow

    return arrow.read_table(data)


_TABLES = {"pandas": _as_pandas, "polars": _as_polars, "pyarrow": _as_pyarrow}


def _is_installed(*names: str) -> bool:
    return all(name in sys.modules or importlib.util.find_spec(name) for name in names)


def _is_pythons(kind: str) -> bool:
    root = kind.partition(".")[0]
    return root in _PYTHON or "." not in kind


def _make_read_only(value: Any) -> None:
    flags = getattr(value, "flags", None)
    if flags is not None and hasattr(value, "setflags"):
        value.setflags(write=False)
