"""The options of the command beside those of flows."""

from __future__ import annotations

import json
import re
import sys

import pytest

from flownote import _native


def test_no_parameter_can_hide_an_option_of_the_command(project):
    """An option that is added to `run` or `resume` is added to what lint refuses."""
    said = "".join(project.shell(f"{verb} --help").out for verb in ("run", "resume"))
    # Runs of notebooks have `--output`; a flow's parameter may be called so.
    of_others = {"alpha", "output"}
    options = sorted(set(re.findall(r"(?:^|\s)--([a-z][a-z-]+)", said)) - of_others)
    assert {"cache", "continue", "origin-run-id", "until", "with"} <= set(options)
    lines = [f'    p{at} = Parameter("{name}")\n' for at, name in enumerate(options)]
    (project.folder / "flow.py").write_text(
        "from flownote import FlowSpec, Parameter, step\n\n\nclass Clash(FlowSpec):\n"
        + "".join(lines)
        + "\n    @step\n    def start(self):\n        self.next(self.end)\n"
        "\n    @step\n    def end(self):\n        pass\n"
    )
    checked = project.shell("check flow.py")
    told = checked.out + checked.err
    missing = [name for name in options if f"clashes with the option `--{name}`" not in told]
    assert missing == []


def test_options_may_stand_before_the_verb(project):
    """As Metaflow's users write them."""
    ran = project.python("flow.py", "--with", "retry:times=2", "-q", "run", "--alpha", "0.25")
    assert ran.code == 0, ran.err
    shown = json.loads(project.shell("show latest --json").raw)
    assert shown["parameters"] == {"alpha": "0.25", "fail": "False"}
    assert project.shell("--store elsewhere run flow.py -q").code == 0
    assert (project.folder / "elsewhere").is_dir()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x --with retry run", "x run --with retry"),
        ("x --store s -q run f.py --a 1", "x run --store s -q f.py --a 1"),
        ("x run --with retry", "x run --with retry"),
        ("x --help run", "x --help run"),
        ("x help run", "x help run"),
        ("x --with retry", "x --with retry"),
    ],
)
def test_the_verb_goes_first(line, expected):
    assert _native.verb_first(line.split()) == expected.split()


def test_an_unknown_option_is_called_what_it_is(project):
    for line, said in [
        (
            "run flow.py --alhpa 1",
            "error: `--alhpa` is neither an option of `run` nor a parameter of `Train`\n"
            "hint: did you mean `--alpha`?\n",
        ),
        (
            "run flow.py --gamma 1",
            "error: `--gamma` is neither an option of `run` nor a parameter of `Train`\n"
            "hint: `flownote run flow.py --help` lists them\n",
        ),
        ("show --jsno", "error: `show` has no option `--jsno`\nhint: did you mean `--json`?\n"),
    ]:
        done = project.shell(line)
        assert (done.code, done.err) == (2, said)


def test_an_error_in_a_program_prints_its_hint(project):
    """In a notebook nobody catches exceptions to look at their attributes."""
    (project.folder / "look.py").write_text("from flownote import Flow\nFlow('Nope')\n")
    lines = project.python("look.py").err.splitlines()
    assert lines[-2].startswith("flownote.exceptions.NotFound: ")
    if sys.version_info >= (3, 11):
        assert lines[-1].startswith("hint: ")


HEALS = """
from flownote import FlowSpec, current, retry, step

class Heals(FlowSpec):
    @retry(times=1, minutes_between_retries=0)
    @step
    def start(self):
        if current.retry_count == 0:
            raise RuntimeError("the network was away")
        self.next(self.end)

    @step
    def end(self):
        pass
"""


def test_what_a_retry_healed_is_still_told(project):
    (project.folder / "flow.py").write_text(HEALS)
    assert project.shell("run flow.py -q").code == 0
    shown = project.shell("show latest/start").lines()
    assert "attempt 0 failed: RuntimeError: the network was away" in shown
