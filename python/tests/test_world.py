# ruff: noqa: E501 - a case is a line
"""Reads of the world (engine rule 23): each case is a step's body that runs twice.

Between the two runs the world changes or not. The second run takes the first one's result
(``hit``), computes again (``miss``), or nothing was kept because what was read can't be
recorded (``unverified``, with the reason that users see).
"""

from __future__ import annotations

import http.server
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from shell_project import Project

HEAD = """\
from flownote import FlowSpec, cache, file, step, table, url
{top}

class World(FlowSpec):
    {decorator}
    @step
    def start(self):
{body}
        self.next(self.end)

    @step
    def end(self):
        pass
"""
CSV = "user,rating\n1,5\n2,3\n"
OTHER = "user,rating\n1,5\n2,4\n"
ARROW = "import pyarrow as pa, pyarrow.parquet as pq; pq.write_table(pa.table({'x': [%s]}), 'x.parquet')"


class Case(NamedTuple):
    """What a step does, what happens then, and what is expected of the second run."""

    name: str
    body: str
    expect: str
    change: dict[str, str | None] = {}
    top: str = ""
    decorator: str = "@cache"
    needs: str = ""
    files: dict[str, str] = {}


SAME: dict[str, str | None] = {}
EDIT: dict[str, str | None] = {"x.csv": OTHER}

CASES = [
    Case("nothing is read", "self.x = 1", "hit"),
    Case("open, unchanged", "self.x = open('x.csv').read()", "hit"),
    Case("open, edited", "self.x = open('x.csv').read()", "miss", EDIT),
    Case("open, another file edited", "self.x = open('x.csv').read()", "hit", {"y.csv": OTHER}),
    Case("pathlib, edited", "self.x = Path('x.csv').read_text()", "miss", EDIT, "from pathlib import Path"),
    Case("io.open taken out of its module", "self.x = read('x.csv').read()", "miss", EDIT, "from io import open as read"),
    Case("os.open, edited", "self.x = os.read(os.open('x.csv', os.O_RDONLY), 99)", "miss", EDIT, "import os"),
    Case("mmap, edited", "f = open('x.csv'); self.x = bytes(mmap.mmap(f.fileno(), 0, prot=1))", "miss", EDIT, "import mmap"),
    Case("read in a helper's thread", "t = Thread(target=open, args=('x.csv',)); t.start(); t.join()", "miss", EDIT, "from threading import Thread"),
    Case(
        "a file that isn't there, and then is",
        "try: self.x = open('late.csv').read()\nexcept FileNotFoundError: self.x = None",
        "miss",
        {"late.csv": CSV},
    ),
    Case("a file that goes", "import os; self.x = os.path.exists('x.csv') and open('x.csv').read()", "miss", {"x.csv": None}),
    Case("touched but equal", "self.x = open('x.csv').read()", "hit", {"x.csv": CSV}),
    Case("glob, a new file", "self.x = [open(one).read() for one in sorted(glob.glob('data/*.csv'))]", "miss", {"data/b.csv": CSV}, "import glob", files={"data/a.csv": CSV}),
    Case("glob, unchanged", "self.x = [open(one).read() for one in sorted(glob.glob('data/*.csv'))]", "hit", SAME, "import glob", files={"data/a.csv": CSV}),
    Case("another folder as the current one", "os.chdir('data'); self.x = open('a.csv').read()", "miss", {"data/a.csv": OTHER}, "import os", files={"data/a.csv": CSV}),
    Case("numpy.loadtxt, edited", "self.x = np.loadtxt('x.csv', delimiter=',', skiprows=1)", "miss", EDIT, "import numpy as np", needs="numpy"),
    Case("numpy.fromfile, unchanged", "self.x = np.fromfile('x.csv', dtype='u1')", "hit", SAME, "import numpy as np", needs="numpy"),
    Case("pandas, edited", "import pandas as pd; self.x = int(pd.read_csv('x.csv').rating.sum())", "miss", EDIT, needs="pandas"),
    Case("pandas, unchanged", "import pandas as pd; self.x = int(pd.read_csv('x.csv').rating.sum())", "hit", needs="pandas"),
    Case("polars, edited", "self.x = pl.read_csv('x.csv')['rating'].sum()", "miss", EDIT, "import polars as pl", needs="polars"),
    Case("polars imported in the step", "import polars as pl; self.x = pl.scan_csv('x.csv').collect().height", "miss", EDIT, needs="polars"),
    Case("a reader taken out of polars", "self.x = read_csv('x.csv')['rating'].sum()", "miss", EDIT, "from polars import read_csv", needs="polars"),
    Case("polars, unchanged", "self.x = pl.read_csv('x.csv')['rating'].sum()", "hit", SAME, "import polars as pl", needs="polars"),
    Case("pyarrow.csv, edited", "self.x = pc.read_csv('x.csv').num_rows", "miss", EDIT, "import pyarrow.csv as pc", needs="pyarrow"),
    Case("DuckDB over a file, unchanged", "self.x = duckdb.sql(\"select sum(rating) from 'x.csv'\").fetchall()", "hit", SAME, "import duckdb", needs="duckdb"),
    Case("DuckDB over a file, edited", "self.x = duckdb.sql(\"select sum(rating) from 'x.csv'\").fetchall()", "miss", EDIT, "import duckdb", needs="duckdb"),
    Case("DuckDB through a connection", "self.x = duckdb.connect().sql('select 1').fetchall()", "unverified: queries DuckDB through a connection", SAME, "import duckdb", needs="duckdb"),
    Case("DuckDB through a connection, declared", "self.x = duckdb.connect().sql(\"select sum(rating) from 'x.csv'\").fetchall()", "miss", EDIT, "import duckdb", "@cache(externals=[file('x.csv')])", needs="duckdb"),
    Case("SQLite, unchanged", "self.x = sqlite3.connect('x.db').execute('select 1').fetchall()", "hit", SAME, "import sqlite3", files={"x.db": ""}),
    Case("SQLite, written to", "c = sqlite3.connect('x.db'); c.execute('create table t (x)'); c.commit()", "unverified: writes x.db", SAME, "import sqlite3", files={"x.db": ""}),
    Case("SQLite in memory", "self.x = sqlite3.connect(':memory:').execute('select 1').fetchall()", "hit", SAME, "import sqlite3"),
    Case("writes a project's file", "open('out.csv', 'w').write('x')", "unverified: writes out.csv"),
    Case("puts a file in another's place", "import os; os.replace('x.csv', 'y.csv')", "unverified: writes y.csv"),
    Case("removes a file", "import os; os.remove('x.csv')", "unverified: removes x.csv"),
    Case("adds to a log", "open('run.log', 'a').write('started')", "hit"),
    Case("prints", "print('working')", "hit"),
    Case("a temporary file of its own", "f = tempfile.NamedTemporaryFile(); f.write(b'x'); f.flush(); self.x = open(f.name).read()", "hit", SAME, "import tempfile"),
    Case("runs a program", "self.x = subprocess.run(['cat', 'x.csv'], capture_output=True).stdout", "unverified: ran `cat`", EDIT, "import subprocess"),
    Case("os.system", "import os; os.system('true')", "unverified: ran `true`"),
    Case("forks", "import os; pid = os.fork(); os._exit(0) if pid == 0 else os.waitpid(pid, 0)", "unverified: forked a process"),
    Case("a pool of processes", "self.x = Pool(1).map(abs, [-1])", "unverified: started a process", SAME, "from multiprocessing import Pool"),
    Case("a pool of fresh interpreters", "self.x = get_context('spawn').Process(target=print).start()", "unverified: started a process", SAME, "from multiprocessing import get_context"),
    Case("a pool of threads", "self.x = ThreadPool(1).map(abs, [-1])", "hit", SAME, "from multiprocessing.pool import ThreadPool"),
    Case("a socket", "import socket; s = socket.socket(); s.connect_ex(('127.0.0.1', 9))", "unverified: opened a socket to 127.0.0.1:9"),
    Case("a program, what it reads declared", "self.x = subprocess.run(['cat', 'x.csv'], capture_output=True).stdout", "hit", SAME, "import subprocess", "@cache(externals=[file('x.csv')])"),
    Case("a program, what it reads declared and edited", "self.x = subprocess.run(['cat', 'x.csv'], capture_output=True).stdout", "miss", EDIT, "import subprocess", "@cache(externals=['x.csv'])"),
    Case("a table, its version the same", "import socket; s = socket.socket(); s.connect_ex(('127.0.0.1', 9))", "hit", SAME, "", "@cache(externals=[table('db.t', version='1')])"),
    Case("a table, its version another", "self.x = 1", "miss", EDIT, "", "@cache(externals=[table('db.t', version=lambda: open('x.csv').read())])"),
    Case("imports a module of the project", "import helper; self.x = helper.X", "hit", {"unrelated.py": "Y = 2\n"}, files={"helper.py": "X = 1\n"}),
    Case("lists a folder into which packages are installed", "self.x = len(os.listdir('data'))", "hit", {"data/venv/pyvenv.cfg": "", "data/site-packages/x.csv": CSV}, "import os", files={"data/a.csv": CSV}),
    Case("lists a folder that gets a folder", "self.x = len(os.listdir('data'))", "miss", {"data/more/b.csv": CSV}, "import os", files={"data/a.csv": CSV}),
    Case("a folder declared, unchanged", "self.x = 1", "hit", {"data/__pycache__/x.pyc": "", "data/venv/pyvenv.cfg": ""}, "", "@cache(externals=['data'])", files={"data/sub/a.csv": CSV}),
    Case("a folder declared, a file in it edited", "self.x = 1", "miss", {"data/sub/a.csv": OTHER}, "", "@cache(externals=[file('data')])", files={"data/sub/a.csv": CSV}),
    Case("a folder declared, a file in it removed", "self.x = 1", "miss", {"data/b.csv": None}, "", "@cache(externals=['data'])", files={"data/a.csv": CSV, "data/b.csv": CSV}),
    Case("the project's folder declared, datastore and all", "self.x = 1", "hit", SAME, "", "@cache(externals=['.'])"),
    Case("within its time to live", "self.x = 1", "hit", SAME, "", "@cache(ttl='52w')"),
]  # fmt: skip


def write(folder: Path, files: dict[str, str | None]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text)


def outcome(project: Project, case: Case, line: str = "run flow.py") -> str:
    body = textwrap.indent(case.body, " " * 8)
    flow = HEAD.format(top=case.top, decorator=case.decorator, body=body)
    write(project.folder, {"flow.py": flow, "x.csv": CSV, **case.files})
    first = project.shell(line)
    assert first.code == 0, first.err
    assert "reused" not in first.err
    write(project.folder, case.change)
    if "isn't kept" in first.err:
        return "unverified: " + first.err
    second = project.shell(line)
    assert second.code == 0 or "x.csv" in second.err, second.err
    return "hit" if "start/0 reused" in second.err else "miss"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(project: Project, case: Case) -> None:
    if case.needs:
        pytest.importorskip(case.needs)
    found = outcome(project, case)
    kind, _, reason = case.expect.partition(": ")
    assert found.startswith(kind), found
    assert reason in found


@pytest.mark.parametrize("line", ["run flow.py --spawn", "run flow.py --in-process"])
def test_other_launchers(project: Project, line: str) -> None:
    case = Case("open, edited", "self.x = open('x.csv').read()", "miss", EDIT)
    assert outcome(project, case, line) == "miss"
    assert outcome(project, Case("a program", "import os; os.system('true')", ""), line).startswith(
        "unverified"
    )


def test_parquet(project: Project) -> None:
    pytest.importorskip("pyarrow")
    project.python("-c", ARROW % 1)
    case = Case("parquet", "self.x = pq.read_table('x.parquet').num_rows", "hit")
    case = case._replace(top="import pyarrow.parquet as pq")
    assert outcome(project, case) == "hit"
    project.python("-c", ARROW % 2)
    again = project.shell("run flow.py")
    assert "start/0 reused" not in again.err
    case = case._replace(body="pq.write_table(pq.read_table('x.parquet'), 'y.parquet')")
    assert "writes y.parquet" in outcome(project, case)


class Pages(http.server.BaseHTTPRequestHandler):
    """Answers with an ETag, or without one below ``/plain``."""

    tag = "1"
    asked = 0

    def do_GET(self) -> None:
        Pages.asked += self.command == "HEAD"
        self.send_response(200)
        if self.path != "/plain":
            self.send_header("ETag", f'"{self.tag}"')
        self.send_header("Content-Length", "2")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"ok")

    do_HEAD = do_GET  # noqa: N815 - the server asks for it

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    Pages.tag, Pages.asked = "1", 0
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


GETS = {
    "urllib": ("from urllib.request import urlopen", "self.x = urlopen('{}').read()"),
    "requests": ("import requests", "self.x = requests.get('{}').text"),
    "httpx": ("import httpx", "self.x = httpx.get('{}').text"),
}


@pytest.mark.parametrize("library", GETS)
def test_url(project: Project, server: str, library: str) -> None:
    if library != "urllib":
        pytest.importorskip(library)
    top, body = GETS[library]
    case = Case("url", body.format(f"{server}/x"), "", top=top)
    assert outcome(project, case) == "hit"
    Pages.tag = "2"
    assert "start/0 reused" not in project.shell("run flow.py").err
    case = case._replace(body=body.format(f"{server}/plain"))
    assert "tells no ETag or Last-Modified" in outcome(project, case)
    declared = f"@cache(externals=[url('{server}/plain', version='7')])"
    assert outcome(project, case._replace(decorator=declared)) == "hit"


FAN = """\
from urllib.request import urlopen
from flownote import FlowSpec, step


class Fan(FlowSpec):
    @step
    def start(self):
        self.items = list(range(40))
        self.next(self.work, foreach="items")

    @step
    def work(self):
        self.x = urlopen("{}/x").read()
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass
"""


def test_a_version_is_asked_for_once_by_all_tasks(project: Project, server: str) -> None:
    write(project.folder, {"flow.py": FAN.format(server)})
    assert project.shell("run flow.py --cache --quiet").code == 0
    Pages.asked = 0
    again = project.shell("run flow.py --cache")
    assert "work: 40 of 40 reused" in again.err, again.err
    assert 0 < Pages.asked < 20, "a few questions for forty tasks"


def test_what_two_steps_declare_is_asked_for_once_when_a_run_begins(
    project: Project, server: str
) -> None:
    declared = f"@cache(externals=[url('{server}/x')])"
    flow = HEAD.format(top="", decorator=declared, body="        self.x = 1")
    flow = flow.replace("    @step\n    def end", f"    {declared}\n    @step\n    def end")
    write(project.folder, {"flow.py": flow})
    assert project.shell("run flow.py --quiet").code == 0
    Pages.asked = 0
    again = project.shell("run flow.py")
    assert "2 of them reused" in again.err, again.err
    assert Pages.asked == 1


def test_s3(project: Project) -> None:
    boto3 = pytest.importorskip("boto3")
    moto = pytest.importorskip("moto.server")
    running = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    running.start()
    try:
        host, port = running.get_host_and_port()
        address = f"http://{host}:{port}"
        keys = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"}
        project.env |= {**keys, "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": address}
        client = boto3.client(
            "s3",
            endpoint_url=address,
            region_name="us-east-1",
            aws_access_key_id="k",
            aws_secret_access_key="s",
        )
        client.create_bucket(Bucket="bucket")
        client.put_object(Bucket="bucket", Key="k.csv", Body=b"1")
        body = "import boto3; self.x = boto3.client('s3').get_object(Bucket='bucket', Key='k.csv')['Body'].read()"
        assert outcome(project, Case("S3", body, "")) == "hit"
        client.put_object(Bucket="bucket", Key="k.csv", Body=b"2")
        assert "start/0 reused" not in project.shell("run flow.py").err
        body = (
            "import boto3; boto3.client('s3').put_object(Bucket='bucket', Key='o.csv', Body=b'1')"
        )
        assert "asked s3 for PutObject" in outcome(project, Case("S3", body, ""))
    finally:
        running.stop()
