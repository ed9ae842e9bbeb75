"""Libraries that read and write files without Python's knowledge: Arrow, Polars, HDF5….

pandas and NumPy mostly end in Python's own ``open`` and need no wrapper (see `files`).
"""

from __future__ import annotations

import functools
import glob
import os

from flownote.world import files, watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from flownote.reads import Reads


def _reader(original: Any, _: str) -> Any:
    """Wrap a function whose first argument is what it reads."""
    return _around(original, lambda reads, value: _read(reads, value), first=0)


def _reading_class(original: Any, _: str) -> Any:
    """Wrap an ``__init__`` whose first argument after ``self`` is what it reads."""
    return _around(original, lambda reads, value: _read(reads, value), first=1)


def _writer(original: Any, _: str) -> Any:
    """Wrap a function whose second argument is where it writes; a method's first."""
    return _around(original, lambda reads, value: _wrote(reads, value), first=1)


def _hdf(original: Any, _: str) -> Any:
    """Wrap ``h5py.File.__init__``, which reads or writes by its mode."""

    @functools.wraps(original)
    def opening(self: Any, name: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        reads = watch.reading()
        if reads is not None:
            act = _read if mode == "r" else _wrote
            act(reads, name)
        return original(self, name, mode, *args, **kwargs)

    return opening


def _around(original: Any, record: Callable[[Reads, Any], None], first: int) -> Any:
    @functools.wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        reads = watch.reading()
        if reads is None:
            return original(*args, **kwargs)
        value = args[first] if len(args) > first else next(iter(kwargs.values()), None)
        with watch.covered():
            record(reads, value)
            return original(*args, **kwargs)

    return wrapped


def _read(reads: Reads, value: Any) -> None:
    """Record paths: one or several, patterns, folders with all that is in them."""
    if isinstance(value, (list, tuple, set)):
        for one in value:
            _read(reads, one)
        return
    if not isinstance(value, (str, os.PathLike)):
        return  # something that is open already, or data
    path = os.fspath(value)
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if path.startswith("file://"):
        path = path.removeprefix("file://")
    if "://" in path:
        if path not in watch.declarations("url"):
            reads.cannot_verify(f"reads {path}")
    elif os.path.isdir(path):
        for folder, _, names in os.walk(path):
            files.read(reads, folder)
            for name in sorted(names):
                files.read(reads, os.path.join(folder, name))
    elif glob.has_magic(path) and not os.path.exists(path):
        files.read(reads, os.path.dirname(path) or ".")
        for one in sorted(glob.glob(path, recursive=True)):
            files.read(reads, one)
    else:
        files.read(reads, path)


def _wrote(reads: Reads, value: Any) -> None:
    if not isinstance(value, (str, os.PathLike)):
        return
    path = os.fsdecode(value)
    if "://" in path:
        reads.cannot_verify(f"writes {path}")
    else:
        files.wrote(reads, path)


def _all(names: str, wrap: Any) -> dict[str, Any]:
    return dict.fromkeys(names.split(), wrap)


_POLARS_READS = (
    "read_csv read_csv_batched read_parquet read_ipc read_ipc_stream read_json read_ndjson "
    "read_avro read_excel read_ods read_delta read_parquet_schema read_ipc_schema "
    "scan_csv scan_parquet scan_ipc scan_ndjson scan_delta scan_pyarrow_dataset"
)
_POLARS_WRITES = (
    "DataFrame.write_csv DataFrame.write_parquet DataFrame.write_ipc DataFrame.write_json "
    "DataFrame.write_ndjson DataFrame.write_avro DataFrame.write_excel DataFrame.write_delta "
    "LazyFrame.sink_csv LazyFrame.sink_parquet LazyFrame.sink_ipc LazyFrame.sink_ndjson"
)

# Library's module → path of a function in it → what wraps it.
WRAPPERS: dict[str, dict[str, Any]] = {
    "pyarrow": _all("memory_map input_stream", _reader),
    "pyarrow.csv": {**_all("read_csv open_csv", _reader), "write_csv": _writer},
    "pyarrow.json": _all("read_json open_json", _reader),
    "pyarrow.orc": {"read_table": _reader, "write_table": _writer},
    "pyarrow.dataset": {
        **_all("dataset parquet_dataset", _reader),
        "write_dataset": _writer,
    },
    "pyarrow.feather": {**_all("read_table read_feather", _reader), "write_feather": _writer},
    "pyarrow.parquet": {
        **_all("read_table read_pandas read_metadata read_schema", _reader),
        **_all("ParquetFile.__init__ ParquetDataset.__init__", _reading_class),
        **_all("write_table write_to_dataset ParquetWriter.__init__", _writer),
    },
    "polars": {**_all(_POLARS_READS, _reader), **_all(_POLARS_WRITES, _writer)},
    "pandas": {"read_hdf": _reader, "DataFrame.to_hdf": _writer},
    "h5py": {"File.__init__": _hdf},
    "cv2": {"imread": _reader, "imwrite": lambda original, _: _around(original, _wrote, 0)},
}
