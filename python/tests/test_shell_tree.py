"""How a flow's file is found in a command line before its options are known, and help."""

from __future__ import annotations

import pytest

from flownote import _native


@pytest.mark.parametrize(
    ("line", "flow"),
    [
        ("run flow.py --alpha 0.3", "flow.py"),
        ("run --max-workers 4 a/flow.py:Train", "a/flow.py:Train"),
        ("run --help", None),
        ("version flow.py", None),
        ("", None),
        ("logs --store x flow.py latest", "flow.py"),
        ("runs --json --sort -ndcg flow.py", "flow.py"),
        ("dump latest/end/0/x --output flow.py", None),
        ("dump -o a.py flow.py latest/end/0/x", "flow.py"),
    ],
)
def test_the_flow_is_found_before_its_options_are_known(line, flow):
    assert _native.find_flow(["flownote", *line.split()]) == flow


def test_help_shows_the_everyday_verbs_and_all_on_demand(project):
    short, whole = project.shell("--help").out, project.shell("help --all").out
    for verb in ["demo", "run", "resume", "show", "ui", "serve"]:
        assert f"\n  {verb} " in short and f"\n  {verb} " in whole
    for verb in ["runs", "logs", "artifacts", "dump", "tag", "env", "check", "graph"]:
        assert f"\n  {verb} " not in short and f"\n  {verb} " in whole
    for verb in ["store", "gc", "completion", "version", "help"]:
        assert f"\n  {verb} " not in short and f"\n  {verb} " in whole
    headings = ["Every day:", "Look at what ran:", "Look at a flow:", "Look after the datastore:"]
    places = [whole.index(heading) for heading in headings]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "verb",
    ["run", "show", "runs", "logs", "artifacts", "dump", "tag", "tag add", "env", "check", "graph",
     "store", "store check", "gc", "cache", "cache list", "cache why", "cache verify",
     "cache clear", "open", "resume", "completion", "ui", "serve"],
)  # fmt: skip
def test_every_verb_has_help(project, verb):
    told = project.shell(f"{verb} --help")
    assert (told.code, told.err) == (0, "")
    assert f"Usage: flownote {verb}" in told.out
    assert "Example" in told.out or " " in verb


def test_a_misspelt_verb(project):
    wrong = project.shell("help shwo")
    assert (wrong.code, wrong.err) == (
        2, "error: there is no verb `shwo`\nhint: did you mean `show`?\n",
    )  # fmt: skip
    assert project.shell("shwo").code == 2


def test_python_flow_py_and_flownote_are_one(trained):
    import subprocess
    import sys

    for verb in ["show", "runs", "logs latest", "version"]:
        words = verb.split()
        done = subprocess.run(
            [sys.executable, "flow.py", *words], cwd=trained.folder, env=trained.env,
            capture_output=True, text=True,
        )  # fmt: skip
        beside = " ".join([words[0], *(["flow.py"] if verb != "version" else []), *words[1:]])
        assert (done.returncode, done.stdout) == (0, trained.shell(beside).raw)
