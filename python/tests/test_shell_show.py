"""`flownote show`: a run, a step, a task, an artifact, a flow; and what names mean."""

from __future__ import annotations

import json

import pytest

import flownote
from flownote import Run


def test_an_empty_store_says_how_to_begin(project):
    shown = project.shell("show")
    assert shown.code == 0
    assert shown.err == (
        "No runs in <store> yet.\nStart one: flownote demo, or flownote run flow.py\n"
    )
    named = project.shell("show latest")
    assert named.code == 5
    assert named.err == (
        "error: there are no runs in the store <store> yet\n"
        "hint: start one: `flownote demo`, or `flownote run flow.py`\n"
    )


def test_a_run_that_succeeded(trained):
    shown = trained.shell(f"show {trained.run_ids()[0]}")
    assert shown.code == 0
    assert shown.lines() == [
        "Train/<run>  ✓ succeeded in <s>",
        "started  <time> by ana on <host>",
        "file  flow.py:7",
        "tags  first",
        "",
        "parameters",
        "alpha  0.5",
        "fail  False",
        "",
        "STEP  TASKS  TOOK  CPU  MEMORY",
        "✓  start  1 done  <s>  <s>  <mem>",
        "✓  train  3 done  <s>  <s>  <mem>",
        "✓  join  1 done  <s>  <s>  <mem>",
        "✓  end  1 done  <s>  <s>  <mem>",
        "",
        "next:",
        "flownote artifacts <id>  # the values it ended with",
        "flownote logs <id>  # what its tasks printed",
    ]


def test_a_run_that_failed_tells_why_and_what_to_type(trained):
    shown = trained.shell("show")
    assert shown.lines()[9:] == [
        "✓  start  1 done  <s>  <s>  <mem>",
        "✕  train  2 done, 1 failed, 1 retry  <s>  <s>  <mem>",
        "·  join  not started",
        "·  end  not started",
        "",
        "✕ failed train/1 after 2 attempts",
        "ValueError: bb is bad",
        "",
        "next:",
        "flownote show <id>/train/1  # the traceback and what it saw",
        "flownote logs <id>/train/1  # what it printed",
        "flownote open <id>/train/1 --script  # the step as a script to try",
        "flownote resume flow.py --origin-run-id <id>  # a new run that keeps what is still valid",
    ]


def test_a_step_lists_its_tasks(trained):
    assert trained.shell("show latest/train").lines() == [
        "Train/<run>/train",
        "",
        "TASK  STATUS  STARTED  TOOK  ATTEMPTS",
        "0  ✓ succeeded  <time>  <s>  1",
        "1  ✕ failed  <time>  <s>  2",
        "2  ✓ succeeded  <time>  <s>  1",
    ]


def test_a_task_shows_attempts_traceback_and_origin(trained):
    shown = trained.shell("show latest/train/1")
    assert shown.lines()[:7] == [
        "Train/<run>/train/1  ✕ failed in <s>",
        "after  start/0",
        "foreach  item 1 of 3 of `start`",
        "printed  12 B to stdout, 0 B to stderr",
        "",
        "ATTEMPT  STATUS  STARTED  TOOK  CPU  MEMORY  HOST",
        "0  ✕ failed  <time>  <s>  <s>  <mem>  <host>",
    ]
    assert 'raise ValueError("bb is bad")' in shown.lines()
    assert shown.lines()[-1] == "flownote logs Train/<run>/train/1  # what it printed"


def test_an_artifact_is_shown_without_loading_it(trained):
    run = trained.run_ids()[0]
    assert trained.shell(f"show {run}/end/0/table").lines() == [
        "Train/<run>/end/0/table",
        "type  dict",
        "preview  {'a': [1, 2], 'pair': (1, 2)}",
        "codec  json",
        "size  42 B",
        "digest  <digest>",
        "from  join/0.0",
        "",
        "next:",
        "flownote dump Train/<run>/end/0/table  # the value",
    ]


def test_a_flow_shows_its_structure(trained):
    shown = trained.shell("show flow.py")
    assert shown.lines() == [
        "Train  flow.py:7",
        "Trains three models and adds up their scores.",
        "",
        "PARAMETER  TYPE  DEFAULT  MEANING",
        "alpha  float  0.5  the weight",
        "fail  bool  false",
        "",
        "STEP  THEN  WITH  MEANING",
        "start  for each of `items`: train  Loads.",
        "train  join  @retry",
        "join  joins `start`, end",
        "end",
        "",
        "next:",
        "flownote run flow.py  # run it",
        "flownote graph flow.py  # its graph",
    ]


def test_a_flow_file_says_whose_runs_are_meant(trained):
    of_file = trained.shell("show flow.py latest")
    assert of_file.code == 0
    assert of_file.out == trained.shell("show Train").out == trained.shell("show latest").out


@pytest.mark.parametrize(
    "text", ["latest", "Train", "Train/latest", "{run}", "Train/{run}", "{end}", "{front}"]
)
def test_a_run_has_many_names(trained, text):
    run = trained.run_ids()[1]
    text = text.format(run=run, end=run[-6:], front=run[:-1])
    assert json.loads(trained.shell(f"show {text} --json").raw)["run"] == run


@pytest.mark.parametrize(
    ("text", "code", "error"),
    [
        (
            "Trian",
            5,
            "error: there is no flow or run `Trian` in the store <store>\n"
            "hint: did you mean `Train`?\n",
        ),
        (
            "Train/zzz",
            5,
            "error: flow `Train` has no run `zzz`\n"
            "hint: its newest is `<run>`; `flownote runs Train` lists all\n",
        ),
        (
            "2",
            5,
            "error: `2` fits 2 runs\nhint: give more of the id: `Train/<run>` and `Train/<run>`\n",
        ),
        (
            "latest/trian",
            5,
            "error: run `Train/<run>` has no step `trian`\nhint: did you mean `train`?\n",
        ),
        (
            "latest/train/7",
            5,
            "error: step `train` of run `Train/<run>` has no task `7`\n"
            "hint: its tasks are `0`, `1` and `2`\n",
        ),
        (
            "latest//x",
            2,
            "error: the pathspec `latest//x` has an empty part\n"
            "hint: write `Flow/run/step/task/artifact`, or leave out parts from the right\n",
        ),
    ],
)
def test_a_wrong_name_is_explained(trained, text, code, error):
    shown = trained.shell(f"show {text}")
    assert (shown.code, shown.out, shown.err) == (code, "", error)


def test_reused_results_are_told_from_computed_ones(project):
    assert project.shell("run flow.py --quiet --fail").code == 1
    flow = project.folder / "flow.py"
    flow.write_text(flow.read_text().replace('raise ValueError("bb is bad")', "pass"))
    resumed = project.shell("resume flow.py --quiet")
    assert resumed.code == 0, resumed.err
    shown = project.shell("show").lines()
    assert shown[0] == "Train/<run>  ✓ succeeded in <s>"
    assert "origin  <run>" in shown
    assert any(line.startswith("◆  start  1 reused  ") for line in shown)
    assert any(line.startswith("✓  train  3 done  ") for line in shown)
    start = project.shell("show latest/start").lines()
    assert start[1] == "reused from  Train/<run>/start/0 by ana, <time>"
    flownote.namespace(None)
    task = Run("Train/latest", store=str(project.store))["start"].task
    assert task.cached_from == f"Train/{project.run_ids()[0]}/start/0"
    assert Run("Train/latest", store=str(project.store)).origin_run_id == project.run_ids()[0]
    flownote.default_namespace()
