"""A task's artifacts: read lazily and recorded, written when the step ends.

`TaskState` is what a flow's instance asks for everything that it doesn't hold itself (see
`flownote.flowspec`). Values that were loaded or assigned stand in the instance's own
``__dict__``; the state knows which of them came from where, so that at the end of the
step only what is new or changed is encoded (engine rules 5 and 6).
"""

from __future__ import annotations

import os

from flownote import codecs, provenance
from flownote.codecs import identity
from flownote.exceptions import InvalidNextException, MissingArtifact, UnstorableArtifact
from flownote.flowspec import own_attributes
from flownote.reads import Reads
from flownote.worker.files import Files
from flownote.worker.foreach import Frames, store_items
from flownote.worker.loaded import Loaded, PrivatePages
from flownote.worker.staging import INLINE, Staging

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = ["TaskState", "identity"]

# Not an artifact: the state itself, in the instance's `__dict__`.
STATE = "_flownote"


class TaskState:
    """The state of one attempt.

    Parameters
    ----------
    spec
        Its TaskSpec.
    channel
        Its way to the engine.
    joins
        Whether the step takes ``inputs``: it then starts without inherited artifacts.
    """

    def __init__(self, spec: dict[str, Any], channel: Any, *, joins: bool = False) -> None:
        self.spec = spec
        self.channel = channel
        self.pid = os.getpid()
        self.reads = Reads()
        self.files = Files(spec, channel)
        self.values: dict[str, Any] = {}
        self.joins = joins
        self.targets: tuple[str, ...] | None = None
        self.notices: list[str] = []
        self._staging = Staging(spec["staging"])
        self._frames = Frames(spec, self.files, self.reads)
        self._foreach: str | None = None
        self._items: Iterable[Any] | None = None
        self._loaded: dict[str, Loaded] = {}
        self._taken: list[Loaded] = []
        self._deleted: set[str] = set()
        self._of_run: dict[str, Any] = {}
        # Artifact → (the attempt that wrote it, digest): what the parents pass on.
        self._inherited: dict[str, tuple[str, str]] = {}
        if not joins:
            for parent in spec["parents"]:
                self._inherited.update(passed_on(self.files, parent))

    def attach(self, flow: Any) -> None:
        """Take the instance whose attributes are this task's artifacts."""
        self.flow = flow
        self.values = own_attributes(flow)

    def __reduce__(self) -> Any:
        raise TypeError("a flow can't be an artifact of itself")

    # What a flow's instance asks (see `flownote.flowspec`).

    def has(self, name: str) -> bool:
        """Whether an artifact, a parameter's value or a constant's is stored."""
        if name in self.values:
            return True
        if name in self._inherited and name not in self._deleted:
            return True
        run = self.files.run()
        return name in run.get("parameters", {}) or name in run.get("constants", {})

    def load(self, name: str) -> Any:
        """Return an artifact, parameter or constant; the read is recorded.

        Raises
        ------
        MissingArtifact
            When nothing before this step wrote it.
        """
        if name in self._inherited and name not in self._deleted:
            return self._load_inherited(name)
        if name in self._of_run:
            return self._of_run[name]
        run = self.files.run()
        for kind in ("parameters", "constants"):
            record = run.get(kind, {}).get(name)
            if record is not None:
                return self._load_of_run(name, record)
        self.reads.absent(name)
        raise _Missing(name, self)

    def load_all(self) -> None:
        """Load everything that is inherited: what ``vars(self)`` shows."""
        self.reads.names()
        for name in self._inherited:
            if name not in self.values and name not in self._deleted:
                self._load_inherited(name)

    def names(self) -> list[str]:
        """Return the names of everything that is inherited: what ``dir(self)`` shows."""
        self.reads.names()
        return [name for name in self._inherited if name not in self._deleted]

    def delete(self, name: str) -> bool:
        """Forget an inherited artifact; returns whether there was one."""
        known = name in self._inherited and name not in self._deleted
        self._deleted.add(name)
        return known

    def set_next(self, targets: tuple[str, ...], foreach: str | None) -> None:
        """Go on to these steps; ``foreach`` names the attribute to iterate over."""
        if self.targets is not None:
            raise InvalidNextException(
                f"step `{self.spec['step']}` calls `self.next` twice",
                hint="call it once, as the last statement",
            )
        if foreach is not None:
            self._items = self._frames.items(self.flow, foreach)
        self.targets, self._foreach = targets, foreach

    def foreach_input(self) -> Any:
        """Return this task's item, None outside a foreach."""
        return self._frames.input()

    def foreach_index(self) -> int | None:
        """Return the position of this task's item, None outside a foreach."""
        return self._frames.index()

    def foreach_stack(self) -> list[tuple[int, int, Any]]:
        """Return (index, count, item) of every foreach around this task, outermost first."""
        return self._frames.stack()

    def merge_artifacts(
        self, inputs: Iterable[Any], exclude: list[str], include: list[str]
    ) -> None:
        """Take over what all ``inputs`` agree on (see `FlowSpec.merge_artifacts`)."""
        from flownote.worker.merge import merge

        self._inherited.update(merge(self, inputs, exclude, include))

    # The end of the step.

    def finish(self) -> dict[str, Any]:
        """Write what is new or changed and return the task's manifest.

        Raises
        ------
        UnstorableArtifact
            Naming every attribute that can't be stored, each with its type and reason.
        """
        artifacts, unstorable = self._write_new()
        items = None
        if self._items is not None and not unstorable:
            try:
                items = store_items(self._staging, self._foreach, self._items)
            except UnstorableArtifact as error:
                unstorable.append(error.message)
        if unstorable:
            raise _unstorable(unstorable)
        manifest: dict[str, Any] = {"artifacts": artifacts, "inherited": self._pass_on(artifacts)}
        if items is not None:
            manifest["items"] = items
        manifest["next"] = self._next(items)
        manifest["provenance"] = self._provenance(manifest)
        if self.notices:
            manifest["notices"] = self.notices
        return manifest

    def _write_new(self) -> tuple[dict[str, Any], list[str]]:
        artifacts: dict[str, Any] = {}
        unstorable: list[str] = []
        pages = PrivatePages()
        known = (*self._taken, *self._loaded.values())
        unchanged = {id(loaded.value): loaded for loaded in known}
        written: dict[int, Any] = {}
        for name, value in self.values.items():
            if name == STATE:
                continue
            loaded = unchanged.get(id(value))
            if loaded is not None and loaded.is_changed(pages):
                loaded = None
                del unchanged[id(value)]
            if loaded is not None:
                if loaded is not self._loaded.get(name):
                    artifacts[name] = loaded.record
                continue
            try:
                record = written.get(id(value)) or self._staging.store(value)
            except UnstorableArtifact as error:
                unstorable.append(f"`self.{name}` {error.message}")
                continue
            artifacts[name] = written[id(value)] = record
        return artifacts, unstorable

    def _pass_on(self, artifacts: dict[str, Any]) -> dict[str, dict[str, str]]:
        inherited: dict[str, dict[str, str]] = {}
        for name, (producer, digest) in self._inherited.items():
            gone = name in self._deleted or (name in self._loaded and name not in self.values)
            if name not in artifacts and (not gone or name in self.values):
                inherited.setdefault(producer, {})[name] = digest
        return inherited

    def _provenance(self, manifest: dict[str, Any]) -> dict[str, Any]:
        passed = {name for names in manifest["inherited"].values() for name in names}
        deleted = self._inherited.keys() - passed - manifest["artifacts"].keys()
        step = self.spec["step"]
        try:
            return provenance.record(type(self.flow), step, self.reads, manifest, deleted)
        except Exception as error:  # a result isn't lost because its code can't be followed
            reason = f"its code can't be followed ({type(error).__name__}: {error})"
            return {"schema": provenance.SCHEMA, "language": "python", "uncacheable": reason}

    def _next(self, items: dict[str, Any] | None) -> dict[str, Any]:
        if self.spec["step"] == "end":
            return {"kind": "end"}
        if self.targets is None:
            raise InvalidNextException(
                f"step `{self.spec['step']}` ended without `self.next`",
                hint="say where to go on: `self.next(self.end)`",
            )
        if items is not None:
            return {"kind": "foreach", "step": self.targets[0], "count": items["count"]}
        return {"kind": "steps", "steps": list(self.targets)}

    # Reading.

    def take(self, record: dict[str, Any], producer: str, name: str) -> Any:
        """Return a branch's artifact: assigned to ``self`` unchanged, it keeps its blob."""
        value, data = self.decode(record, producer, name)
        if record["size"] > INLINE and codecs.is_canonical(record):
            self._taken.append(Loaded(value, record, data))
        return value

    def decode(self, record: dict[str, Any], producer: str, name: str) -> tuple[Any, Any]:
        """Return a record's value and the buffer that it was decoded from."""
        data = self.files.data(record, producer, name)
        return codecs.decode(data, record), data

    def _load_inherited(self, name: str) -> Any:
        producer, _ = self._inherited[name]
        record = self.files.manifest(producer)["artifacts"][name]
        # What a join merged was noted then, of each branch: it inherits nothing by itself.
        if not self.joins:
            self.reads.artifact(name, identity(record))
        value, data = self.decode(record, producer, name)
        self._loaded[name] = Loaded(value, record, data)
        self.values[name] = value
        return value

    def _load_of_run(self, name: str, record: dict[str, Any]) -> Any:
        self.reads.parameter(name, identity(record))
        value, _ = self.decode(record, "run.json", name)
        self._of_run[name] = value
        return value

    def tell_missing(self, name: str) -> tuple[str, str]:
        """Return what to say of an artifact that isn't there, and what to do about it."""
        if name in self._deleted:
            return f"this step deleted the artifact `{name}`", "read it before you delete it"
        message = f"no step before `{self.spec['step']}` wrote the artifact `{name}`"
        steps = self.files.steps_with(name)
        if steps:
            message += f"; it is in {', '.join(f'`{step}`' for step in steps)}"
        if self.joins:
            return message, (
                f"a join takes from its branches: `inputs[0].{name}` or `self.merge_artifacts`"
            )
        if steps:
            return message, "it isn't passed on to this step: look for a `del` or a join between"
        return message, "assign it in an earlier step, or look for a misspelling"


class _Missing(MissingArtifact):
    """Looks for the steps that have the artifact only when somebody reads the message.

    ``hasattr`` and ``getattr`` with a default raise it for nothing.
    """

    __module__, __qualname__ = MissingArtifact.__module__, MissingArtifact.__qualname__

    def __init__(self, name: str, state: TaskState) -> None:
        AttributeError.__init__(self)
        self.name = self._asked = name
        self._state = state
        self.file = self.line = None

    def __reduce__(self) -> Any:
        return _missing, (self.message, self.name, self.hint)

    @property
    def message(self) -> str:  # type: ignore[override]
        """What is wrong."""
        return self._state.tell_missing(self._asked)[0]

    @property  # type: ignore[misc]
    def hint(self) -> str:
        """What to do now."""
        return self._state.tell_missing(self._asked)[1]


def _missing(message: str, name: str, hint: str) -> MissingArtifact:
    return MissingArtifact(message, name=name, hint=hint)


def passed_on(files: Files, attempt: str) -> dict[str, tuple[str, str]]:
    """Return what an attempt leaves to the next: artifact → (who wrote it, digest)."""
    manifest = files.manifest(attempt)
    names = {
        name: (producer, digest)
        for producer, digests in manifest.get("inherited", {}).items()
        for name, digest in digests.items()
    }
    for name, record in manifest["artifacts"].items():
        names[name] = (attempt, record["digest"])
    return names


def _unstorable(reasons: list[str]) -> UnstorableArtifact:
    many = f"{len(reasons)} attributes" if len(reasons) > 1 else "an attribute"
    return UnstorableArtifact(
        f"can't store {many}: {'; '.join(reasons)}",
        hint="store what they are made from instead, or `del` them before the step ends",
    )
