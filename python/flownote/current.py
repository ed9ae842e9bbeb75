"""`current`: what a step may ask about the run, step and task that it is.

Each answer is a read like an artifact's and is recorded, for a result depends on it.
What differs in every run (``run_id`` and all that contains it) makes the task
uncacheable (engine rule 20).
"""

from __future__ import annotations

from _thread import _local

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.reads import Reads


class Current:
    """The singleton behind `flownote.current`.

    Outside a run, and in the program that schedules one, every attribute is None and
    ``is_running_flow`` is False.

    Examples
    --------
    >>> from flownote import current
    >>> current.is_running_flow
    False
    """

    _spec: dict[str, Any] | None = None
    _flow: Any = None
    _reads_of_task: Reads | None = None
    # The run of the notebook whose cells this process runs.
    _session: str | None = None
    # While a memoised function computes, what its thread reads is the function's.
    _of_thread: Any = _local()

    def _begin(self, spec: dict[str, Any], reads: Reads | None = None, flow: Any = None) -> None:
        """Answer for a task: its TaskSpec, where reads go, the flow's instance."""
        self._spec, self._reads_of_task, self._flow = spec, reads, flow

    def _end(self) -> None:
        """Answer for no task."""
        self._spec = self._reads_of_task = self._flow = None

    @property
    def _reads(self) -> Reads | None:
        return getattr(self._of_thread, "reads", None) or self._reads_of_task

    def _answer(self, name: str, value: Any) -> Any:
        if self._reads is not None:
            self._reads.value(f"current.{name}", value)
        return value

    def _answer_of_run(self, name: str, value: Any) -> Any:
        if self._reads is not None:
            self._reads.uncacheable(f"reads `current.{name}`, which differs in every run")
        return value

    def _field(self, name: str) -> Any:
        return self._spec.get(name) if self._spec else None

    def _origin(self, name: str) -> Any:
        return (self._spec.get("origin") or {}).get(name) if self._spec else None

    @property
    def is_running_flow(self) -> bool:
        """Whether a step is running here."""
        return self._spec is not None

    @property
    def flow_name(self) -> str | None:
        """The flow's name."""
        return self._answer("flow_name", self._field("flow"))

    @property
    def step_name(self) -> str | None:
        """The step's name."""
        return self._answer("step_name", self._field("step"))

    @property
    def task_id(self) -> str | None:
        """The task's id within its step: the foreach indices joined by ``-``, or ``0``."""
        return self._answer("task_id", self._field("task"))

    @property
    def retry_count(self) -> int | None:
        """How many attempts came before this one."""
        return self._answer("retry_count", self._field("attempt"))

    @property
    def run_id(self) -> str | None:
        """The run's id. A task that reads it is never taken from the cache."""
        return self._answer_of_run("run_id", self._field("run"))

    @property
    def pathspec(self) -> str | None:
        """``Flow/run/step/task`` of this task."""
        return self._answer_of_run("pathspec", self._field("pathspec"))

    @property
    def idempotency_key(self) -> str | None:
        """A text that is the same in every attempt of this task and in no other task.

        Give it to a service that must do a thing once although a step is tried twice.
        """
        spec = self._spec
        key = "-".join(spec[part] for part in ("flow", "run", "step", "task")) if spec else None
        return self._answer_of_run("idempotency_key", key)

    @property
    def origin_run_id(self) -> str | None:
        """The run that this one takes results from, when it is a resume."""
        return self._answer_of_run("origin_run_id", self._origin("origin_run_id"))

    @property
    def namespace(self) -> str | None:
        """The namespace of the run, ``user:ana``."""
        return self._answer("namespace", self._origin("namespace"))

    @property
    def username(self) -> str | None:
        """Who started the run."""
        return self._answer("username", self._origin("user"))

    @property
    def tags(self) -> frozenset[str]:
        """The tags that the run was started with."""
        tags = frozenset(self._origin("tags") or ())
        self._answer("tags", sorted(tags))
        return tags

    @property
    def parameters(self) -> Parameters | None:
        """The values of the flow's parameters, as attributes."""
        return Parameters(self._flow) if self._flow is not None else None

    @property
    def project_root(self) -> str | None:
        """The folder that the run's project begins at."""
        if self._spec is None:
            return None
        from flownote.project_root import find_root

        return self._answer("project_root", self._field("project_root") or find_root())

    def get(self, name: str, default: Any = None) -> Any:
        """Return the attribute ``name``, or ``default`` when it is None or unknown."""
        value = None if name.startswith("_") else getattr(self, name, None)
        return default if value is None else value

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __repr__(self) -> str:
        spec = self._spec
        return f"<current: {spec['pathspec']}>" if spec else "<current: no task runs here>"


class Parameters:
    """A flow's parameters by name: ``current.parameters.alpha``."""

    def __init__(self, flow: Any) -> None:
        self._flow = flow

    def _names(self) -> list[str]:
        from flownote.describe import parameters_of

        return [name for name, _ in parameters_of(type(self._flow))]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._names():
            raise AttributeError(f"the flow has no parameter `{name}`")
        return getattr(self._flow, name)

    def __getitem__(self, name: str) -> Any:
        if name not in self._names():
            raise KeyError(name)
        return getattr(self._flow, name)

    def __iter__(self) -> Any:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def keys(self) -> list[str]:
        """Return the parameters' names, so that ``dict(current.parameters)`` works."""
        return self._names()


current = Current()
