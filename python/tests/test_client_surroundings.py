"""The client and what is around it: tags, namespaces, steps that read it, forks, damage."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

import flownote
from flownote import Flow, Flownote, Run
from flownote.exceptions import (
    DamagedArtifact,
    FlownoteException,
    NamespaceMismatch,
    NotFound,
    UsageError,
)


@pytest.fixture(autouse=True)
def client(monkeypatch):
    """Be Ana, and leave no choice behind."""
    monkeypatch.setenv("FLOWNOTE_USER", "ana")
    flownote.default_namespace()
    yield
    flownote.use_store(None)
    flownote.default_namespace()


@pytest.fixture
def done(project):
    """A project in which `Train` has run; its store is in use."""
    run = project.shell("run flow.py --quiet --tag t")
    assert run.code == 0, run.err
    flownote.use_store(str(project.store))
    return project


def test_tags_are_changed(done):
    run = Flow("Train").latest_run
    assert run.user_tags == {"t"}
    assert "user:ana" in run.system_tags
    assert run.tags == run.user_tags | run.system_tags
    run.add_tag("a")
    run.add_tags(["b", "c"])
    run.remove_tag("t")
    run.replace_tags(["a", "b"], ["d"])
    assert run.user_tags == {"c", "d"}
    assert run["end"].task.tags == run.tags
    run["end"].task.remove_tags(["c"])
    assert Run("Train/latest").user_tags == {"d"}
    assert list(Flow("Train").runs("d")) == [run]
    with pytest.raises(UsageError, match="system tag"):
        run.remove_tag("user:ana")


def test_a_namespace_hides_the_runs_of_others(done, monkeypatch):
    assert flownote.get_namespace() == "user:ana"
    flownote.namespace("user:bob")
    assert list(Flownote()) == []
    with pytest.raises(NamespaceMismatch, match="user:bob") as raised:
        Flow("Train")
    assert "namespace(None)" in raised.value.hint
    with pytest.raises(NamespaceMismatch):
        Run("Train/latest")
    with pytest.raises(NotFound):
        Flow("Nope")
    flownote.namespace("t")
    assert len(Flow("Train")) == 1
    assert flownote.namespace(None) is None
    assert [flow.id for flow in Flownote()] == ["Train"]
    monkeypatch.setenv("FLOWNOTE_USER", "bob")
    assert flownote.default_namespace() == "user:bob"
    monkeypatch.setenv("FLOWNOTE_NAMESPACE", "production")
    assert flownote.get_namespace() == "production"


def test_the_store_is_chosen(done, project, monkeypatch, tmp_path):
    flownote.use_store(None)
    monkeypatch.setenv("FLOWNOTE_STORE", str(project.store))
    assert Flownote().store == str(project.store)
    assert Run("Train/latest", store=str(project.store)).successful
    monkeypatch.delenv("FLOWNOTE_STORE")
    monkeypatch.chdir(tmp_path / "..")
    with pytest.raises(NotFound, match="no runs in the store"):
        Run("Train/latest", store=str(tmp_path / "empty"))
    with pytest.raises(UsageError, match="names no bucket"):
        flownote.use_store("s3://")


def test_damage_names_the_artifact_and_who_made_it(done):
    artifact = Run("Train/latest")["end/0/long"]
    blob = done.store / "blobs" / artifact.sha[:2] / artifact.sha
    blob.chmod(0o644)
    blob.write_bytes(b"y" * 10_000)
    with pytest.raises(DamagedArtifact, match=r"`long` of `join/0\.0` is damaged"):
        artifact.data  # noqa: B018
    blob.unlink()
    with pytest.raises(DamagedArtifact, match=r"`long` of `join/0\.0` is missing"):
        artifact.data  # noqa: B018


def test_a_pickle_without_its_module_says_what_is_missing(project):
    (project.folder / "things.py").write_text("class Thing:\n    pass\n")
    _write(
        project,
        "import things\n",
        "        self.thing = things.Thing()\n",
    )
    assert project.shell("run flow.py --quiet").code == 0
    artifact = Run("Reads/latest", store=str(project.store))["start/0/thing"]
    assert artifact.type == "things.Thing"
    with pytest.raises(FlownoteException, match="no module `things`") as raised:
        artifact.data  # noqa: B018
    assert "sys.path" in raised.value.hint


def test_a_step_that_reads_the_client_is_never_reused(done):
    """It reads the run's own store, whichever way that was named; and says so."""
    elsewhere = done.folder / "other"
    del done.env["FLOWNOTE_STORE"]
    assert done.shell("run flow.py --quiet --store other").code == 0
    _write(
        done,
        "from flownote import Flow\nBEFORE = Flow('Train').latest_run.id\n",
        "        self.seen = Flow('Train').latest_run.id\n        assert self.seen == BEFORE\n",
    )
    run = done.shell("run flow.py --store other")
    assert run.code == 0, run.err
    assert "spawn" not in run.err, "reading before the workers start must leave no thread"
    path = next(elsewhere.glob("runs/Reads/*/tasks/start/0.0.done"))
    provenance = json.loads(path.read_text())["manifest"]["provenance"]
    assert "reads the client (`Train`)" in provenance["uncacheable"]
    end = next(elsewhere.glob("runs/Reads/*/tasks/end/0.0.done"))
    assert not json.loads(end.read_text())["manifest"]["provenance"].get("uncacheable")


def test_a_fork_reads_by_itself(done):
    before = Flow("Train").latest_run
    child = os.fork()
    if child == 0:
        try:
            same = Flow("Train").latest_run == before and before.data.total == 3.0
            os._exit(0 if same else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert Flow("Train").latest_run == before


def test_threads_read_together(done):
    run, found = Flow("Train").latest_run, []
    threads = [
        threading.Thread(target=lambda: found.append(run["end"].task.data.total)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [3.0] * 8


def test_an_interrupted_run_is_told_from_a_running_one(project):
    _write(project, "import time\n", "        print('begun', flush=True)\n        time.sleep(60)\n")
    command = [sys.executable, "-m", "flownote", "run", "flow.py"]
    process = subprocess.Popen(
        command, cwd=project.folder, env=project.env,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout.readline() == b"[start/0] begun\n"
        flownote.use_store(str(project.store))
        run = Run("Reads/latest")
        assert (run.status, run.finished, run.finished_at) == ("running", False, None)
        while "start" not in run:  # the log is written a few times a second
            time.sleep(0.05)
        assert run["start"].task.status == "running"
        assert list(run["start"].task) == []
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert (run.status, run.finished) == ("interrupted", False)
    shown = project.shell("show").lines()
    assert shown[0] == "Reads/<run>  ◌ interrupted"
    assert shown[-1] == "flownote run flow.py --continue <id>  # go on with it"


def _write(project, head: str, body: str) -> None:
    """Write a flow `Reads` whose first step is ``body``."""
    (project.folder / "flow.py").write_text(
        f"from flownote import FlowSpec, step\n{head}\n"
        "class Reads(FlowSpec):\n"
        "    @step\n"
        f"    def start(self):\n{body}"
        "        self.next(self.end)\n"
        "    @step\n"
        "    def end(self):\n"
        "        pass\n"
    )
