"""`current` answers for the task that runs here, and what it answers is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from flownote import FlowSpec, Parameter, current
from flownote.reads import Reads

SPEC = {
    "flow": "Train",
    "run": "20261122T101512345-8f2c9a",
    "step": "fit",
    "task": "3",
    "attempt": 1,
    "pathspec": "Train/20261122T101512345-8f2c9a/fit/3",
    "origin": {"user": "ana", "namespace": "user:ana", "tags": ["b", "a"], "origin_run_id": None},
}


class Train(FlowSpec):
    alpha = Parameter("alpha", default=0.5)
    size = Parameter("max-size", default=2)


@pytest.fixture
def reads() -> Iterator[Reads]:
    found = Reads()
    current._begin(SPEC, found, Train(use_cli=False))
    yield found
    current._end()


def test_outside_a_run() -> None:
    assert not current.is_running_flow
    names = ("flow_name", "run_id", "step_name", "task_id", "retry_count", "pathspec", "parameters")
    assert [getattr(current, name) for name in names] == [None] * len(names)
    assert current.tags == frozenset()
    assert current.get("run_id", "none") == "none"


ANSWERS: dict[str, Any] = {
    "flow_name": "Train",
    "step_name": "fit",
    "task_id": "3",
    "retry_count": 1,
    "username": "ana",
    "namespace": "user:ana",
    "tags": frozenset(("a", "b")),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_are_reads(name: str, reads: Reads) -> None:
    assert getattr(current, name) == ANSWERS[name]
    assert list(reads.to_json()["current"]) == [name]
    assert reads.forbidden == []


@pytest.mark.parametrize("name", ["run_id", "pathspec", "idempotency_key", "origin_run_id"])
def test_what_differs_in_every_run_makes_uncacheable(name: str, reads: Reads) -> None:
    getattr(current, name)
    assert reads.forbidden == [f"reads `current.{name}`, which differs in every run"]


def test_the_idempotency_key_is_the_same_in_every_attempt(reads: Reads) -> None:
    first = current.idempotency_key
    current._begin({**SPEC, "attempt": 2})
    assert current.idempotency_key == first
    current._begin({**SPEC, "task": "4"})
    assert current.idempotency_key != first


def test_get_and_in(reads: Reads) -> None:
    assert current.get("step_name") == "fit"
    assert current.get("no_such_thing", 5) == 5
    assert current.get("_spec", 5) == 5
    assert "step_name" in current
    assert "origin_run_id" not in current
    assert current.is_running_flow
    assert repr(current) == f"<current: {SPEC['pathspec']}>"


def test_parameters(reads: Reads) -> None:
    assert current.parameters.alpha == 0.5
    assert dict(current.parameters) == {"alpha": 0.5, "size": 2}
    assert list(current.parameters) == ["alpha", "size"]
    assert len(current.parameters) == 2
    with pytest.raises(AttributeError, match="no parameter `beta`"):
        _ = current.parameters.beta


def test_the_project_root(reads: Reads, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")
    assert current.project_root == str(tmp_path)


def test_reads_as_provenance_keeps_them() -> None:
    reads = Reads()
    reads.artifact("x", "d1")
    reads.artifact("x", "d2")  # its own by then
    reads.absent("y")
    reads.artifact("alpha", "d3")
    reads.artifact("inputs[2].score", "d4")
    reads.input("score", 0, None)
    reads.every_input("name", ["d5", None])
    reads.value("index", 0)
    reads.value("len(inputs)", 3)
    reads.value("foreach_stack", [[0, 3]])
    reads.item = "d6"
    found = reads.to_json(frozenset(("alpha", "beta")))
    assert found.pop("foreach_stack")
    assert len(found["inputs"].pop("name")["every"]) == 64
    assert found == {
        "artifacts": {"x": "d1", "y": None},
        "inputs": {"score": {"at": {"0": None, "2": "d4"}}},
        "parameters": {"alpha": "d3"},
        "item": "d6",
        "index": 0,
        "inputs_len": 3,
    }
    reads.names()
    assert reads.to_json()["every_name"] is True
