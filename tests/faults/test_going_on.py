"""The two ways to go on where they meet: runs that still go on, and runs that end early."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

from .conftest import Project


def resumed(project: Project, *arguments: str) -> tuple[subprocess.CompletedProcess[str], list]:
    """Resume `spread.py`, and return how that ended, and its events."""
    command = [sys.executable, "-m", "flownote", "resume", str(project.flows / "spread.py")]
    command += ["--store", str(project.store), "--json", *arguments]
    done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, timeout=120)
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def test_resume_takes_what_a_run_that_still_goes_on_has_finished(project: Project) -> None:
    # One of six pauses for a minute: the others finish, and the run goes on.
    process = project.start("spread.py", "--pause", "60", "--max-workers", "1")
    try:
        while not list(project.store.glob("runs/Spread/*/tasks/start/0.0.done")):
            assert process.poll() is None
            time.sleep(0.01)
        (run,) = project.runs()
        none, _ = resumed(project)
        assert none.returncode != 0, "the newest that is over is meant, and there is none"
        assert "error: " in none.stderr
        assert "hint: " in none.stderr
        # What paused so long runs again with another parameter; `start` didn't read it.
        done, events = resumed(project, "--origin-run-id", run, "--pause", "0")
        assert done.returncode == 0, done.stderr
        ended = [event for event in events if event["event"] == "attempt_finished"]
        reused = {event["step"] for event in ended if event.get("reused")}
        assert (len(ended), reused) == (9, {"start"})
        why = {event["why"] for event in events if event["event"] == "not_reused"}
        assert "not finished in the origin run" in why
        assert process.poll() is None, "the origin goes on, undisturbed"
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def test_a_killed_run_that_was_to_end_early_goes_on_to_where_it_was_to_end(
    project: Project,
) -> None:
    killed = project.run("spread.py", "--until", "work", FLOWNOTE_FAILPOINT="before-done:3")
    assert killed.code == -signal.SIGKILL, killed
    (run,) = project.runs()
    refused = project.run("spread.py", "--continue", run, "--until", "gather")
    assert refused.code == 2
    assert "goes on to where the run was meant to end" in refused.err
    ended = project.run("spread.py", "--continue", run)
    assert ended.code == 0, ended
    assert set(project.done(run)) == {"start/0", *(f"work/{index}" for index in range(6))}
    shown = json.loads(project.shell("show", run, "--json").out)
    assert (shown["status"], "until:work" in shown["system_tags"]) == ("succeeded", True)
