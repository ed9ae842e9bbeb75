"""`artifacts`, `dump` and `logs`: what tasks made and printed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


def test_artifacts_are_listed_with_preview_and_producer(trained):
    run = trained.run_ids()[0]
    listed = trained.shell(f"artifacts {run}")
    assert listed.lines() == [
        "NAME  TYPE  SIZE  PREVIEW  FROM",
        "alpha  float  3 B  0.5  parameter",
        "error  KeyError  44 B  KeyError('k')  join/0.0",
        "fail  bool  5 B  False  parameter",
        "label  str  12 B  first\\nsecond  join/0.0",
        f"long  str  10 kB  {'x' * 119}…  join/0.0",
        "raw  bytes  2 B  b'\\x00\\xff'  join/0.0",
        "table  dict  42 B  {'a': [1, 2], 'pair': (1, 2)}  join/0.0",
        "total  float  3 B  3.0  join/0.0",
    ]
    one = json.loads(trained.shell(f"artifacts {run}/join/0/total --json").raw)
    assert [(a["name"], a["origin"], a["record"]["inline"]) for a in one] == [
        ("total", "own", "3.0")
    ]


def test_a_value_is_printed_as_python_writes_it(trained):
    run = trained.run_ids()[0]
    for name, printed in [
        ("total", "3.0\n"),
        ("label", "first\nsecond\n"),
        ("table", "{'a': [1, 2], 'pair': (1, 2)}\n"),
        ("error", "KeyError('k')\n"),
        ("fail", "False\n"),
    ]:
        assert trained.shell(f"dump {run}/end/0/{name}").raw == printed


def test_a_task_shows_all_its_values_and_loads_no_pickle(trained):
    shown = trained.shell(f"dump {trained.run_ids()[0]}/join")
    assert shown.raw.splitlines() == [
        "alpha = 0.5",
        "error = <KeyError: KeyError('k')>",
        "fail = False",
        "label = 'first\\nsecond'",
        f"long = <str: {'x' * 119}…>",
        "raw = b'\\x00\\xff'",
        "table = {'a': [1, 2], 'pair': (1, 2)}",
        "total = 3.0",
    ]


def test_json(trained):
    run = trained.run_ids()[0]
    assert json.loads(trained.shell(f"dump {run}/join/table --json").raw) == {
        "a": [1, 2], "pair": [1, 2],
    }  # fmt: skip
    refused = trained.shell(f"dump {run}/join/raw --json")
    assert refused.code == 2
    assert refused.err == (
        "error: `raw` holds a value of type `bytes`, which JSON can't say\n"
        "hint: leave out --json to see it as Python writes it, or use --output FILE\n"
    )


def test_bytes_are_written_to_a_file(trained, tmp_path):
    run = trained.run_ids()[0]
    for name, expected in [("raw", b"\x00\xff"), ("long", b"x" * 10_000)]:
        file = tmp_path / name
        assert trained.shell(f"dump {run}/end/{name} --output {file}").code == 0
        assert file.read_bytes() == expected
        file.write_bytes(b"a file of one's own")


def test_dump_says_what_is_missing(trained):
    run = trained.run_ids()[0]
    wrong = trained.shell(f"dump {run}/join/lable")
    assert (wrong.code, wrong.err) == (
        5,
        "error: task `Train/<run>/join/0` has no artifact `lable`\nhint: did you mean `label`?\n",
    )
    which = trained.shell(f"dump {run}/train/score")
    assert (which.code, which.err) == (
        5,
        "error: step `train` of run `Train/<run>` has 3 tasks\n"
        "hint: name one: `Train/<run>/train/0`, `Train/<run>/train/1` and `Train/<run>/train/2`\n",
    )
    unfinished = trained.shell("dump latest")
    assert unfinished.err.startswith("error: run `Train/<run>` has no result of its `end` step\n")


def test_a_tasks_output_is_printed_as_it_was(trained):
    run = trained.run_ids()[0]
    start = trained.shell(f"logs {run}/start/0")
    assert (start.raw, start.raw_err) == ("loading\n", "careful\n")
    assert trained.shell(f"logs {run}/start/0 --stderr").raw == "careful\n"
    assert trained.shell(f"logs {run}/end/0").raw == "no line end"
    silent = trained.shell(f"logs {run}/join/0")
    assert (silent.raw, silent.err) == ("", "Train/<run>/join/0 printed nothing\n")


def test_lines_of_several_tasks_say_whose_they_are(trained):
    shown = trained.shell("logs latest")
    assert shown.lines() == [
        "[start/0] loading",
        "[train/0] training a",
        "[train/1] training bb",
        "[train/1.1] training bb",
        "[train/2] training ccc",
    ]
    assert shown.err == "[start/0] careful\n"
    second = trained.shell("logs latest/train/1 --attempt 1 --timestamps")
    assert second.lines() == ["<time> training bb"]


def test_following_ends_with_the_run(project):
    (project.folder / "slow.py").write_text(
        "import time\n"
        "from flownote import FlowSpec, step\n"
        "class Slow(FlowSpec):\n"
        "    @step\n"
        "    def start(self):\n"
        "        for i in range(4):\n"
        "            print('tick', i, flush=True)\n"
        "            time.sleep(1)\n"
        "        self.next(self.end)\n"
        "    @step\n"
        "    def end(self):\n"
        "        print('over')\n"
    )
    command = [sys.executable, "-m", "flownote", "run", "slow.py", "--run-id-file", "id"]
    run = subprocess.Popen(
        command, cwd=project.folder, env=project.env,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert run.stdout.readline() == b"[start/0] tick 0\n"
        shown = project.shell("show")
        assert shown.lines()[0] == "Slow/<run>  ● running for <s>"
        assert shown.lines()[-1] == "flownote logs <id> --follow  # watch what it prints"
        followed = project.shell("logs latest --follow")
        assert run.wait() == 0
    finally:
        run.kill()
    ticks = [f"[start/0] tick {i}" for i in range(4)]
    assert (followed.code, followed.lines()) == (0, [*ticks, "[end/0] over"])


def test_a_table_is_written_as_its_file_is_named(project):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    (project.folder / "flow.py").write_text(
        "import pandas\nfrom flownote import FlowSpec, step\n\n\n"
        "class Table(FlowSpec):\n    @step\n    def start(self):\n"
        "        self.frame = pandas.DataFrame({'x': [1, 2]})\n        self.next(self.end)\n\n"
        "    @step\n    def end(self):\n        pass\n"
    )
    assert project.shell("run flow.py --quiet").code == 0
    for name, read in (("x.parquet", pandas.read_parquet), ("x.csv", pandas.read_csv)):
        written = project.shell(f"dump latest/end/frame --output {name}")
        assert written.code == 0, written.err
        assert f"/frame to {name}" in written.err
        assert read(project.folder / name).x.to_list() == [1, 2]
    project.shell("dump latest/end/frame --output x.arrow")
    assert (project.folder / "x.arrow").read_bytes().startswith(b"ARROW1")
