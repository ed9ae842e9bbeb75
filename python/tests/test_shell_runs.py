"""`flownote runs`: listed, filtered, sorted, paged."""

from __future__ import annotations

import json

HEAD = "RUN  STATUS  STARTED  TOOK  USER  TAGS"
FAILED = "<run>  ✕ failed  <time>  <s>  ana"
SUCCEEDED = "<run>  ✓ succeeded  <time>  <s>  ana  first"


def test_the_newest_comes_first(trained):
    assert trained.shell("runs").lines() == [HEAD, FAILED, SUCCEEDED]
    assert trained.shell("runs Train --status succeeded").lines() == [HEAD, SUCCEEDED]
    assert trained.shell("runs --tag first --user ana").lines() == [HEAD, SUCCEEDED]
    assert trained.shell("runs flow.py --status failed").lines() == [HEAD, FAILED]


def test_parameters_and_metrics_are_columns(trained):
    table = trained.shell("runs Train --columns alpha,total,label --sort total").lines()
    assert table == [
        f"{HEAD}  alpha  total  label",
        f"{SUCCEEDED}  0.5  3.0  first\\nsecond",
        f"{FAILED}  0.25  –  –",
    ]
    by_alpha = trained.shell("runs --columns alpha --sort alpha").lines()
    assert [line.split()[-1] for line in by_alpha[1:]] == ["0.25", "0.5"]
    by_alpha = trained.shell("runs --columns alpha --sort -alpha").lines()
    assert [line.split()[-1] for line in by_alpha[1:]] == ["0.5", "0.25"]


def test_pages(trained):
    first = trained.shell("runs --limit 1")
    assert (first.lines()[1:], first.err) == ([FAILED], "more: --page 2\n")
    second = trained.shell("runs --limit 1 --page 2")
    assert (second.lines()[1:], second.err) == ([SUCCEEDED], "")
    beyond = trained.shell("runs --limit 1 --page 99")
    assert (beyond.out, beyond.err) == ("", "No page 99: there are 2 runs. The last is --page 2\n")


def test_json_has_what_the_table_has(trained):
    rows = json.loads(trained.shell("runs --columns total --json").raw)
    assert [row["run"] for row in rows] == trained.run_ids()[::-1]
    assert rows[1]["parameters"] == {"alpha": 0.5, "fail": False}
    assert rows[1]["metrics"]["total"] == 3.0


def test_nothing_is_said_kindly(project, trained):
    assert project.shell("runs").err.startswith("No runs in <store> yet.\nStart one: ")
    assert json.loads(project.shell("runs --json").raw) == []
    nobody = trained.shell("runs --user bob")
    assert (nobody.code, nobody.out) == (0, "")
    assert nobody.err == "No such runs. `flownote runs` without options lists all.\n"


def test_of_many_names_the_first_are_told(project):
    many = "\n".join(f"        self.value_{number:02} = {number}" for number in range(40))
    flow = (
        "from flownote import FlowSpec, step\n\n\nclass Many(FlowSpec):\n"
        "    @step\n    def start(self):\n"
        f"{many}\n        self.next(self.end)\n\n    @step\n    def end(self):\n        pass\n"
    )
    (project.folder / "many.py").write_text(flow)
    assert project.shell("run many.py").code == 0
    column = project.shell("runs Many --columns nothing")
    assert column.err.splitlines()[1].endswith("value_07 and 32 more")


def test_wrong_names_are_explained(trained):
    flow = trained.shell("runs Trian")
    assert (flow.code, flow.err) == (
        5,
        "error: there is no flow `Trian` in the store <store>\nhint: did you mean `Train`?\n",
    )
    column = trained.shell("runs --columns totl")
    assert (column.code, column.err) == (
        5,
        "error: no run has a parameter or metric `totl`\nhint: did you mean `total`?\n",
    )
