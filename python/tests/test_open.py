"""`flownote open`: a task as a notebook, or as a Python file that runs by itself."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

FLOW = '''\
"""A flow."""
from __future__ import annotations

from flownote import FlowSpec, Parameter, step
import helper

LIMIT = 3


def shout(text):
    return text.upper()


class Fit(FlowSpec):
    alpha = Parameter("alpha", default=0.5)
    size = 7

    def scaled(self, x):
        return x * self.alpha

    @step
    def start(self):
        """Begins."""
        self.items = ["a", "bb", "boom"]
        self.text = """one
    two"""
        self.next(self.fit, foreach="items")

    @step
    def fit(self):
        if self.input == "boom":
            raise ValueError(shout(self.input))
        self.score = helper.clean(len(self.input)) + self.scaled(LIMIT) + self.size
        self.next(self.join)

    @step
    def join(self, inputs):
        self.merge_artifacts(inputs, include=["items"])
        self.total = sum(one.score for one in inputs)
        self.next(self.end)

    @step
    def end(self):
        if not self.total:
            return
        self.twice = self.total * 2


if __name__ == "__main__":
    Fit()
'''


@pytest.fixture
def failed(project):
    """A project in which `fit/2` failed."""
    (project.folder / "flow.py").write_text(FLOW)
    (project.folder / "helper.py").write_text("def clean(x):\n    return x + 1\n")
    assert project.shell("run flow.py --quiet --keep-going").code == 1
    return project


def test_a_failed_task_fails_the_same_way_and_can_be_mended(failed):
    opened = failed.shell("open latest/fit/2 --script -o debug.py")
    assert (opened.code, opened.err) == (0, "wrote debug.py\nrun it: python debug.py\n")
    script = failed.folder / "debug.py"
    assert "#   ValueError: BOOM" in script.read_text()
    again = failed.python("debug.py")
    assert again.code == 1
    assert again.raw_err.endswith("ValueError: BOOM\n")
    script.write_text(script.read_text().replace('if self.input == "boom":', "if False:"))
    mended = failed.python("debug.py")
    assert (mended.code, mended.out) == (
        0,
        "self.next(join): the script ends here\nself.score = 13.5\n",
    )


def test_every_kind_of_step_runs_as_a_script(failed):
    flow = failed.folder / "flow.py"
    flow.write_text(FLOW.replace('if self.input == "boom"', "if not self.input"))
    assert failed.shell("resume flow.py --quiet").code == 0
    failed.env["PYTHONSAFEPATH"] = "1"
    for task, expected in [
        ("start", "self.text = 'one\\n    two'"),
        ("fit/1", "self.score = 11.5"),
        ("join", "self.total = 35.5"),
        ("end", "self.twice = 71.0"),
    ]:
        opened = failed.shell(f"open latest/{task} --script -o -")
        assert opened.code == 0, opened.err
        ran = failed.python("-c", opened.raw)
        assert ran.code == 0, ran.err
        assert expected in ran.raw.splitlines()


def test_a_task_is_opened_from_another_folder(failed):
    (failed.folder / "elsewhere").mkdir()
    command = [sys.executable, "-m", "flownote", "open", "latest/fit/1", "--script", "-o", "-"]
    elsewhere = {"cwd": failed.folder / "elsewhere", "env": failed.env}
    opened = subprocess.run(command, capture_output=True, text=True, **elsewhere)
    assert opened.returncode == 0, opened.stderr
    ran = subprocess.run(
        [sys.executable, "-c", opened.stdout], capture_output=True, text=True, **elsewhere
    )
    assert ran.returncode == 0, ran.stderr
    assert "self.score = 11.5" in ran.stdout.splitlines()


def test_a_file_is_not_overwritten_unasked(failed):
    first = failed.shell("open latest/fit/1 --script")
    assert first.code == 0
    second = failed.shell("open latest/fit/1 --script")
    assert second.code != 0
    assert "exists already" in second.err
    missing = failed.shell("open latest/fit --script")
    assert (missing.code, "3 tasks" in missing.err) == (5, True)


def test_a_task_opens_as_a_notebook_that_runs(failed):
    opened = failed.shell("open latest/fit/2 -o debug.ipynb")
    assert opened.code == 0, opened.err
    notebook = json.loads((failed.folder / "debug.ipynb").read_text())
    names = [cell["id"] for cell in notebook["cells"]]
    assert names == ["about", "project", "given", "body", "report"]
    about, *code = ["".join(cell["source"]) for cell in notebook["cells"]]
    assert "ValueError: BOOM" in about
    program = "\n".join(code).replace('if self.input == "boom":', "if False:")
    (failed.folder / "cells.py").write_text(program)
    assert failed.python("cells.py").out.endswith("self.score = 13.5\n")
