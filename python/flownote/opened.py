"""What a task was given, for the scripts that `flownote open` writes.

A `Given` stands in for ``self`` in a step's body: artifacts, parameters and constants are
loaded through the client when the code asks for them; what the code assigns stays here.
"""

from __future__ import annotations

from flownote.exceptions import MissingArtifact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flownote.client.task import Task


class Given:
    """A stand-in for ``self`` in the step of a task that ran.

    Parameters
    ----------
    pathspec
        ``Flow/run/step/task``.
    store
        The datastore; by default the one in use.

    Examples
    --------
    >>> self = Given("Recommend/latest/train/3")  # doctest: +SKIP
    >>> self.alpha, self.input  # doctest: +SKIP
    (0.5, 'EASE')
    """

    def __init__(self, pathspec: str, *, store: str | None = None) -> None:
        from flownote.client import Task, namespace

        namespace(None)
        self._task = Task(pathspec, store=store)
        self._assigned: set[str] = set()
        self._ready = True

    @property
    def inputs(self) -> Inputs:
        """What the branches of a join passed on: `inputs` in its step."""
        return Inputs(self._task)

    @property
    def input(self) -> Any:
        """The item of the innermost foreach, None outside one."""
        levels = self._levels()
        return _item(self._task, len(levels) - 1) if levels else None

    @property
    def index(self) -> int | None:
        """The item's position, None outside a foreach."""
        levels = self._levels()
        return levels[-1][1] if levels else None

    def foreach_stack(self) -> list[tuple[int, int, Any]]:
        """Return (index, count, item) of every level."""
        levels = enumerate(self._levels())
        return [(at, count, _item(self._task, level)) for level, (_, at, count) in levels]

    def _levels(self) -> list[Any]:
        return self._task._now()["foreach"]

    def next(self, *steps: Any, **options: Any) -> None:
        """Say where the flow would go; nothing follows."""
        names = [getattr(step, "__name__", str(step)) for step in steps]
        words = ", ".join(names + [f"{name}={value!r}" for name, value in options.items()])
        print(f"self.next({words}): the script ends here")

    def merge_artifacts(
        self, inputs: Any, exclude: tuple[str, ...] = (), include: tuple[str, ...] = ()
    ) -> None:
        """Take over what the branches passed on, of those that differ the first."""
        for branch in inputs:
            for name in branch.artifacts._fields:
                wanted = name not in exclude and (not include or name in include)
                if wanted and name not in vars(self):
                    setattr(self, name, getattr(branch, name))

    def __setattr__(self, name: str, value: Any) -> None:
        if "_ready" in vars(self):
            self._assigned.add(name)
        object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "_task" not in vars(self):
            raise AttributeError(name)
        value = self._load(name)
        vars(self)[name] = value
        return value

    def _load(self, name: str) -> Any:
        parents = list(self._task.parent_tasks)
        if len(parents) == 1 and name in parents[0].artifacts:
            return getattr(parents[0].data, name)
        run = self._task.parent.parent
        for kind in ("parameters", "constants"):
            record = (run._of_record(kind) or {}).get(name)
            if record is not None:
                from flownote.client.artifact import decode

                return decode(run._reader.fetch_blob, record, "run.json", name)
        for step in run._of_record("description")["steps"]:
            if step["name"] == name:
                return _StepName(name)
        raise MissingArtifact(
            f"task `{self._task.pathspec}` was given no `{name}`",
            name=name,
            hint="the step assigns it, or an earlier one was to",
        )

    def __repr__(self) -> str:
        return f"<what {self._task.pathspec} was given>"

    def _report(self) -> None:
        """Print what the code assigned."""
        for name in sorted(self._assigned):
            print(f"self.{name} = {_short(vars(self)[name])}")


class Branch:
    """What one branch passes on to a join; its artifacts and parameters are attributes."""

    def __init__(self, task: Task) -> None:
        self._task = task

    @property
    def artifacts(self) -> Any:
        """The artifacts, unloaded."""
        return self._task.artifacts

    @property
    def index(self) -> int | None:
        """The branch's position in its innermost foreach."""
        return self._task.index

    @property
    def input(self) -> Any:
        """The item that the branch was given by its innermost foreach."""
        levels = self._task._now()["foreach"]
        return _item(self._task, len(levels) - 1) if levels else None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._task.data, name)


class Inputs:
    """A join's ``inputs``: the branches in order, and by the names of their steps."""

    def __init__(self, task: Task) -> None:
        self._branches = [Branch(parent) for parent in task.parent_tasks]

    def __iter__(self) -> Iterator[Branch]:
        return iter(self._branches)

    def __len__(self) -> int:
        return len(self._branches)

    def __getitem__(self, position: int) -> Branch:
        return self._branches[position]

    def __getattr__(self, name: str) -> Branch:
        for branch in self.__dict__.get("_branches", ()):
            if branch._task.parent.id == name:
                return branch
        raise AttributeError(f"no branch comes from a step `{name}`")


class _StepName:
    """`self.train` where no artifact is called so: the step, for `self.next`."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __repr__(self) -> str:
        return f"self.{self.__name__}"


def _item(task: Task, level: int) -> Any:
    """Return an item of a foreach around a task: an element of what its split went over."""
    levels = task._now()["foreach"]
    split, index, _ = levels[level]
    run = task.parent.parent
    number = "-".join(str(at) for _, at, _ in levels[:level]) or "0"
    steps = run._of_record("description")["steps"]
    transitions = next(step["transitions"] for step in steps if step["name"] == split)
    over = next(one["foreach"] for one in transitions if one.get("foreach"))
    values = getattr(run[split][number].data, over)
    try:
        return values[index] if not isinstance(values, dict) else list(values)[index]
    except (TypeError, KeyError):
        return next(value for at, value in enumerate(values) if at == index)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:197]}…"
