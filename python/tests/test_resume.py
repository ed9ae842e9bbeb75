"""`flownote resume`: what is taken, what runs again and why, as a user meets it."""

from __future__ import annotations

import json

import pytest
from shell_project import Project

HELPER = "def clean(x):\n    return x + 1\n\n\ndef unused():\n    return 1\n"
FLOW = """\
from flownote import FlowSpec, Parameter, current, step

import helper


class Fit(FlowSpec):
    alpha = Parameter("alpha", default=0.5)
    names = Parameter("names", default="a,bb,ccc")

    @step
    def start(self):
        self.items = self.names.split(",")
        self.next(self.fit, foreach="items")

    @step
    def fit(self):
        self.score = helper.clean(len(self.input))
        self.next(self.join)

    @step
    def join(self, inputs):
        self.total = sum(one.score for one in inputs)
        self.next(self.left, self.right)

    @step
    def left(self):
        self.half = self.total / 2
        self.next(self.both)

    @step
    def right(self):
        self.weighted = self.total * self.alpha
        self.next(self.both)

    @step
    def both(self, inputs):
        self.merge_artifacts(inputs)
        self.next(self.end)

    @step
    def end(self):
        self.result = self.half + self.weighted
"""


@pytest.fixture
def fitted(tmp_path):
    """A project in which `Fit` ran once."""
    project = Project(tmp_path)
    write(project, "flow.py", FLOW)
    write(project, "helper.py", HELPER)
    ran = project.shell("run flow.py --quiet")
    assert ran.code == 0, ran.err
    return project


def write(project, name, text):
    (project.folder / name).write_text(text)


def edit(project, name, old, new):
    text = (project.folder / name).read_text()
    assert old in text
    write(project, name, text.replace(old, new))


def resume(project, more=""):
    """Resume, and return what was reused and why the rest ran: task → reason."""
    done = project.shell(f"resume flow.py --json {more}")
    assert done.code == 0, done.err
    events = [json.loads(line) for line in done.raw.splitlines()]
    reused, why = set(), {}
    for event in events:
        if event["event"] == "attempt_finished" and event.get("reused"):
            reused.add(f"{event['step']}/{event['task']}")
        if event["event"] == "not_reused":
            why[f"{event['step']}/{event['task']}"] = event["why"]
    return reused, why


ALL = {"start/0", "fit/0", "fit/1", "fit/2", "join/0", "left/0", "right/0", "both/0", "end/0"}


def test_nothing_changed_nothing_runs(fitted):
    assert resume(fitted) == (ALL, {})
    # A resume of a resume names the task that computed.
    resume(fitted)
    shown = json.loads(fitted.shell("show latest/fit/1 --json").raw)
    assert shown["reused"]["pathspec"] == f"Fit/{fitted.run_ids()[0]}/fit/1"
    assert shown["reused"]["user"] == "ana"


def test_an_edited_helper_runs_what_reaches_it_and_says_where(fitted):
    edit(fitted, "helper.py", "return 1", "return 2")
    assert resume(fitted) == (ALL, {}), "nobody reaches it"
    edit(fitted, "helper.py", "x + 1", "x + 2")
    reused, why = resume(fitted)
    assert reused == {"start/0"}
    changed = "code changed in `clean` (helper.py:1)"
    assert why == {
        **{f"fit/{item}": changed for item in range(3)},
        "join/0": "after `fit`: `score` changed",
        "left/0": "after `join`: `total` changed",
        "right/0": "after `join`: `total` changed",
        "both/0": why["both/0"],
        "end/0": why["end/0"],
    }
    assert fitted.shell("dump latest/end/0/result").out.strip() == "12.0"


def test_an_edit_that_changes_no_result_stops_there(fitted):
    edit(fitted, "helper.py", "return x + 1", "return 1 + x")
    reused, why = resume(fitted)
    assert reused == ALL - {"fit/0", "fit/1", "fit/2"}
    assert set(why) == {"fit/0", "fit/1", "fit/2"}


def test_trust_code_takes_results_of_other_code(fitted):
    edit(fitted, "helper.py", "x + 1", "x + 2")
    assert resume(fitted, "--trust-code") == (ALL, {})


@pytest.mark.parametrize("given", ["--alpha 0.3", "--param alpha=0.3", "--alpha=0.3"])
def test_a_new_parameter_runs_what_read_it(fitted, given):
    reused, why = resume(fitted, given)
    assert why["right/0"] == "parameter `alpha` changed: 0.5 → 0.3"
    assert {"start/0", "fit/0", "join/0", "left/0"} <= reused
    assert not {"right/0", "both/0", "end/0"} & reused
    # The parameters of the origin stay unless they are given.
    assert resume(fitted) == (ALL, {})
    assert json.loads(fitted.shell("show latest --json").raw)["parameters"]["alpha"] == "0.3"


def test_a_step_that_is_named_runs_again(fitted):
    reused, why = resume(fitted, "left")
    assert (reused, why) == (ALL - {"left/0"}, {"left/0": "as asked"})
    wrong = fitted.shell("resume flow.py lfet")
    assert wrong.code != 0
    assert "has no step `lfet`" in wrong.err


@pytest.mark.parametrize(
    ("names", "again"),
    [
        ("z,a,bb,ccc", {"fit/0"}),
        ("a,bb,z,ccc", {"fit/2"}),
        ("ccc,a,bb", set()),
        ("a,ccc", set()),
        ("a,a,bb,ccc", {"fit/1"}),
    ],
)
def test_items_are_known_by_content_wherever_they_stand(fitted, names, again):
    reused, why = resume(fitted, f"--names {names}")
    tasks = {f"fit/{place}" for place in range(len(names.split(",")))}
    assert why["start/0"].startswith("parameter `names` changed")
    assert {task for task in tasks if task in why} == again
    assert tasks - again <= reused
    assert "join/0" in why
    total = sum(len(name) + 1 for name in names.split(","))
    assert fitted.shell("dump latest/join/0/total").out.strip() == str(total)
    new = [why[task] for task in again]
    assert new in ([], ["the item is new"])


def test_an_item_that_reads_its_place_runs_when_it_moves(fitted):
    edit(fitted, "flow.py", "len(self.input))", "len(self.input) + self.index)")
    assert fitted.shell("run flow.py --quiet").code == 0
    _, why = resume(fitted, "--names a,ccc,bb")
    assert "fit/0" not in why
    assert why["fit/1"] == why["fit/2"] == "the item's place in its foreach changed"


NESTED = """\
from flownote import FlowSpec, Parameter, step


class Nested(FlowSpec):
    rows = Parameter("rows", default="ab|cd")

    @step
    def start(self):
        self.outer = self.rows.split("|")
        self.next(self.split, foreach="outer")

    @step
    def split(self):
        self.inner = list(self.input)
        self.next(self.work, foreach="inner")

    @step
    def work(self):
        self.value = self.input.upper()
        self.next(self.row)

    @step
    def row(self, inputs):
        self.word = "".join(one.value for one in inputs)
        self.next(self.table)

    @step
    def table(self, inputs):
        self.words = [one.word for one in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass
"""


def test_items_within_items(project):
    write(project, "flow.py", NESTED)
    assert project.shell("run flow.py --quiet").code == 0
    reused, why = resume(project, "--rows ef|ab|cxd")
    assert {"split/1", "work/1-0", "work/1-1", "row/1"} <= reused, "the row moved"
    assert {"split/0", "split/2", "work/0-0", "work/2-1"} <= set(why)
    assert project.shell("dump latest/table/0/words").out.strip() == "['EF', 'AB', 'CXD']"


def test_a_failed_run_goes_on_where_it_failed(fitted):
    edit(fitted, "flow.py", "self.half + self.weighted", "1 / 0")
    assert fitted.shell("run flow.py --quiet").code == 1
    edit(fitted, "flow.py", "1 / 0", "self.half * 2")
    reused, why = resume(fitted)
    assert (reused, why) == (ALL - {"end/0"}, {"end/0": "not finished in the origin run"})


def test_the_origin_may_be_named(fitted):
    first = fitted.run_ids()[0]
    edit(fitted, "helper.py", "x + 1", "x + 2")
    assert fitted.shell("run flow.py --quiet").code == 0
    edit(fitted, "helper.py", "x + 2", "x + 1")
    assert resume(fitted, f"--origin-run-id {first[-6:]}") == (ALL, {})
    shown = fitted.shell("show").raw
    assert f"origin   {first}" in shown
    assert "◆  fit    3 reused" in shown


def test_client_and_current_know_the_origin(fitted):
    edit(fitted, "flow.py", "self.half + self.weighted", "current.origin_run_id or 'none'")
    resume(fitted)
    origin, run = fitted.run_ids()
    assert fitted.shell("dump latest/end/0/result").raw.strip() == origin
    write(
        fitted,
        "look.py",
        "from flownote.client import Run\n"
        "run = Run('Fit/latest')\n"
        "print(run.origin_run_id, run['left'].task.cached_from, run['left'].task.origin_pathspec,"
        " run['end'].task.cached_from)\n",
    )
    said = fitted.python("look.py").raw.split()
    assert said == [origin, f"Fit/{origin}/left/0", f"Fit/{origin}/left/0", "None"]
    assert run != origin


def test_without_an_earlier_run_it_says_what_to_type(project):
    nothing = project.shell("resume flow.py")
    assert (nothing.code, nothing.err) == (
        5,
        "error: there is no earlier run of `Train` in the store <store> to resume from\n"
        "hint: run it first: `flownote run flow.py`\n",
    )
    wrong = project.shell("resume flow.py --param alpha")
    assert wrong.code == 2
    assert "--param NAME=VALUE" in wrong.err


def test_both_ways_to_go_on_are_explained_side_by_side(project):
    for verb in ("run", "resume"):
        said = project.shell(f"{verb} --help").out
        assert "Two ways to go on:" in said
        assert "run FLOW --continue RUN  the SAME run" in said
        assert "a NEW run" in said


def test_a_large_foreach_says_each_reason_once(fitted):
    names = ",".join(f"n{number}" for number in range(20))
    assert fitted.shell(f"run flow.py --quiet --names {names}").code == 0
    edit(fitted, "helper.py", "x + 1", "x + 2")
    said = fitted.shell("resume flow.py").err.splitlines()
    about = [line for line in said if line.startswith("▸ fit")]
    assert about == [about[0], "▸ fit: 20 of 20 run: code changed in `clean` (helper.py:1)"]
    again = fitted.shell("resume flow.py").err.splitlines()
    about = [line for line in again if line.startswith("◆ fit")]
    assert about[1:] == ["◆ fit: 20 of 20 reused"]


def test_until_runs_what_leads_to_a_step_and_ends(fitted):
    edit(fitted, "helper.py", "x + 1", "x + 2")
    reused, why = resume(fitted, "--until right")
    assert (reused, set(why)) == ({"start/0"}, {"fit/0", "fit/1", "fit/2", "join/0", "right/0"})
    shown = fitted.shell("show").raw
    assert "succeeded" in shown
    assert "until    right" in shown
    write(
        fitted,
        "look.py",
        "from flownote.client import Flow\n"
        "flow = Flow('Fit')\n"
        "steps = [step.id for step in flow.latest_run]\n"
        "print(flow.latest_run.id, flow.latest_successful_run.id, *steps)\n",
    )
    first, partial = fitted.run_ids()
    # A run that didn't go to its end isn't where consumers look for results.
    assert fitted.python("look.py").raw.split() == [partial, first, "start", "fit", "join", "right"]
    reused, why = resume(fitted)
    assert set(why) == {"left/0", "both/0", "end/0"}
    wrong = fitted.shell("run flow.py --until nosuch")
    assert wrong.code != 0
    assert "has no step `nosuch`" in wrong.err


def test_a_misspelt_step_is_guessed(fitted):
    done = fitted.shell("resume flow.py lefft")
    assert (done.code, done.err) == (
        2,
        "error: `Fit` has no step `lefft`\nhint: did you mean `left`?\n",
    )
