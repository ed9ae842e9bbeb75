"""Four queries over a frame of ten million rows, beside DuckDB and Polars in Python.

The frame is an Arrow file, as a Python cell exports it: Flownote's interpreter, a process of
its own, maps it; DuckDB and Polars have it in memory. Each engine gives its result back, and
the results are compared. It needs the studio: `bench.py sql --python PYTHON_WITH_STUDIO`.
"""

from __future__ import annotations

import json
import math
import os
import socket
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from flownote.kernel import transfer

ROWS = int(os.environ.get("BENCH_ROWS", 10_000_000))
ROUNDS = 5
QUERIES = {
    "filter": "SELECT count(*) AS n, sum(rating) AS s FROM ratings WHERE rating > 4.5",
    "group": (
        "SELECT genre, count(*) AS n, avg(rating) AS m FROM ratings GROUP BY genre ORDER BY genre"
    ),
    "users": (
        'SELECT "user", sum(rating) AS s FROM ratings '
        'GROUP BY "user" ORDER BY s DESC, "user" LIMIT 10'
    ),
    "join": (
        "SELECT i.kind, avg(r.rating) AS m FROM ratings r "
        "JOIN items i ON r.item = i.item GROUP BY i.kind ORDER BY i.kind"
    ),
}


class Interpreter:
    """Flownote's interpreter as a supervisor has it."""

    def __init__(self, folder: Path) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "flownote_studio.interpreter", "--fd"]
        self.process = subprocess.Popen(
            [*command, str(theirs.fileno())], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )
        theirs.close()
        self.file = ours.makefile("rwb")
        self.executions = 0
        self.send(
            {"type": "welcome", "version": 1, "session": "bench", "folder": str(folder)}
            | {"values": str(folder), "options": {}}
        )
        self.receive()

    def send(self, message: dict[str, Any]) -> None:
        """Sends a message."""
        body = json.dumps(message).encode()
        self.file.write(struct.pack("<I", len(body)) + body)
        self.file.flush()

    def receive(self) -> dict[str, Any]:
        """Returns the next message."""
        (length,) = struct.unpack("<I", self.file.read(4))
        return json.loads(self.file.read(length))

    def run(self, code: str, bind: dict[str, Any] | None = None) -> list[list[Any]]:
        """Runs a cell; returns the rows that it shows."""
        self.executions += 1
        self.send(
            {"type": "execute", "execution": self.executions, "language": "sql", "cell": "c"}
            | {"label": "cell", "code": code, "rebind": {"set": bind or {}, "unset": []}}
        )
        rows: list[list[Any]] = []
        while (message := self.receive())["type"] != "finished":
            if message["type"] == "output":
                rows = message["output"]["data"]["application/vnd.flownote.table+json"]["rows"]
        assert message["status"] == "ok", message
        return rows


def tables() -> dict[str, pa.Table]:
    """Returns the ratings and the items that they are of."""
    random = np.random.default_rng(0)
    genres = pa.array([f"genre {number:02}" for number in range(20)])
    codes = pa.array(random.integers(0, 20, ROWS, dtype=np.int8))
    ratings = pa.table(
        {
            "user": random.integers(0, 200_000, ROWS),
            "item": random.integers(0, 20_000, ROWS),
            "rating": random.integers(1, 11, ROWS) / 2,
            "genre": pa.DictionaryArray.from_arrays(codes, genres).cast(pa.string()),
        }
    )
    kinds = [f"kind {number % 7}" for number in range(20_000)]
    return {"ratings": ratings, "items": pa.table({"item": np.arange(20_000), "kind": kinds})}


def median_ms(run: Callable[[], Any]) -> tuple[float, Any]:
    """Calls a function once to warm it, then again and again; returns median and result."""
    result = run()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000, result


def same(ours: list[list[Any]], theirs: list[tuple[Any, ...]]) -> bool:
    """Whether two results agree, sums of floats within rounding."""

    def close(one: Any, other: Any) -> bool:
        if isinstance(one, float):
            return math.isclose(one, other, rel_tol=1e-9)
        return one == other

    return len(ours) == len(theirs) and all(
        close(one, other)
        for row, twin in zip(ours, theirs, strict=True)
        for one, other in zip(row, twin, strict=True)
    )


def main(folder: Path) -> None:
    """Measures the three engines, query by query."""
    frames = tables()
    interpreter = Interpreter(folder)
    exported = {n: transfer.export(n, t, str(folder), common=True) for n, t in frames.items()}
    bind = {}
    for name, record in exported.items():
        path = str(folder / record.pop("file"))
        bind[name] = {"version": 1, "value": record | {"path": path}}
    start = time.perf_counter()
    interpreter.run("SELECT 1 FROM ratings LIMIT 1", bind)
    found: dict[str, float] = {"map_ms": (time.perf_counter() - start) * 1000}
    duck = duckdb.connect()
    for name, table in frames.items():
        duck.register(name, table)
    polars = pl.SQLContext({name: pl.from_arrow(table) for name, table in frames.items()})
    beside: dict[str, list[float]] = {"duckdb": [], "polars": []}
    for name, query in QUERIES.items():
        ours, rows = median_ms(lambda query=query: interpreter.run(query))
        theirs, expected = median_ms(lambda query=query: duck.execute(query).fetchall())
        pls, also = median_ms(lambda query=query: polars.execute(query, eager=True).rows())
        assert same(rows, expected), (rows, expected)
        assert same(rows, also), (rows, also)
        found |= {f"{name}_ms": ours, f"{name}_duckdb_ms": theirs, f"{name}_polars_ms": pls}
        beside["duckdb"].append(ours / theirs)
        beside["polars"].append(ours / pls)
    for engine, ratios in beside.items():
        found[f"times_{engine}"] = statistics.geometric_mean(ratios)
    interpreter.send({"type": "shutdown"})
    interpreter.process.wait()
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
