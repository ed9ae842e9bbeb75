"""However a worker ends, it is reported as what it is, and nothing of it is visible."""

from __future__ import annotations

import pytest

from .conftest import Project


@pytest.mark.parametrize(
    ("how", "kind", "words"),
    [
        ("killed", "signal", "the process was killed (SIGKILL)"),
        ("segfault", "signal", "native code crashed (SIGSEGV: invalid memory access)"),
        ("abort", "signal", "the process was ended by SIGABRT"),
        ("os_exit", "exit", "the process ended with exit code 7 before the step did"),
        ("sys_exit", "exit", "sys.exit(3)"),
        ("raise", "exception", "ValueError: alpha must be positive"),
    ],
)
def test_an_end_is_named(project: Project, how: str, kind: str, words: str) -> None:
    ended = project.run("ends.py", "--how", how)
    assert ended.code == 1, ended
    assert words in ended.err, ended
    (run,) = project.runs("Ends")
    (attempt,) = project.done(run, "Ends")["act/0"]
    assert (attempt["outcome"], attempt["failure"]["kind"]) == ("failed", kind)
    assert attempt["manifest"]["artifacts"] == {}
    assert not list((project.store / "staging").glob("*"))


def test_a_traceback_begins_in_the_user_s_code(project: Project) -> None:
    ended = project.run("ends.py", "--how", "raise")
    (run,) = project.runs("Ends")
    (attempt,) = project.done(run, "Ends")["act/0"]
    frames = [line for line in attempt["failure"]["traceback"].splitlines() if "File" in line]
    assert len(frames) == 1 and 'ends.py", line' in frames[0], ended


def test_all_unstorable_values_are_listed_at_once(project: Project) -> None:
    ended = project.run("ends.py", "--how", "unstorable")
    assert ended.code == 1
    for words in ("lock", "generator", "odd", "I will not be pickled"):
        assert words in ended.err, ended
    (run,) = project.runs("Ends")
    (attempt,) = project.done(run, "Ends")["act/0"]
    assert attempt["failure"]["kind"] == "unstorable"
    assert not attempt["failure"]["retryable"]


def test_a_killed_worker_is_tried_again(project: Project) -> None:
    source = (project.flows / "ends.py").read_text()
    patient = project.folder / "patient.py"
    patient.write_text(source.replace("times=0", "times=2, minutes_between_retries=0"))
    again = project.run(str(patient), "--how", "once")
    assert again.code == 0, again
    done = project.done(project.runs("Ends")[-1], "Ends")
    assert [attempt["outcome"] for attempt in done["act/0"]] == ["failed", "ok"]


def test_bytes_that_are_not_text_do_no_harm(project: Project) -> None:
    ended = project.run("ends.py", "--how", "bytes")
    assert ended.code == 0, ended
    assert "\ufffd\ufffd broken" in ended.out


def test_a_descendant_that_stays_does_not_hold_the_run(project: Project) -> None:
    # It sleeps for ten minutes; waiting for it would overrun the command's time here.
    assert project.run("ends.py", "--how", "daemon").code == 0
