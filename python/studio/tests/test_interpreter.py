"""SQL and WASM cells through the real process."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import time
from decimal import Decimal

import numpy
import pandas
import polars
import pyarrow
import pytest
from interpreter_process import Interpreter

from flownote._native import blake3_hex
from flownote.provenance.world import file_version

DOUBLE = """;; export: double(x: f64) -> f64
(module (func (export "double") (param f64) (result f64)
    (f64.mul (f64.const 2) (local.get 0))))"""


def test_it_says_what_it_is(sql):
    ready = sql.ready
    assert (ready["type"], ready["version"]) == ("ready", 1)
    assert ready["languages"] == ["sql", "wasm"]
    assert ready["pid"] == sql.process.pid
    assert ready["runtime"]["name"].startswith("datafusion-")


def test_a_query_over_a_frame_is_shown_in_three_forms(sql):
    sql.give(people=pandas.DataFrame({"id": [1, 2, 3], "name": ["Ana", None, "<b>Bo"]}))
    ran = sql.run("SELECT id, name FROM people WHERE id > 1").ok
    assert [one["type"] for one in ran.messages] == ["started", "output", "finished"]
    assert ran.data().splitlines() == [
        "id  name",
        "──  ─────",
        " 2  null",
        " 3  <b>Bo",
        "2 rows",
    ]
    assert "&lt;b&gt;Bo" in ran.data("text/html")
    table = ran.data("application/vnd.flownote.table+json")
    assert table["rows"] == [[2, None], [3, "<b>Bo"]]
    assert [column["name"] for column in table["columns"]] == ["id", "name"]
    assert ran.finished["defined"] == {}


@pytest.mark.parametrize(
    ("value", "query", "rows"),
    [
        (pandas.DataFrame({"a": [1, 2]}), "SELECT sum(a) FROM v", [[3]]),
        (pandas.Series([1.5, 2.5], name="s"), "SELECT max(s) FROM v", [[2.5]]),
        (
            pandas.DataFrame({"a": [1, 2]}, index=pandas.Index(["x", "y"], name="key")),
            "SELECT a FROM v WHERE key = 'y'",
            [[2]],
        ),
        (
            pandas.DataFrame({"c": pandas.Categorical(["u", "v", "u"])}),
            "SELECT c, count(*) FROM v GROUP BY c ORDER BY 2",
            [["v", 1], ["u", 2]],
        ),
        (
            pandas.DataFrame({"t": pandas.to_datetime(["2026-01-02"], utc=True)}),
            "SELECT date_part('day', t) FROM v",
            [[2]],
        ),
        (polars.DataFrame({"a": ["x", "y"]}), "SELECT a FROM v ORDER BY a DESC", [["y"], ["x"]]),
        (polars.DataFrame({"l": [[1, 2], []]}), "SELECT l[1] FROM v", [[1], [None]]),
        (pyarrow.table({"d": [Decimal("1.25")]}), "SELECT d FROM v", [["1.25"]]),
        (numpy.arange(3), "SELECT sum(value) FROM v", [[3]]),
        (numpy.ones((2, 2)), "SELECT column_0 + column_1 FROM v", [[2.0], [2.0]]),
        ([{"a": 1}, {"a": None}], "SELECT count(a), count(*) FROM v", [[1, 2]]),
        ({"a": [1, 2], "b": ["x", "y"]}, "SELECT b FROM v WHERE a = 2", [["y"]]),
        ([3, 1, 2], "SELECT value FROM v ORDER BY value", [[1], [2], [3]]),
        (7, "SELECT value + 1 FROM v", [[8]]),
        ("text", "SELECT upper(value) FROM v", [["TEXT"]]),
    ],
)
def test_values_of_python_are_tables(sql, value, query, rows):
    sql.give(v=value)
    assert sql.run(query).ok.rows == rows


def test_what_has_no_common_form_is_an_error_only_where_it_is_read(sql):
    record = {"codec": "pickle", "digest": "0" * 64, "size": 3, "type": "sklearn.Model"}
    sql.executions += 1
    sql.give_record("model", record | {"inline_base64": "AAAA"})
    assert sql.run("SELECT 1 AS n").ok.rows == [[1]]
    ran = sql.run("SELECT * FROM model")
    assert ran.status == "error"
    assert ran.error["message"] == "`model`, a sklearn.Model, has no common form"
    assert "data frame" in ran.error["hint"]


def test_a_named_result_is_a_value_for_python_and_for_later_cells(sql):
    ran = sql.run("-- out: top\nSELECT 1 AS a, 'x' AS b", exports=["top"]).ok
    exported = ran.finished["exports"]["top"]
    data = (sql.values / exported["file"]).read_bytes()
    assert len(data) == exported["size"]
    assert exported["codec"] == "arrow"
    assert exported["meta"]["columns"] == [["a", "int64"], ["b", "string"]]
    assert ran.finished["defined"]["top"] == {
        "type": "flownote.Table",
        "summary": "1 × 2",
        "live": False,
        "digest": exported["digest"],
    }
    frame = sql.python("top", exported)
    assert isinstance(frame, pandas.DataFrame)
    assert frame.to_dict("list") == {"a": [1], "b": ["x"]}
    # The supervisor moves the file away.
    (sql.values / exported["file"]).unlink()
    assert sql.run("SELECT a + 1 FROM top").ok.rows == [[2]]


def test_equal_results_have_equal_digests(sql):
    code = "-- out: r\nSELECT value * 2 AS n FROM generate_series(1, 1000) ORDER BY n"
    first = sql.run(code).ok.finished["defined"]["r"]["digest"]
    assert sql.run(code).ok.finished["defined"]["r"]["digest"] == first


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_a_cell_says_as_what_python_sees_its_result(sql, library):
    ran = sql.run(f"-- out: r\n-- as: {library}\nSELECT 1 AS a", exports=["r"]).ok
    value = sql.python("r", ran.finished["exports"]["r"])
    assert type(value).__module__.partition(".")[0] == library


def test_types_survive_the_way_there_and_back(sql):
    frame = pandas.DataFrame(
        {
            "word": pandas.Categorical(["b", "a", "b"]),
            "at": pandas.to_datetime(["2026-01-01", "2026-01-02", None]),
            "n": numpy.array([1, 2, 3], dtype="int16"),
        }
    )
    sql.give(frame=frame)
    ran = sql.run("-- out: r\nSELECT * FROM frame WHERE n > 0", exports=["r"]).ok
    back = sql.python("r", ran.finished["exports"]["r"])
    assert back["word"].astype(str).tolist() == ["b", "a", "b"]
    assert isinstance(back["word"].dtype, pandas.CategoricalDtype)
    assert back["at"].isna().tolist() == [False, False, True]
    assert back["n"].dtype == "int16"


def test_tables_and_views_are_versions_of_names(sql):
    first = sql.run("CREATE TABLE t AS SELECT 1 AS n; CREATE VIEW v AS SELECT n + 1 AS m FROM t").ok
    assert set(first.finished["defined"]) == {"t", "v"}
    made = first.finished["execution"]
    assert sql.run("CREATE OR REPLACE TABLE t AS SELECT 10 AS n").status == "ok"
    assert sql.run("SELECT t.n, v.m FROM t, v").ok.rows == [[10, 2]]
    rebind = {"set": {"t": made}, "unset": ["v"]}
    assert sql.run("SELECT n FROM t", rebind=rebind).ok.rows == [[1]]
    assert sql.run("SELECT * FROM v").error["message"] == "there is no table `v`"
    exported = sql.ask("export", names={"t": made, "v": made, "w": made})["values"]
    assert sql.python("t", exported["t"])["n"].tolist() == [1]
    assert sql.python("v", exported["v"])["m"].tolist() == [2]
    assert "`w`" in exported["w"]["error"]["message"]
    sql.send({"type": "forget", "versions": [{"name": "t", "version": made}]})
    assert "error" in sql.ask("export", names={"t": made})["values"]["t"]


def test_errors_name_the_cell_the_line_and_what_was_meant(sql):
    sql.give(ratings=pandas.DataFrame({"user": [1]}))
    ran = sql.run("SELECT *\nFROM ratngs")
    error = ran.error
    assert (ran.status, error["name"]) == ("error", "UnknownTable")
    assert error["hint"] == "did you mean `ratings`?"
    (frame,) = error["frames"]
    assert (frame["cell"], frame["line"], frame["text"]) == ("cell-2", 2, "FROM ratngs")
    text = "\n".join(error["traceback"])
    assert "--> cell 2:2:6" in text and "^^^^^^" in text
    assert sql.run("SELEC 1").error["name"] == "SqlSyntaxError"


@pytest.mark.parametrize("option", ["out: 1x", "limit: many", "as: dask", "memory: big"])
def test_options_that_make_no_sense_are_errors(sql, option):
    error = sql.run(f"-- {option}\nSELECT 1").error
    assert option in error["message"] and error["hint"]


def test_the_options_limit_and_memory(sql):
    numbers = "SELECT value FROM generate_series(1, 5000)"
    table = sql.run(numbers).ok.data("application/vnd.flownote.table+json")
    assert (len(table["rows"]), table["total"]) == (1000, 5000)
    table = sql.run(f"-- limit: 3\n{numbers}").ok.data("application/vnd.flownote.table+json")
    assert (len(table["rows"]), table["total"]) == (3, 5000)
    big = "SELECT value FROM generate_series(1, 2000000) ORDER BY value DESC"
    assert sql.run(f"-- memory: 10 KB\n-- out: x\n{big}").error["name"] == "MemoryLimit"
    assert sql.run(f"-- memory: 500 MB\n-- limit: 1\n{big}").ok.rows == [[2000000]]


def test_files_that_were_read_are_recorded_with_their_digests(sql):
    (sql.folder / "a.csv").write_text("n\n1\n2\n")
    ran = sql.run("SELECT sum(n) FROM 'a.csv'").ok
    assert ran.rows == [[3]]
    (external,) = ran.finished["externals"]
    assert external["kind"] == "file"
    assert external["name"] == str(sql.folder / "a.csv")
    assert external["version"] == file_version(external["name"])
    assert "random" in sql.run("SELECT random()").ok.finished["uncacheable"]


def test_an_artifact_is_read_by_its_pathspec(tmp_path):
    (tmp_path / "flow.py").write_text(
        "from flownote import FlowSpec, step\n"
        "class Make(FlowSpec):\n"
        "    @step\n"
        "    def start(self):\n"
        "        self.rows = [{'n': n} for n in range(1000)]\n"
        "        self.next(self.end)\n"
        "    @step\n"
        "    def end(self):\n"
        "        pass\n"
        "if __name__ == '__main__':\n"
        "    Make()\n"
    )
    store = tmp_path / "store"
    command = [sys.executable, "flow.py", "run", "--store", str(store), "--quiet"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (run,) = os.listdir(store / "runs" / "Make")
    with Interpreter(tmp_path, {"store": str(store)}) as sql:
        assert sql.run(f'SELECT sum(n) FROM "Make/{run}/start/0/rows"').ok.rows == [[499500]]
        error = sql.run(f'SELECT * FROM "Make/{run}/start/0/nothing"').error
        assert "nothing" in error["message"]


def test_wasm_cells_define_functions_of_queries(sql):
    ran = sql.run(DOUBLE, "wasm", exports=["double"]).ok
    assert ran.data() == "double(x: f64) -> f64"
    assert ran.finished["defined"]["double"]["type"] == "flownote_studio.wasm.Function"
    sql.give(t=pandas.DataFrame({"n": [1.0, 2.0, None]}))
    assert sql.run("SELECT double(n) FROM t").ok.rows[:2] == [[2.0], [4.0]]
    assert sql.run("SELECT double(21)").ok.rows == [[42.0]]
    exported = ran.finished["exports"]["double"]
    assert exported["codec"] == "wasm"
    sql.give_record("twice", exported)
    assert sql.run("SELECT twice(4)").ok.rows == [[8.0]]
    gone = sql.run("SELECT double(1)", rebind={"set": {}, "unset": ["double"]})
    assert gone.error["name"] == "UnknownFunction"


def test_a_function_may_take_the_name_of_one_of_sqls_own(sql):
    assert (
        sql.run(DOUBLE.replace('"double"', '"sqrt"').replace("double(", "sqrt("), "wasm").status
        == "ok"
    )
    assert sql.run("SELECT sqrt(16)").ok.rows == [[32.0]]
    assert sql.run("SELECT sqrt(16)", rebind={"set": {}, "unset": ["sqrt"]}).ok.rows == [[4.0]]


def test_functions_that_differ_have_different_digests(sql):
    digests = set()
    for limit in ("1s", "2s"):
        code = DOUBLE.replace("(module", f";; limits: deadline={limit}\n(module")
        digests.add(sql.run(code, "wasm").ok.finished["defined"]["double"]["digest"])
    assert len(digests) == 2


def test_a_wasm_cell_that_is_wrong_says_so(sql):
    error = sql.run(";; export: f(x: f64) -> f64\n(module (func", "wasm").error
    assert error["name"] == "WasmError"
    assert sql.run("SELECT 1").ok.rows == [[1]]


def test_an_endless_query_is_stopped_and_the_next_one_runs(sql):
    sql.give(t=pandas.DataFrame({"n": numpy.arange(20_000)}))
    execution = sql.start("SELECT sum(a.n * b.n * c.n) FROM t a, t b, t c")
    assert sql.receive()["type"] == "started"
    answer = sql.ask("is_complete", code="SELECT 1 +")
    assert answer["status"] == "incomplete"
    time.sleep(0.2)
    sql.send({"type": "interrupt"})
    ran = sql.wait(execution)
    assert (ran.status, ran.error["name"]) == ("interrupted", "Interrupted")
    assert sql.run("SELECT count(*) FROM t").ok.rows == [[20_000]]


def test_an_endless_function_is_stopped(sql):
    endless = (
        ";; export: forever(x: f64) -> f64\n;; limits: deadline=60s\n"
        '(module (func (export "forever") (param f64) (result f64) '
        "(loop $l (br $l)) (local.get 0)))"
    )
    assert sql.run(endless, "wasm").status == "ok"
    execution = sql.start("SELECT forever(1.0)")
    assert sql.receive()["type"] == "started"
    time.sleep(0.2)
    sql.send({"type": "interrupt"})
    assert sql.wait(execution).status == "interrupted"
    assert sql.run("SELECT 1").ok.rows == [[1]]


def test_an_interrupt_is_for_the_cell_that_was_sent_last(sql):
    sql.give(t=pandas.DataFrame({"n": numpy.arange(20_000)}))
    view = "CREATE VIEW slow AS SELECT sum(a.n * b.n) AS s FROM t a, t b"
    assert sql.run(view).status == "ok"
    # It comes before the cell has begun: something else is at work.
    sql.send({"type": "export", "request": 9, "names": {"slow": sql.executions}, "common": True})
    execution = sql.start("SELECT sum(a.n * b.n * c.n) FROM t a, t b, t c")
    sql.send({"type": "interrupt"})
    assert sql.receive()["type"] == "exported"
    assert sql.wait(execution).status == "interrupted"
    # It comes when its cell is over.
    for _ in range(20):
        assert sql.run("SELECT 1").status == "ok"
        sql.send({"type": "interrupt"})
    assert sql.run("SELECT 1").ok.rows == [[1]]


def test_an_interrupt_ends_what_a_cell_writes_for_others(sql):
    sql.give(t=pandas.DataFrame({"n": numpy.arange(20_000)}))
    view = "CREATE VIEW slow AS SELECT sum(a.n * b.n * c.n) AS s FROM t a, t b, t c"
    execution = sql.start(view, exports=["slow"])
    assert sql.receive()["type"] == "started"
    time.sleep(0.5)
    sql.send({"type": "interrupt"})
    assert sql.wait(execution).status == "interrupted"
    assert sql.run("SELECT 1").ok.rows == [[1]]


def test_sigint_is_not_for_this_process(sql):
    sql.process.send_signal(signal.SIGINT)
    assert sql.run("SELECT 1").ok.rows == [[1]]


def test_editors_are_answered(sql):
    sql.give(ratings=pandas.DataFrame({"user": [1], "two words": [2]}))
    assert sql.run("SELECT * FROM ratings").status == "ok"
    answer = sql.ask("complete", code="SELECT us FROM ratings", cursor=9)
    assert (answer["start"], answer["end"]) == (7, 9)
    assert answer["items"][0]["text"] == "user"
    texts = [
        one["text"] for one in sql.ask("complete", code="SELECT x FROM rat", cursor=17)["items"]
    ]
    assert "ratings" in texts
    quoted = sql.ask("complete", code='SELECT "tw FROM ratings', cursor=10)
    assert quoted["type"] == "completions"
    found = sql.ask("inspect", code="SELECT * FROM ratings", cursor=16)
    assert found["found"] and "user: int64" in found["data"]["text/plain"]
    for code, status in [
        ("SELECT 1", "complete"),
        ("SELECT (1", "incomplete"),
        ("SELEC", "invalid"),
    ]:
        assert sql.ask("is_complete", code=code)["status"] == status, code


def test_requests_for_python_have_an_answer_too(sql):
    assert sql.ask("modules", names=["numpy"])["found"] == {}
    assert "numpy" in sql.ask("reload", modules=["numpy"])["refused"]


@pytest.mark.parametrize(
    "frame",
    [struct.pack("<I", 200 << 20), struct.pack("<I", 5) + b"nojso", struct.pack("<I", 2) + b"{}"],
)
def test_what_is_no_message_ends_the_process(sql, frame):
    sql.socket.sendall(frame)
    message = sql.receive()
    assert (message["type"], message["level"]) == ("log", "error")
    assert sql.process.wait(20) == 1


def test_it_ends_with_its_supervisor_and_leaves_nothing_behind(sql):
    assert sql.run("CREATE TABLE t AS SELECT 1 AS n").status == "ok"
    assert any(sql.values.glob("sql-*"))
    sql.socket.close()
    assert sql.process.wait(20) == 0
    assert not any(sql.values.glob("sql-*"))
    assert not any(sql.values.glob("tmp-*"))


def test_a_digest_is_that_of_the_file(sql):
    ran = sql.run("-- out: r\nSELECT 1 AS n", exports=["r"]).ok
    exported = ran.finished["exports"]["r"]
    data = (sql.values / exported["file"]).read_bytes()
    assert blake3_hex(data) == exported["digest"]
