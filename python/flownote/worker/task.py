"""One attempt: the step is run on an instance of the flow, and its manifest returned.

The same for a forked child, a fresh interpreter and the caller's own process. User code
may do anything here; whatever leaves the step becomes a `Failure` in the manifest.
"""

from __future__ import annotations

import signal
import sys

from flownote.artifacts import TaskState
from flownote.current import current
from flownote.decorators.base import decorators_of
from flownote.decorators.secrets import hide, masks_of
from flownote.exceptions import InvalidNextException, TimeoutException
from flownote.flowspec import make_instance
from flownote.worker.failure import Cancel, failure_of, user_traceback
from flownote.worker.inputs import Inputs
from flownote.worker.randomness import seeded
from flownote.world import watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    class Channel(Protocol):
        """A task's way to the engine."""

        def send(self, message: dict[str, Any]) -> None:
            """Send a frame that has no answer."""

        def mask(self, values: list[str]) -> None:
            """Have values hidden in what the task prints."""

        def ask(self, message: dict[str, Any]) -> dict[str, Any]:
            """Send a frame and return the answer."""

        def need(self, message: dict[str, Any]) -> str:
            """Ask for a file and return its path."""


def run_task(flow_class: type, spec: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Run the attempt that ``spec`` describes and return its manifest.

    Parameters
    ----------
    flow_class
        The flow.
    spec
        The TaskSpec (`runtime/engine/src/wire.rs`).
    channel
        The way to the engine.
    """
    try:
        return _run(flow_class, spec, channel)
    except BaseException as error:
        return {"artifacts": {}, "failure": failure_of(error)}


def _run(flow_class: type, spec: dict[str, Any], channel: Channel) -> dict[str, Any]:
    function = getattr(flow_class, spec["step"])
    decorators = decorators_of(function)
    state = TaskState(spec, channel, joins=takes_inputs(function))
    flow = make_instance(flow_class, state)
    state.attach(flow)
    current._begin(spec, state.reads, flow)
    hidden = masks_of(flow_class)
    if hidden:
        channel.mask(hidden)
    caught = None
    try:
        catcher = next((deco for deco in decorators if deco.name == "catch"), None)
        if spec["mode"] == "fallback":
            caught = spec["failure"]
            _take_failure(state, catcher, caught)
        else:
            try:
                for decorator in decorators:
                    decorator.enter(channel.mask)
                with watch.step(externals_of(decorators)), seeded(spec.get("seed")):
                    _call(flow, state, spec)
            except Exception as error:
                if catcher is None or spec["mode"] != "last":
                    raise
                caught = hide(failure_of(error))
                if catcher.attributes["print_exception"]:
                    print(user_traceback(error), file=sys.stderr, end="")
                _take_failure(state, catcher, caught)
            else:
                _note_success(state, catcher)
        manifest = state.finish()
    finally:
        current._end()
    if caught is not None:
        manifest["caught"] = caught
    return manifest


def _call(flow: Any, state: TaskState, spec: dict[str, Any]) -> None:
    step = getattr(flow, spec["step"])
    arguments = (Inputs(state),) if state.joins else ()
    with _Alarms(spec["timeout_ms"]):
        step(*arguments)


def externals_of(decorators: list[Any]) -> list[Any]:
    """Return what `@cache` declares that a step reads of the world."""
    return next((deco.externals for deco in decorators if deco.name == "cache"), [])


def takes_inputs(function: Callable[..., Any]) -> bool:
    """Whether a step joins: it takes a second argument beside ``self``."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function.__code__.co_argcount > 1


def _take_failure(state: TaskState, catcher: Any, failure: dict[str, Any]) -> None:
    """Let the flow go on as `@catch` says: the failure becomes a value."""
    from flownote.exceptions import CaughtFailure

    var = catcher.attributes["var"] if catcher is not None else None
    if var:
        state.values[var] = CaughtFailure.of(failure)
    targets, foreach = _static_next(state)
    state.targets = None
    if targets:
        state.set_next(targets, foreach)


def _static_next(state: TaskState) -> tuple[tuple[str, ...], str | None]:
    """Return where the step's source says that the flow goes on."""
    name = state.spec["step"]
    steps = state.files.run()["description"]["steps"]
    transitions = next(step["transitions"] for step in steps if step["name"] == name)
    if not transitions:
        return (), None
    foreach = transitions[0].get("foreach")
    if foreach is not None and not state.has(foreach):
        raise InvalidNextException(
            f"`@catch` can't go on from `{name}`: it failed before `self.{foreach}` was set",
            hint="move the foreach to a step of its own, after the one that may fail",
        )
    return tuple(transitions[0]["targets"]), foreach


def _note_success(state: TaskState, catcher: Any) -> None:
    var = catcher.attributes["var"] if catcher is not None else None
    if var and var not in state.values:
        state.values[var] = None


class _Alarms:
    """While a step runs: its deadline, and SIGTERM as the wish to stop."""

    def __init__(self, timeout_ms: int | None) -> None:
        self._timeout_ms = timeout_ms
        self._before: list[tuple[int, Any]] = []

    def __enter__(self) -> None:
        self._on(signal.SIGTERM, _raise_cancel)
        if self._timeout_ms is not None:
            seconds = max(self._timeout_ms, 1) / 1000
            self._on(signal.SIGALRM, lambda *_: _raise_timeout(seconds))
            signal.setitimer(signal.ITIMER_REAL, seconds)

    def __exit__(self, *_: object) -> None:
        if self._timeout_ms is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._before:
            signal.signal(number, handler)

    def _on(self, number: int, handler: Any) -> None:
        self._before.append((number, signal.signal(number, handler)))


def _raise_timeout(seconds: float) -> None:
    raise TimeoutException(
        f"the step ran longer than its timeout of {seconds:g} s",
        hint="raise `@timeout`, or look at the traceback for where the step hangs",
    )


def _raise_cancel(*_: object) -> None:
    raise Cancel
