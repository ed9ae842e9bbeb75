"""`flownote dump`: values that only Python can decode, printed as Python writes them."""

from __future__ import annotations

import json
import sys

from flownote.codecs.base import type_name
from flownote.exceptions import FlownoteException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def run(options: dict[str, Any]) -> int:
    """Print values; returns the exit code.

    Parameters
    ----------
    options
        ``values``: each with the ``artifact`` as the store describes it, the ``path`` of
        its verified blob, and whether to ``load`` it rather than show its preview;
        ``one``: whether a single value was asked for; ``json``: whether to write JSON;
        ``output``: the file that a single table is written into.
    """
    values = {item["artifact"]["name"]: item for item in options["values"]}
    if "output" in options:
        (item,) = values.values()
        write_table(_load(item), options["output"])
        print(f"wrote {item['artifact']['pathspec']} to {options['output']}", file=sys.stderr)
        return 0
    if options["json"]:
        plain = {name: _said(item, name) for name, item in values.items()}
        text = json.dumps(
            next(iter(plain.values())) if options["one"] else plain, indent=2, ensure_ascii=False
        )
    elif options["one"]:
        text = _repr(_load(next(iter(values.values()))))
    else:
        text = "\n".join(f"{name} = {_shown(item)}" for name, item in values.items())
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
    return 0


def _said(item: dict[str, Any], name: str) -> Any:
    return _plain(_load(item), name) if item["load"] else _preview(item)


def _preview(item: dict[str, Any]) -> str:
    record = item["artifact"]["record"]
    return f"<{record['type']}: {record.get('preview') or '…'}>"


def _shown(item: dict[str, Any]) -> str:
    return _repr(_load(item)) if item["load"] else _preview(item)


def _load(item: dict[str, Any]) -> Any:
    from flownote.client.artifact import decode

    artifact = item["artifact"]
    return decode(lambda *_: item["path"], artifact["record"], "", artifact["name"])


def _repr(value: Any) -> str:
    if type(value) in (list, dict, tuple, set, frozenset):
        from pprint import pformat

        return pformat(value, width=100, sort_dicts=False)
    return repr(value)


def _plain(value: Any, name: str) -> Any:
    """Return what JSON can say of a value; arrays become lists, tables lists of rows."""
    if isinstance(value, dict):
        return {str(key): _plain(item, name) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item, name) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    for method, arguments in (("to_dicts", ()), ("to_pylist", ()), ("tolist", ())):
        if hasattr(value, method):
            return _plain(getattr(value, method)(*arguments), name)
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        return _plain(value.to_dict(orient="records"), name)
    raise FlownoteException(
        f"`{name}` holds a value of type `{type_name(type(value))}`, which JSON can't say",
        hint="leave out --json to see it as Python writes it, or use --output FILE",
    )


def write_table(value: Any, file: str) -> None:
    """Write a data frame as Parquet or CSV, as the file's name ends.

    Parameters
    ----------
    value
        A table of pandas, polars or pyarrow.
    file
        Its path.

    Raises
    ------
    FlownoteException
        When this Python has nothing that writes it, or it can't be written.
    """
    kind = file.rpartition(".")[2]
    try:
        if hasattr(value, f"write_{kind}"):  # polars
            getattr(value, f"write_{kind}")(file)
        elif hasattr(value, f"to_{kind}"):  # pandas
            # Labels are kept, the numbers that pandas counts rows by are not.
            kept = value.index.names != [None] or value.index.dtype.kind not in "iu"
            getattr(value, f"to_{kind}")(file, index=kept)
        else:
            _write_arrow(value, file, kind)
    except ImportError:
        raise FlownoteException(
            f"nothing in this Python writes `{file}`",
            hint=f"`pip install pyarrow`, or name it .arrow: a table is stored as Arrow, "
            f"`--output {file.removesuffix(kind)}arrow`",
        ) from None
    except OSError as error:
        raise FlownoteException(f"`{file}` can't be written: {error.strerror or error}") from error


def _write_arrow(table: Any, file: str, kind: str) -> None:
    if type(table).__module__.partition(".")[0] != "pyarrow":
        raise ImportError  # a table that no library knows
    if kind == "csv":
        from pyarrow import csv

        csv.write_csv(table, file)
    else:
        from pyarrow import parquet

        parquet.write_table(table, file)


def _forget_stdout() -> None:
    """Let nothing be flushed at exit to a pipe that is closed."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
