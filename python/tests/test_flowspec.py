"""Flows, steps and decorators as their authors write them, outside a run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flownote import FlowSpec, catch, environment, isolate, resources, retry, step, timeout
from flownote.constants import seal
from flownote.decorators import decorators_of
from flownote.decorators.command_line import attach, parse
from flownote.exceptions import (
    DecoratorError,
    FlowDefinitionError,
    InvalidNextException,
    MergeArtifactsException,
    MissingArtifact,
)
from flownote.flowspec import make_instance, own_attributes, step_names


class Small(FlowSpec):
    size = 3

    @retry(times=1)
    @step
    def start(self):
        self.items = [1, 2]
        self.next(self.work, foreach="items")

    @step
    def work(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass

    def helper(self):
        return 1

    @property
    def broken(self):
        return self.nothing_here


def test_a_bare_instance_runs_single_steps() -> None:
    flow = Small(use_cli=False)
    flow.start()
    assert flow.items == [1, 2]
    assert (flow._flownote.targets, flow._flownote.foreach) == (("work",), "items")
    assert (flow.input, flow.index, flow.foreach_stack()) == (None, None, [])
    assert flow.name == "Small"
    assert step_names(Small) == ["start", "work", "join", "end"]
    assert len(list(flow)) == 4


def test_a_missing_attribute() -> None:
    flow = Small(use_cli=False)
    assert not hasattr(flow, "absent")
    assert getattr(flow, "absent", 5) == 5
    with pytest.raises(MissingArtifact, match="no attribute `absent`"):
        _ = flow.absent
    with pytest.raises(MissingArtifact, match="`nothing_here`"):  # not "broken"
        _ = flow.broken


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda flow: flow.next(), "names no step"),
        (lambda flow: flow.next(flow.helper), "`helper`, which is not a step of Small"),
        (lambda flow: flow.next("end"), "a value of type str"),
        (lambda flow: flow.next(flow.end, foreach=[1]), "`foreach` is the name of an attribute"),
        (lambda flow: flow.next(flow.work, flow.end, foreach="items"), "to one step, not 2"),
        (lambda flow: flow.next(flow.end, number=3), "doesn't know `number`"),
    ],
)
def test_wrong_next(call: Any, message: str) -> None:
    with pytest.raises(InvalidNextException) as caught:
        call(Small(use_cli=False))
    assert message in caught.value.message
    assert caught.value.hint


def test_merge_artifacts_outside_a_join() -> None:
    flow = Small(use_cli=False)
    with pytest.raises(MergeArtifactsException, match="in a join step"):
        flow.merge_artifacts([])
    with pytest.raises(MergeArtifactsException, match="not both"):
        flow.merge_artifacts([], include=["a"], exclude=["b"])


def test_step_marks_functions_only() -> None:
    with pytest.raises(FlowDefinitionError, match="`@step` marks a method"):
        step(3)  # type: ignore[type-var]


class State:
    """A worker's state that has some artifacts."""

    def __init__(self, **artifacts: Any) -> None:
        self.artifacts = artifacts

    def load(self, name: str) -> Any:
        if name not in self.artifacts:
            raise MissingArtifact(name)
        return self.artifacts[name]


def test_artifacts_go_before_class_constants() -> None:
    class Sealed(Small):
        other = 4

    seal(Sealed)
    assert (Sealed.size, Sealed.other, Sealed(use_cli=False).size) == (3, 4, 3)
    flow = make_instance(Sealed, State(size=7))
    assert (flow.size, flow.other) == (7, 4)
    flow.size = 9
    assert flow.size == 9
    del own_attributes(flow)["size"]
    assert flow.size == 7


# name → (how it is written, its attributes)
WRITTEN: dict[str, tuple[Any, dict[str, Any]]] = {
    "bare": (lambda: retry, {"times": 3, "minutes_between_retries": 2, "backoff": 1}),
    "called": (lambda: retry(), {"times": 3, "minutes_between_retries": 2, "backoff": 1}),
    "by name": (lambda: retry(times=5, backoff=2), {"times": 5, "backoff": 2}),
    "float minutes": (lambda: retry(minutes_between_retries=0.5), {"minutes_between_retries": 0.5}),
    "catch": (lambda: catch(var="e"), {"var": "e", "print_exception": True}),
    "timeout": (lambda: timeout(seconds=1, minutes=2), {"seconds": 1, "minutes": 2, "hours": 0}),
    "positional": (lambda: isolate("fork"), {"mode": "fork"}),
    "isolate bare": (lambda: isolate, {"mode": "spawn"}),
    "a dict": (lambda: environment(vars={"A": "1"}), {"vars": {"A": "1"}}),
    "resources": (lambda: resources(cpu=2), {"cpu": 2, "memory": 4096, "gpu": None}),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_decorators(name: str) -> None:
    made, expected = WRITTEN[name]

    for order in (lambda f: made()(step(f)), lambda f: step(made()(f))):

        def function(self: Any) -> None:
            pass

        [decorator] = decorators_of(order(function))
        assert decorator.attributes.items() >= expected.items()
        assert json.loads(json.dumps(decorator.describe()))["name"] == decorator.name


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: retry(tims=3), "`@retry` has no attribute `tims`"),
        (lambda: retry(times="3"), "`times` must be int, not str"),
        (lambda: retry(times=True), "`times` must be int, not bool"),
        (lambda: retry(times=-1), "can't be negative"),
        (lambda: retry(backoff=0.5), "must be at least 1"),
        (lambda: retry("3"), "takes its attributes by name"),
        (lambda: catch(var="a b"), "can't be the name of an attribute"),
        (lambda: timeout(), "names no time above zero"),
        (lambda: timeout(seconds=-1), "names no time above zero"),
        (lambda: isolate("thread"), "no such mode"),
        (lambda: environment(vars={"A": 1}), "must both be text"),
        (lambda: environment(vars={"A=B": "1"}), "can't be the name of a variable"),
        (lambda: resources(cpu=0), "must be more than zero"),
        (lambda: retry(times=1)(retry(times=2)(lambda: None)), "has `@retry` twice"),
        (lambda: retry(times=1)(3), "stands on a step, not on int"),
        (lambda: retry(times=1)(Small), "not on the class `Small`"),
    ],
)
def test_wrong_decorators(made: Any, message: str) -> None:
    with pytest.raises(DecoratorError) as caught:
        made()
    assert message in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("retry", "@retry()"),
        ("retry:times=4", "@retry(times=4)"),
        (
            "retry:times=4,minutes_between_retries=0.5",
            "@retry(minutes_between_retries=0.5, times=4)",
        ),
        ("catch:var=failed,print_exception=False", "@catch(print_exception=False, var='failed')"),
        ("isolate:spawn", "@isolate(mode='spawn')"),
        ("isolate:mode=fork", "@isolate(mode='fork')"),
        ('environment:vars={"A": "1,2"}', "@environment(vars={'A': '1,2'})"),
        ("secrets:sources=env:A", "@secrets(sources=['env:A'])"),
        ('secrets:sources=["env:A", "env:B"]', "@secrets(sources=['env:A', 'env:B'])"),
        ("catch:var=x1", "@catch(var='x1')"),
    ],
)
def test_with(text: str, expected: str) -> None:
    assert repr(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("rety", "there is no decorator `rety`", "did you mean `retry`?"),
        ("zzz:a=1", "there is no decorator `zzz`", "`timeout`"),
        ("retry:3", "`3` is not `attribute=value`", "--with retry:attribute=value"),
        ("retry:tims=3", "`--with retry:tims=3`: `@retry` has no attribute", "`times`"),
        ("retry:times=many", "`times` must be int, not str", "@retry"),
    ],
)
def test_wrong_with(text: str, message: str, hint: str) -> None:
    with pytest.raises(DecoratorError) as caught:
        parse(text)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_with_leaves_steps_alone_that_have_it_or_split() -> None:
    class Own(FlowSpec):
        @retry(times=1)
        @step
        def start(self):
            self.items = [1]
            self.next(self.end, foreach="items")

        @step
        def end(self):
            pass

    attach(Own, ["retry:times=9", "catch:var=failed"])
    assert [repr(one) for one in decorators_of(Own.start)] == ["@retry(times=1)"]
    assert [one.name for one in decorators_of(Own.end)] == ["retry", "catch"]
