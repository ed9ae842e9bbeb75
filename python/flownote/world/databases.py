"""Databases: what they answer has no version, so that tables are to be declared.

A database in a file (SQLite, see `actions`; DuckDB) has one: the file's content.
"""

from __future__ import annotations

import functools
import os
import re

from flownote.world import actions, files, watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.reads import Reads

# Texts in SQL: DuckDB reads `FROM 'ratings.parquet'`.
_TEXT = re.compile(r"'((?:[^']|'')+)'")


def _connecting(original: Any, name: str) -> Any:
    """Wrap a DB-API ``connect``."""
    library = name.partition(".")[0]

    @functools.wraps(original)
    def connect(*args: Any, **kwargs: Any) -> Any:
        reads = watch.reading()
        if reads is None:
            return original(*args, **kwargs)
        with watch.covered():
            if not watch.is_declared("table"):
                reads.cannot_verify(f"connects to a database ({library})")
            return original(*args, **kwargs)

    return connect


def _duckdb_connect(original: Any, _: str) -> Any:
    @functools.wraps(original)
    def connect(*args: Any, **kwargs: Any) -> Any:
        reads = watch.reading()
        if reads is not None:
            path = os.fspath(args[0] if args else kwargs.get("database", ":memory:"))
            if path and not path.startswith(":memory:"):
                files.read(reads, path)
                actions.watch_file(reads, path)
            if not watch.is_declared():
                reads.cannot_verify("queries DuckDB through a connection, which isn't seen")
        return original(*args, **kwargs)

    return connect


def _duckdb_query(original: Any, _: str) -> Any:
    @functools.wraps(original)
    def query(*args: Any, **kwargs: Any) -> Any:
        reads = watch.reading()
        text = args[0] if args else next(iter(kwargs.values()), None)
        if reads is not None and isinstance(text, str):
            for found in _TEXT.findall(text):
                _named(reads, found.replace("''", "'"))
        return original(*args, **kwargs)

    return query


def _named(reads: Reads, text: str) -> None:
    """Record a text that names files."""
    from flownote.world import readers

    if "://" in text or os.path.exists(text) or "*" in text:
        readers._read(reads, text)


def _duckdb_file(original: Any, name: str) -> Any:
    from flownote.world import readers

    return readers._reader(original, name)


WRAPPERS: dict[str, dict[str, Any]] = {
    "duckdb": {
        "connect": _duckdb_connect,
        **dict.fromkeys(("sql", "query", "execute", "from_query"), _duckdb_query),
        **dict.fromkeys(("read_csv", "read_parquet", "read_json", "from_parquet"), _duckdb_file),
    },
    "psycopg": {"connect": _connecting, "Connection.connect": _connecting},
    **{
        name: {"connect": _connecting}
        for name in (
            "psycopg2",
            "pymysql",
            "MySQLdb",
            "pyodbc",
            "oracledb",
            "snowflake.connector",
            "redshift_connector",
        )
    },
}
