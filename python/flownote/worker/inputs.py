"""A join's ``inputs``: the branches' results, each read lazily from its manifest."""

from __future__ import annotations

from flownote.artifacts import identity, passed_on
from flownote.exceptions import MissingArtifact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flownote.artifacts import TaskState


class Input:
    """What one branch passes on; its artifacts and parameters are attributes.

    Attributes
    ----------
    index
        The branch's position in its innermost foreach, None outside one.
    input
        The item that it was given there.
    """

    def __init__(self, state: TaskState, position: int, attempt: str) -> None:
        self._state = state
        self._position = position
        self._attempt = attempt
        self._names: dict[str, tuple[str, str]] | None = None

    @property
    def index(self) -> int | None:
        """The branch's position in its innermost foreach, None outside one."""
        frame = self._frame()
        return self._state.foreach_index() if frame is None else frame[1]

    @property
    def input(self) -> Any:
        """The item that the branch was given by its innermost foreach, None outside one."""
        frame = self._frame()
        if frame is None:
            return self._state.foreach_input()
        split = self._split(frame[0])
        over, records = self._state.files.items(split)
        record = records[frame[1]]
        # What the branch was given follows from the items that it passes on. Where it
        # passes on others, no later task can be found to have been given the same.
        known = over in self.artifact_records()
        noted = self.record(over) if known else record
        self._state.reads.input(over if known else "input", self._position, identity(noted))
        return self._state.decode(record, split, f"{over}[{frame[1]}]")[0]

    def _frame(self) -> list[Any] | None:
        """Return the foreach level that the join closes, None after a split into steps."""
        frames = self._state.files.done(self._attempt).get("foreach")
        return frames[-1] if frames and len(frames) > len(self._state.spec["foreach"]) else None

    def _split(self, step: str) -> str:
        """Return the attempt that opened the branch's foreach: one of its ancestors."""
        attempt = self._attempt
        while attempt.partition("/")[0] != step:
            attempt = self._state.files.done(attempt)["parents"][0]
        return attempt

    def artifact_records(self) -> dict[str, tuple[str, str]]:
        """Return what the branch passes on: artifact → (who wrote it, digest)."""
        if self._names is None:
            self._names = passed_on(self._state.files, self._attempt)
        return self._names

    def record(self, name: str) -> dict[str, Any]:
        """Return an artifact's record."""
        producer, _ = self.artifact_records()[name]
        return self._state.files.manifest(producer)["artifacts"][name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        state = self._state
        if name not in self.artifact_records():
            if _is_of_run(state, name):
                return getattr(state.flow, name)
            state.reads.input(name, self._position, None)
            raise MissingArtifact(
                f"branch {self._attempt} passes on no artifact `{name}`",
                name=name,
                hint=f"it has {_listed(self.artifact_records())}",
            )
        record = self.record(name)
        state.reads.input(name, self._position, identity(record))
        value = state.take(record, self.artifact_records()[name][0], name)
        self.__dict__[name] = value
        return value

    def __dir__(self) -> list[str]:
        return sorted([*super().__dir__(), *self.artifact_records()])

    def __repr__(self) -> str:
        return f"<input {self._attempt}>"


class Inputs:
    """The branches of a join: iterate, index, ask ``len``, or name a step of a split."""

    def __init__(self, state: TaskState) -> None:
        self._state = state
        attempts = state.spec["parents"]
        self._inputs = [Input(state, place, attempt) for place, attempt in enumerate(attempts)]

    def __len__(self) -> int:
        self._state.reads.value("inputs_len", len(self._inputs))
        return len(self._inputs)

    def __iter__(self) -> Iterator[Input]:
        self._state.reads.value("inputs_len", len(self._inputs))
        return iter(self._inputs)

    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return list(self)[place]
        if not 0 <= place < len(self._inputs):
            # Which input that is, or that there is none, depends on how many there are.
            self._state.reads.value("inputs_len", len(self._inputs))
        try:
            return self._inputs[place]
        except IndexError:
            raise IndexError(f"the join has {len(self._inputs)} inputs, no {place}") from None

    def __getattr__(self, step: str) -> Input:
        if step.startswith("__"):
            raise AttributeError(step)
        steps = {
            attempt.partition("/")[0]: input_
            for attempt, input_ in zip(self._state.spec["parents"], self._inputs, strict=True)
        }
        if step not in steps:
            raise AttributeError(f"no branch ends in a step `{step}`; they end in {_listed(steps)}")
        return steps[step]

    def __dir__(self) -> list[str]:
        steps = (attempt.partition("/")[0] for attempt in self._state.spec["parents"])
        return sorted([*super().__dir__(), *steps])

    def __repr__(self) -> str:
        return f"<{len(self._inputs)} inputs>"


def _is_of_run(state: TaskState, name: str) -> bool:
    run = state.files.run()
    return name in run.get("parameters", {}) or hasattr(type(state.flow), name)


def _listed(names: Any) -> str:
    listed = ", ".join(f"`{name}`" for name in sorted(names)[:12])
    return listed + ", …" if len(names) > 12 else listed or "nothing"
