"""`flownote ui`'s tables: pages of artifacts and files, queries that only read."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from page_server import Page

FLOW = """\
import numpy as np
import pandas as pd

from flownote import FlowSpec, step


class Shop(FlowSpec):
    @step
    def start(self):
        self.sales = pd.DataFrame({"item": list("abc"), "sold": [3, 1, 2]})
        self.matrix = np.arange(6.0).reshape(3, 2)
        self.model = object
        self.next(self.end)

    @step
    def end(self):
        self.sales = self.sales.copy()


if __name__ == "__main__":
    Shop()
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("served")
    (folder / "shop.py").write_text(FLOW)
    (folder / "town.csv").write_text("item,town\na,Ghent\nb,Bruges\n")
    (folder / ".hidden.csv").write_text("word\nxyzzy\n")
    (folder.parent / "secret.csv").write_text("word\nxyzzy\n")
    (folder / "sly.csv").symlink_to(folder.parent / "secret.csv")
    with Page(folder) as page:
        done = page.flownote("run", "--quiet", "--run-id-file", "run", "shop.py")
        assert done.returncode == 0, done.stderr
        page.run = (folder / "run").read_text().strip().rpartition("/")[2]
        yield page


def asked(page: Page, route: str, /, **words: object) -> tuple[int, dict]:
    status, _, body = page.ask("GET", f"/api/data/{route}?{urlencode(words, doseq=True)}")
    return status, json.loads(body)


def test_a_table_is_found_and_paged(page: Page) -> None:
    listed = page.get(f"/api/data/catalog?catalog=artifacts&path=Shop/{page.run}")["entries"]
    assert {entry["name"]: entry["rows"] for entry in listed} == {"sales": 3, "matrix": 3}
    # What a later task made the same again is the same table.
    assert sorted(entry["name"] for entry in listed) == ["matrix", "sales"]
    found = page.get("/api/data/search?text=shop%20sales")["entries"]
    assert [entry["name"] for entry in found] == ["sales"]
    pathspec = listed[[entry["name"] for entry in listed].index("sales")]["table"]["pathspec"]
    assert pathspec == f"Shop/{page.run}/start/0/sales"
    table = page.get(f"/api/data/table?artifact={pathspec}")
    assert (table["rows"], [column["name"] for column in table["columns"]]) == (3, ["item", "sold"])
    status, found = asked(page, "page", artifact=pathspec, sort="-sold", filter="sold < 3")
    assert status == 200
    assert found == {"total": 2, "numbers": [2, 1], "cells": [["c", "b"], [2, 1]]}
    status, found = asked(page, "statistics", artifact=pathspec, column="sold")
    assert (status, found["min"], found["max"], found["mean"]) == (200, 1, 3, 2.0)


def test_what_is_no_table_says_so_with_a_hint(page: Page) -> None:
    status, found = asked(page, "table", artifact=f"Shop/{page.run}/start/0/model")
    assert status == 404, found
    status, found = asked(page, "page", file="town.csv", filter="twon = 'x'")
    assert (status, found["error"]["hint"]) == (400, "did you mean `town`?")
    for words in ({}, {"file": "absent.csv"}, {"result": "1-1"}, {"artifact": "a/b"}):
        status, found = asked(page, "table", **words)
        assert status in (400, 404), (words, found)
        assert found["error"]["hint"], found


def test_queries_join_and_only_read(page: Page) -> None:
    def query(sql: str) -> dict:
        status, found = page.post("/api/data/query", {"sql": sql})
        assert status == 200, found
        return found

    joined = query(
        f"SELECT town, sold FROM 'Shop/{page.run}/start/0/sales' JOIN 'town.csv' USING (item)"
    )
    assert joined["table"]["rows"] == 2
    status, rows = asked(page, "page", result=joined["id"], sort="town")
    assert (status, rows["cells"]) == (200, [["Bruges", "Ghent"], [1, 3]])
    wrong = query("SELECT town\nFROM 'town.csv' WHERE twon = 'x'")
    assert wrong["place"] == {"line": 2, "column": 23, "length": 4}
    outside = page.folder.parent / "secret.csv"
    for sql in (
        "COPY (SELECT 1) TO 'out.csv'",
        "CREATE TABLE t AS SELECT 1",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
        "INSERT INTO 'town.csv' VALUES ('x', 'y')",
        "SET datafusion.catalog.has_header = false",
        "SELECT * FROM '../secret.csv'",
        f"SELECT * FROM '{outside}'",
        "SELECT * FROM 'sly.csv'",
        "SELECT * FROM '.hidden.csv'",
        "SELECT * FROM '*.csv'",
    ):
        found = query(sql)
        assert found["status"] == "failed" and found["hint"], (sql, found)
        assert "xyzzy" not in json.dumps(found)
    assert not (page.folder / "out.csv").exists()


@pytest.mark.parametrize(
    "path",
    ["../secret.csv", "sly.csv", ".hidden.csv", "/etc/passwd", "a\0.csv", "%2e%2e/secret.csv"],
)
def test_files_outside_are_refused(page: Page, path: str) -> None:
    status, found = asked(page, "table", file=path)
    assert status in (400, 404) and "xyzzy" not in json.dumps(found), found
    status, found = asked(page, "catalog", catalog="files", path=path)
    assert status in (400, 404), found


def test_files_are_listed_without_what_is_hidden_or_leads_out(page: Page) -> None:
    names = [entry["name"] for entry in page.get("/api/data/catalog?catalog=files")["entries"]]
    assert "town.csv" in names
    assert not {"sly.csv", ".hidden.csv", "shop.py"} & set(names)
    found = page.get("/api/data/search?text=town")["entries"]
    assert [entry["path"] for entry in found] == ["town.csv"]
    status, _ = asked(page, "catalog", catalog="nowhere")
    assert status == 400


def test_a_query_ends_with_the_page_that_asked_it(page: Page) -> None:
    def busy() -> float:
        fields = Path(f"/proc/{page.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    page.post("/api/data/query", {"sql": "SELECT 1"})
    body = json.dumps(
        {"sql": "SELECT count(*) FROM generate_series(1, 1000000000000) WHERE value % 7 = 9"}
    )
    with socket.create_connection(("127.0.0.1", page.port)) as connection:
        head = (
            f"POST /api/data/query HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n"
            f"Cookie: {page.cookie}\r\nOrigin: http://127.0.0.1:{page.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )
        connection.sendall(head.encode())
        before = busy()
        while busy() - before < 30:
            time.sleep(0.05)
    # It is told to stop at its next batch: then the process does nothing any more.
    for _ in range(300):
        before = busy()
        time.sleep(0.5)
        if busy() - before < 5:
            return
    raise AssertionError(f"the query goes on after its page is gone: {quote(body)}")
