"""`flownote run --cache` and `flownote cache list|why|verify|clear`, as a user meets them."""

from __future__ import annotations

import json

import pytest

HELPER = "def clean(x):\n    return x + 1\n"
FLOW = """\
from flownote import FlowSpec, Parameter, current, step

import helper


class Score(FlowSpec):
    alpha = Parameter("alpha", default=0.5)

    @step
    def start(self):
        self.x = helper.clean(len("abc"))
        self.next(self.fit)

    @step
    def fit(self):
        self.model = self.x * 10
        self.next(self.end)

    @step
    def end(self):
        self.weighted = self.model * self.alpha
"""


@pytest.fixture
def cached(project):
    """A project in which `Score` ran once with `--cache`."""
    write(project, "flow.py", FLOW)
    write(project, "helper.py", HELPER)
    run(project, "--cache")
    return project


def write(project, name, text):
    (project.folder / name).write_text(text)


def edit(project, name, old, new):
    text = (project.folder / name).read_text()
    assert old in text
    write(project, name, text.replace(old, new))


def run(project, more=""):
    """Run, and return the tasks that were reused, and what was said."""
    done = project.shell(f"run flow.py {more}")
    assert done.code == 0, done.err
    reused = [line.split()[1] for line in done.raw_err.splitlines() if line.startswith("◆")]
    return reused, done.raw_err


def why(project, task):
    done = project.shell(f"cache why {task}")
    assert done.code == 0, done.err
    return done.lines()[0].partition("  ")[2]


def test_a_second_run_reuses_all_and_everybody_is_told(cached):
    first = cached.run_ids()[0]
    reused, said = run(cached, "--cache")
    assert reused == ["start/0", "fit/0", "end/0"]
    assert said.splitlines()[-1].endswith("3 tasks done, 3 of them reused")
    assert "◆  fit    1 reused" in cached.shell("show").raw
    shown = cached.shell("show latest/fit").raw
    assert f"reused from  Score/{first}/fit/0 by ana" in shown
    write(
        cached,
        "look.py",
        "from flownote.client import Run\nprint(Run('Score/latest')['fit'].task.cached_from)\n",
    )
    assert cached.python("look.py").raw.strip() == f"Score/{first}/fit/0"
    events = cached.shell("run flow.py --cache --json").raw.splitlines()
    finished = [json.loads(line) for line in events if "attempt_finished" in line]
    assert {one["reused"]["user"] for one in finished} == {"ana"}


def test_list_shows_what_is_kept_newest_first(cached):
    table = cached.shell("cache list").lines()
    assert table[0] == "KEY  STEP  FROM  USER  AGE  TOOK  SIZE"
    assert [line.split()[1] for line in table[1:]] == ["end", "fit", "start"]
    assert table[2].split()[2:4] == ["Score/<run>/fit/0", "ana"]
    assert len(cached.shell("cache list --step fit").lines()) == 2
    assert cached.shell("cache list --limit 1").err.startswith("more: --limit 5\n")
    assert "`flownote show FROM`" in cached.shell("cache list").err
    rows = json.loads(cached.shell("cache list --json --user ana").raw)
    assert [row["step"] for row in rows] == ["end", "fit", "start"]
    assert (len(rows[0]["key"]), rows[1]["artifacts"]) == (64, ["model"])
    nobody = cached.shell("cache list --user bob")
    assert (nobody.code, nobody.out, nobody.err.startswith("No such results.")) == (0, "", True)


def test_an_empty_cache_says_how_to_fill_it(project):
    nothing = project.shell("cache list")
    assert nothing.err == (
        "No results are kept in <store> yet.\nKeep some: flownote run flow.py --cache\n"
    )


def test_why_names_the_first_thing_that_differs(cached):
    edit(cached, "helper.py", "x + 1", "x + 2")
    assert run(cached, "--cache")[0] == []
    assert why(cached, "latest/start") == "code: `clean` (helper.py:1) changed"
    assert why(cached, "latest/fit") == "input `x` changed, made by `start`"
    run(cached, "--alpha 0.4")
    assert why(cached, "latest/end").startswith("no kept result was looked for: `flownote run --")
    assert run(cached, "--cache --alpha 0.3")[0] == ["start/0", "fit/0"]
    assert why(cached, "latest/end") == "parameter alpha: 0.5 → 0.3"
    said = json.loads(cached.shell("cache why latest/end --json").raw)
    assert said["nearest"]["pathspec"] == f"Score/{cached.run_ids()[1]}/end/0"
    assert "it didn't run: reused from Score/<run>/start/0 by ana" in why(cached, "latest/start")
    assert why(cached, f"{cached.run_ids()[0]}/fit").startswith("it was the first")


def test_why_says_what_is_never_kept(cached):
    edit(cached, "flow.py", "self.x * 10", "(self.x, current.run_id)[0] * 10")
    _, said = run(cached, "--cache")
    assert "fit/0 isn't kept" in said
    assert "never kept" in why(cached, "latest/fit")
    assert "current.run_id" in why(cached, "latest/fit")
    unknown = cached.shell("cache why latest/nosuch")
    assert (unknown.code, "has no step `nosuch`" in unknown.err) == (5, True)


def test_clear_forgets_and_gc_forgets_what_is_old(cached):
    assert cached.shell("cache clear --step fit --dry-run").out == "would forget 1 result\n"
    assert cached.shell("cache clear --older-than 1h").out == "forgot 0 results\n"
    assert cached.shell("cache clear --step fit").out.startswith("forgot 1 result;")
    assert run(cached, "--cache")[0] == ["start/0", "end/0"]
    assert "cached result" not in cached.shell("gc").out
    assert "forgot 3 cached results" in cached.shell("gc --cache-older-than 0s").out
    assert run(cached, "--cache")[0] == []
    assert cached.shell("cache clear").out.startswith("forgot 3 results;")
    assert cached.shell("cache list").out == ""


def test_a_result_whose_blob_is_gone_is_computed_again(project):
    write(
        project,
        "flow.py",
        FLOW.replace("self.x * 10", 'b"x" * 100_000').replace(
            "self.model * self.alpha", "len(self.model) * self.alpha"
        ),
    )
    write(project, "helper.py", HELPER)
    run(project, "--cache")
    for blob in project.store.glob("blobs/*/*"):
        if blob.stat().st_size == 100_000:
            blob.unlink()
    assert run(project, "--cache")[0] == ["start/0", "end/0"]
    assert run(project, "--cache")[0] == ["start/0", "fit/0", "end/0"]


def test_verify_computes_again_and_tells_what_is_not_deterministic(cached):
    good = cached.shell("cache verify flow.py --sample 100%")
    assert (good.code, good.out) == (0, "computed 3 kept results again: all as they were kept\n")
    edit(cached, "flow.py", "self.x * 10", "self.x * 10 + __import__('time').time_ns()")
    run(cached, "--cache")
    bad = cached.shell("cache verify --flow flow.py --sample 100%")
    assert bad.code == 1
    assert "fit/0 isn't deterministic: `model` differs" in bad.err
    assert cached.shell("cache list --step fit").lines()[1].split()[1] == "fit"
    none = cached.shell("cache verify")
    assert (none.code, "which flow" in none.err) == (2, True)
    wrong = cached.shell("cache verify flow.py --sample lots")
    assert (wrong.code, "write 5%, 0.05 or 100%" in wrong.err) == (2, True)


def test_verify_tells_pickles_apart(project):
    write(
        project,
        "helper.py",
        "import os\nclass Box:\n    pass\n\n\ndef clean(x):\n"
        "    box = Box()\n    box.value = os.urandom(8)\n    return box\n",
    )
    write(project, "flow.py", FLOW.replace("self.x * 10", "1"))
    run(project, "--cache")
    told = project.shell("cache verify flow.py --sample 100%")
    assert (told.code, "the pickle of `x` differs" in told.err) == (0, True)


def test_another_result_under_one_key_is_called_what_it_is(cached):
    edit(cached, "flow.py", "self.x * 10", "__import__('time').time_ns()")
    run(cached, "--cache")
    edit(cached, "flow.py", "self.model * self.alpha", "__import__('time').sleep(1.05)")
    edit(
        cached,
        "flow.py",
        "__import__('time').time_ns()",
        "__import__('time').time_ns() + (__import__('time').sleep(1.05) or 0)",
    )
    run(cached)
    _, said = run(cached)
    assert "fit/0 isn't deterministic: `model` differs from what Score/" in said


def test_a_run_without_look_up_says_what_it_could_have_saved(cached):
    edit(cached, "flow.py", "self.x * 10", "__import__('time').sleep(1.05)")
    edit(cached, "flow.py", "self.model * self.alpha", "1")
    _, first = run(cached)
    assert "would have saved" not in first
    _, said = run(cached)
    assert "note: 1 task had a valid earlier result; `--cache` would have saved 1." in said
    reused, said = run(cached, "--cache")
    assert "fit/0" in reused
    assert "would have saved" not in said


def test_a_colleagues_pickle_is_not_loaded_unless_allowed(project):
    write(project, "helper.py", "class Box:\n    pass\n\n\ndef clean(x):\n    return Box()\n")
    write(project, "flow.py", FLOW.replace("self.x * 10", "self.alpha"))
    run(project, "--cache")
    project.env["FLOWNOTE_USER"] = "bob"
    reused, said = run(project, "--cache")
    assert "start/0" not in reused
    assert "the result is ana's and has pickles; `--trust-pickles` takes it" in said
    # His own is kept beside hers, and each takes their own from then on.
    reused, said = run(project, "--cache")
    assert reused == ["start/0", "fit/0", "end/0"]
    assert "by bob" in project.shell("show latest/start").out
    listed = [line.split() for line in project.shell("cache list --step start").lines()[1:]]
    assert sorted(line[3] for line in listed) == ["ana", "bob"]
    assert len({line[0] for line in listed}) == 1, "one key"
    project.env["FLOWNOTE_USER"] = "ana"
    run(project, "--cache")
    assert "by ana" in project.shell("show latest/start").out
    assert project.shell("cache clear --step start").out.startswith("forgot 2 results;")
    run(project, "--cache")
    project.env["FLOWNOTE_USER"] = "cy"
    reused, said = run(project, "--cache --trust-pickles")
    assert reused == ["start/0", "fit/0", "end/0"]
    assert "by ana" in project.shell("show latest/start").out


RANDOM = """\
import random

from flownote import FlowSpec, cache, step
{top}

class Draw(FlowSpec):
    @cache
    @step
    def start(self):
        self.items = ["a", "b"]
        self.first = {draw}
        self.next(self.fit, foreach="items")

    @cache
    @step
    def fit(self):
        self.drawn = {draw}
        self.next(self.join)

    @step
    def join(self, inputs):
        self.all = [one.drawn for one in inputs]
        self.uncached = {draw}
        self.next(self.end)

    @step
    def end(self):
        pass
"""


@pytest.mark.parametrize(
    ("top", "draw", "how"),
    [
        ("", "random.random()", ""),
        ("", "random.random()", "--spawn"),
        ("", "random.random()", "--in-process"),
        ("import numpy as np", "float(np.random.rand())", ""),
        ("", "float(__import__('numpy').random.rand())", ""),
    ],
)
def test_cached_steps_draw_the_same_numbers_again(project, top, draw, how):
    if "numpy" in top + draw:
        pytest.importorskip("numpy")
    write(project, "flow.py", RANDOM.format(top=top, draw=draw))
    run(project, how)
    drawn = [project.shell(f"dump latest/{name}").raw for name in ("start/first", "join/all")]
    uncached = project.shell("dump latest/join/uncached").raw
    assert len(set(json.loads(drawn[1]))) == 2, "each item draws its own"
    project.shell("cache clear")
    reused, _ = run(project, how)
    assert reused == []
    again = [project.shell(f"dump latest/{name}").raw for name in ("start/first", "join/all")]
    assert again == drawn
    assert project.shell("dump latest/join/uncached").raw != uncached
    told = project.shell("cache verify flow.py --sample 100%")
    assert (told.code, "3 kept results" in told.out) == (0, True), told.err


def test_runs_and_show_say_what_was_reused_and_why_the_rest_was_not(cached):
    table = cached.shell("runs").lines()
    assert "REUSED" not in table[0]
    edit(cached, "flow.py", "self.x * 10", "self.x * 11")
    run(cached, "--cache")
    table = cached.shell("runs").lines()
    assert table[0].split()[-1] == "REUSED"
    assert [line.split()[-1] for line in table[1:]] == ["1/3", "0/3"]
    rows = json.loads(cached.shell("runs --json").raw)
    assert [row["tasks"] for row in rows] == [{"done": 3, "reused": 1}, {"done": 3, "reused": 0}]
    reason = "code: `Score.fit` (flow.py:15) changed"
    assert f"not reused  {reason}" in cached.shell("show latest/fit").out
    assert json.loads(cached.shell("show latest/fit --json").raw)["why"] == reason
    assert "not reused" not in cached.shell("show latest/start").out


def test_a_failed_run_says_how_to_go_on(cached):
    edit(cached, "flow.py", "self.x * 10", "1 / 0")
    failed = cached.shell("run flow.py --cache")
    assert failed.code == 1
    end = cached.run_ids()[-1].rpartition("-")[2]
    assert f"`flownote show {end}` tells what failed, and how to go on" in failed.raw_err
    shown = cached.shell("show").raw
    assert f"flownote resume flow.py --origin-run-id {end}" in shown
    command = f"open {end}/fit/0 --script"
    assert f"flownote {command}" in shown
    assert cached.shell(command).code == 0, "what is suggested can be typed"


JOIN = """\
from flownote import FlowSpec, step


class Score(FlowSpec):
    @step
    def start(self):
        self.parts, self.texts = [1, 2], ["a"]
        self.next(self.fit, foreach="parts")

    @step
    def fit(self):
        self.y = self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.merge_artifacts(inputs, exclude=["y"])
        self.total = sum(it.y for it in inputs) + len(self.texts)
        self.texts += ["b"]
        self.next(self.end)

    @step
    def end(self):
        print(self.total, self.texts)
"""


def test_a_join_that_reads_what_it_merged_is_reused_until_that_changes(project):
    write(project, "flow.py", JOIN)
    run(project, "--cache")
    reused, said = run(project, "--cache")
    assert "join/0" in reused and "end/0" in reused, said
    edit(project, "flow.py", '["a"]', '["a", "c"]')
    reused, said = run(project, "--cache")
    assert "join/0" not in reused, said
    assert "fit/0" in reused
    assert "5 ['a', 'c', 'b']" in project.shell("logs latest/end").raw
