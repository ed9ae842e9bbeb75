"""The client over real runs: objects, values, output, where things come from."""

from __future__ import annotations

import copy
import pickle
from datetime import datetime, timezone

import pytest

import flownote
from flownote import DataArtifact, Flow, Flownote, Run, Step, Task
from flownote.exceptions import MissingArtifact, NotFound, UsageError


@pytest.fixture(autouse=True)
def client(trained, monkeypatch):
    """Read the trained project's store as Ana."""
    monkeypatch.setenv("FLOWNOTE_USER", "ana")
    flownote.use_store(str(trained.store))
    flownote.default_namespace()
    yield
    flownote.use_store(None)


@pytest.fixture
def run():
    return Flow("Train").latest_successful_run


def test_a_store_has_flows_and_a_flow_has_runs_newest_first(trained):
    assert [flow.id for flow in Flownote()] == ["Train"]
    assert Flownote().flows == [Flow("Train")]
    flow = Flownote()["Train"]
    assert [run.id for run in flow] == trained.run_ids()[::-1]
    assert len(flow) == 2
    assert flow.latest_run.id == trained.run_ids()[1]
    assert flow.latest_successful_run.id == trained.run_ids()[0]
    assert [run.id for run in flow.runs("first")] == trained.run_ids()[:1]
    assert list(flow.runs("first", "none")) == []


def test_many_runs_come_in_pages(trained):
    """Pages grow; none is lost or doubled between two."""
    flow = Flow("Train")
    found = list(flow._runs((), page=1))
    assert [run.id for run in found] == trained.run_ids()[::-1]


def test_a_run_tells_how_it_stands(trained, run):
    assert (run.successful, run.finished, run.status) == (True, True, "succeeded")
    assert run.created_at.tzinfo is timezone.utc or run.created_at.utcoffset().seconds == 0
    assert run.created_at < run.finished_at <= datetime.now(timezone.utc)
    assert run.user == "ana"
    assert run.parent == Flow("Train")
    assert run.pathspec == f"Train/{trained.run_ids()[0]}"
    assert run.path_components == ["Train", trained.run_ids()[0]]
    failed = Flow("Train").latest_run
    assert (failed.successful, failed.finished, failed.data, failed.end_task) == (
        False, True, None, None,
    )  # fmt: skip


def test_steps_tasks_and_values_are_found_by_the_parts_of_their_pathspec(run):
    assert [step.id for step in run] == ["start", "train", "join", "end"]
    assert [step.id for step in Flow("Train").latest_run] == ["start", "train"]
    assert [task.id for task in run["train"]] == ["0", "1", "2"]
    assert len(run["train"]) == 3
    assert run["train/1"] == run["train"]["1"] == run[f"{run.pathspec}/train/1"]
    assert run["train/1/score"].data == 1.0
    assert Flownote()[f"{run.pathspec}/train/2/score"].data == 1.5
    assert Step(f"{run.pathspec}/train").task.id == "0"
    assert Task(f"{run.pathspec}/train/1").data.score == 1.0
    assert DataArtifact(f"{run.pathspec}/end/0/total").data == 3.0
    assert Run("Train/latest") == Flow("Train").latest_run
    assert Run(f"Train/{run.id[-6:]}") == run
    assert "train" in run and "nope" not in run
    assert "total" in run["end"].task and "nope" not in run["end"].task
    with pytest.raises(KeyError, match="no step `nope`"):
        run["nope"]


@pytest.mark.parametrize(
    ("make", "error", "message", "hint"),
    [
        (lambda: Flow("Trian"), NotFound, "there is no flow or run `Trian`", "`Train`?"),
        (lambda: Run("Train/zzz"), NotFound, "flow `Train` has no run `zzz`", "its newest is"),
        (lambda: Run("Train"), UsageError, "`Train` is no pathspec of a Run", "`Flow/run`"),
        (lambda: Step("Train/latest/end"), NotFound, "step `end` of run", "how the run stands"),
        (lambda: Task("Train/latest/train/9"), NotFound, "has no task `9`", "its tasks are `0`"),
        (
            lambda: DataArtifact("Train/latest/train/0/x"),
            NotFound,
            "has no artifact `x`",
            "alpha, fail, items, score",
        ),
    ],
)
def test_what_is_not_there_is_said(make, error, message, hint):
    with pytest.raises(error) as raised:
        make()
    assert message in raised.value.message
    assert hint in raised.value.hint


def test_values_are_attributes_and_load_when_asked_for(run):
    data = run.data
    assert (data.total, data.label, data.table) == (
        3.0, "first\nsecond", {"a": [1, 2], "pair": (1, 2)},
    )  # fmt: skip
    assert (data.raw, data.long, repr(data.error)) == (b"\x00\xff", "x" * 10_000, "KeyError('k')")
    assert data.alpha == 0.5
    assert data.table is data.table
    assert "total" in data and "nope" not in data
    assert {"total", "label"} <= set(dir(data))
    with pytest.raises(MissingArtifact, match="no artifact `nope`"):
        data.nope  # noqa: B018
    assert not hasattr(data, "nope")
    copy.copy(data)


def test_artifacts_are_described_without_loading(run, monkeypatch):
    monkeypatch.setattr(pickle, "loads", lambda *_, **__: pytest.fail("a pickle was loaded"))
    task = run.end_task
    names = [artifact.id for artifact in task]
    assert names == ["alpha", "error", "fail", "label", "long", "raw", "table", "total"]
    error = task.artifacts.error
    assert (error.type, error.codec, error.preview) == ("KeyError", "pickle", "KeyError('k')")
    assert (error.producer, error.parent, error.size) == ("join/0.0", task, 44)
    assert error.finished_at == run["join"].task.finished_at
    assert task.artifacts.alpha.producer is None
    assert len(task.artifacts) == 8
    for shown in (Flownote(), Flow("Train"), run, run["train"], task, error, run.data):
        assert shown.__repr__()
        assert "<table>" in shown._repr_html_()


def test_html_is_escaped(project):
    (project.folder / "flow.py").write_text(
        "from flownote import FlowSpec, step\n"
        "class Odd(FlowSpec):\n"
        "    @step\n"
        "    def start(self):\n"
        "        self.x = '<script>alert(1)</script>'\n"
        "        self.next(self.end)\n"
        "    @step\n"
        "    def end(self):\n"
        "        raise ValueError('<img src=x onerror=alert(1)>')\n"
    )
    assert project.shell("run flow.py --quiet").code == 1
    run = Run("Odd/latest", store=str(project.store))
    for shown in (run["start"].task, run["end"].task, run["start/0/x"], run):
        html = shown._repr_html_()
        assert "<script" not in html and "<img" not in html


def test_what_a_task_printed(run):
    start = run["start"].task
    assert (start.stdout, start.stderr) == ("loading\n", "careful\n")
    assert (start.stdout_size, start.stderr_size) == (8, 8)
    assert run.end_task.stdout == "no line end"
    lines = list(start.loglines("stdout"))
    assert [line for _, line in lines] == ["loading"]
    assert start.created_at <= lines[0][0] <= start.finished_at
    assert [line for _, line in run.end_task.loglines("stdout", as_unicode=False)] == [
        b"no line end"
    ]
    retried = Task("Train/latest/train/1")
    assert retried.current_attempt == 1
    assert Task("Train/latest/train/1", attempt=0).stdout == "training bb\n"
    assert Task("Train/latest/train/1", attempt=0).current_attempt == 0


def test_where_a_task_comes_from_and_goes(run):
    train = run["train/1"]
    assert [task.pathspec for task in train.parent_tasks] == [f"{run.pathspec}/start/0"]
    assert list(train.child_tasks) == [run["join"].task]
    join = run["join"].task
    assert [task.id for task in join.parent_tasks] == ["0", "1", "2"]
    assert list(join.parent_task_pathspecs)[2] == f"{run.pathspec}/train/2"
    assert list(join.child_task_pathspecs) == [f"{run.pathspec}/end/0"]
    assert list(run["start"].task.parent_tasks) == list(run.end_task.child_tasks) == []
    assert (train.index, join.index) == (1, None)


def test_why_a_task_failed():
    task = Task("Train/latest/train/1")
    assert (task.successful, task.finished, task.status) == (False, True, "failed")
    assert (task.exception.type, task.exception.message) == (
        "ValueError", "ValueError: bb is bad",
    )  # fmt: skip
    assert 'raise ValueError("bb is bad")' in task.exception.traceback
    assert [attempt["status"] for attempt in task.attempts] == ["failed", "failed"]
    assert task.metadata_dict["host"]
    assert Task("Train/latest/train/0").exception is None


def test_what_a_run_was_started_with(trained, run):
    assert run.parameters == {"alpha": 0.5, "fail": False}
    assert run.code.flowspec == (trained.folder / "flow.py").read_text()
    assert list(run.code) == ["flow.py"]
    assert run.end_task.code.script_name == "flow.py"
    assert run.environment["python"] == run.end_task.environment["python"]


def test_runs_are_a_table(trained):
    pandas = pytest.importorskip("pandas")
    frame = Flow("Train").runs_frame(["alpha", "total"])
    assert list(frame.index) == trained.run_ids()[::-1]
    assert list(frame.columns) == [
        "status", "created_at", "finished_at", "user", "alpha", "total",
    ]  # fmt: skip
    assert frame.loc[trained.run_ids()[0], "total"] == 3.0
    assert pandas.isna(frame.loc[trained.run_ids()[1], "total"])
    assert {"label", "fail"} <= set(Flow("Train").runs_frame().columns)


def test_runs_are_a_list_where_pandas_is_not_installed(trained, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    rows = Flow("Train").runs_frame(["total"])
    assert [(row["run"], row["total"]) for row in rows] == [
        (trained.run_ids()[1], None), (trained.run_ids()[0], 3.0),
    ]  # fmt: skip


def test_objects_are_equal_by_place_and_can_be_pickled(trained, project, run):
    task = run["train/1"]
    again = pickle.loads(pickle.dumps(task))
    assert again == task and again.data.score == 1.0
    assert len({task, again, run["train/2"]}) == 2
    assert project.shell("run flow.py --quiet").code == 0
    elsewhere = Flow("Train", store=str(project.store))
    assert elsewhere != Flow("Train")
    assert elsewhere.latest_run.store == str(project.store)
