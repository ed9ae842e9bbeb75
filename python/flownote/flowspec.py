"""`FlowSpec` and `step`: what a flow's author writes.

An instance of a flow is a front for its task. Everything that it does not hold itself
it asks of ``self._flownote``: inside a worker the task's state
(`flownote.artifacts.TaskState`), elsewhere `BareState`. That object answers

- ``load(name)``: the value of an artifact, parameter or constant, or raises
  `MissingArtifact`; the read is recorded,
- ``load_all()``, ``names()``: everything that is inherited, loaded or by name,
- ``delete(name)``: forget an inherited artifact; returns whether there was one,
- ``set_next(targets, foreach)``: the flow goes on to the steps of these names,
- ``foreach_input()``, ``foreach_index()``, ``foreach_stack()``,
- ``merge_artifacts(inputs, exclude, include)``.
"""

from __future__ import annotations

import sys

from flownote.exceptions import InvalidNextException, MergeArtifactsException, MissingArtifact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["FlowSpec", "is_flow", "make_instance", "step", "step_names"]

# Set while a flow's file is loaded and in workers: `MyFlow()` then only makes an
# instance and never runs the command line.
passive = False


def step(function: F) -> F:
    """Mark a method of a flow as a step.

    Raises
    ------
    FlowDefinitionError
        When it marks something other than a function.

    Examples
    --------
    >>> class Hello(FlowSpec):
    ...     @step
    ...     def start(self):
    ...         self.next(self.end)
    ...
    ...     @step
    ...     def end(self):
    ...         pass
    """
    if not hasattr(function, "__code__") and not hasattr(function, "__wrapped__"):
        from flownote.exceptions import FlowDefinitionError

        raise FlowDefinitionError(
            f"`@step` marks a method, not {type(function).__name__}",
            hint="put `@step` directly above `def`, and `@staticmethod` helpers without it",
        )
    function.is_step = True  # type: ignore[attr-defined]
    return function


def is_flow(value: object) -> bool:
    """Whether ``value`` is a flow's class (and not `FlowSpec` itself)."""
    return isinstance(value, type) and issubclass(value, FlowSpec) and value is not FlowSpec


def step_names(flow: type) -> list[str]:
    """Return the names of a flow's steps, base classes' first."""
    names: dict[str, bool] = {}
    for base in reversed(flow.__mro__):
        for name, value in vars(base).items():
            if name in names or getattr(value, "is_step", False) is True:
                names[name] = getattr(value, "is_step", False) is True
    return [name for name, marked in names.items() if marked]


class BareState:
    """The state of a flow's instance outside every task: attributes and nothing else."""

    bare = True

    def __init__(self) -> None:
        self.targets: tuple[str, ...] = ()
        self.foreach: str | None = None

    def load(self, name: str) -> Any:
        """Raise `MissingArtifact`: no step ran before."""
        raise MissingArtifact(
            f"this flow has no attribute `{name}`",
            name=name,
            hint="outside a run only what was assigned to the instance is there",
        )

    def names(self) -> list[str]:
        """Nothing is inherited."""
        return []

    def load_all(self) -> None:
        """Nothing is inherited."""

    def delete(self, name: str) -> bool:
        """Nothing is inherited."""
        return False

    def set_next(self, targets: tuple[str, ...], foreach: str | None) -> None:
        """Keep what ``self.next`` was called with, for tests of a single step."""
        self.targets, self.foreach = targets, foreach

    def foreach_input(self) -> Any:
        """Outside a foreach there is no item."""
        return None

    def foreach_index(self) -> int | None:
        """Outside a foreach there is no index."""
        return None

    def foreach_stack(self) -> list[tuple[int, int, Any]]:
        """Outside a foreach the stack is empty."""
        return []

    def merge_artifacts(
        self, inputs: Iterable[Any], exclude: list[str], include: list[str]
    ) -> None:
        """Raise `MergeArtifactsException`: there are no branches."""
        raise MergeArtifactsException(
            "`merge_artifacts` works in a join step of a run",
            hint="call it in a step that takes `inputs`",
        )


class _Attributes:
    """Holds an instance's attributes: `FlowSpec` shows more than these as ``__dict__``."""


def own_attributes(flow: Any) -> dict[str, Any]:
    """Return what the instance itself holds: assigned or loaded, not what is inherited."""
    return _Attributes.__dict__["__dict__"].__get__(flow)


class _Name:
    """``self.name``: the flow's name, until a step assigns an artifact of that name.

    Not a property, for those can't be assigned, and `self.name = self.input` is common.
    """

    def __get__(self, flow: Any, owner: type) -> Any:
        if flow is None:
            return self
        try:
            return flow._flownote.load("name")
        except AttributeError:
            return owner.__name__


class FlowSpec(_Attributes):
    """The base class of every flow.

    Parameters
    ----------
    use_cli
        Whether ``MyFlow()`` in the program that was started runs the command line
        (`python flow.py run`). With ``False``, and anywhere else, it makes a bare
        instance: useful to call a step in a test.
    """

    _flownote: Any = None
    name = _Name()

    def __init__(self, use_cli: bool = True) -> None:
        own_attributes(self)["_flownote"] = BareState()
        if use_cli and not passive and _started_by_user():
            from flownote.loader import run_program

            run_program(type(self))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        for base in type(self).__mro__:
            if name in vars(base):
                # A property of the class raised AttributeError: let it say so itself.
                return vars(base)[name].__get__(self, type(self))
        state = own_attributes(self).get("_flownote")
        if state is None:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        return state.load(name)

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        """All attributes, inherited artifacts among them: ``vars(self)`` reads every name."""
        if self._flownote is not None:
            self._flownote.load_all()
        return own_attributes(self)

    def __dir__(self) -> list[str]:
        names = self._flownote.names() if self._flownote is not None else ()
        return sorted({*dir(type(self)), *own_attributes(self), *names})

    def __delattr__(self, name: str) -> None:
        """Delete an attribute; an inherited artifact is then not passed on."""
        known = self._flownote is not None and self._flownote.delete(name)
        try:
            object.__delattr__(self, name)
        except AttributeError:
            if not known:
                raise

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the steps, as bound methods."""
        return (getattr(self, name) for name in step_names(type(self)))

    @property
    def input(self) -> Any:
        """The item that this task of a foreach was given; None outside a foreach."""
        return self._flownote.foreach_input()

    @property
    def index(self) -> int | None:
        """The position of this task's item in its foreach; None outside a foreach."""
        return self._flownote.foreach_index()

    def foreach_stack(self) -> list[tuple[int, int, Any]]:
        """Return ``(index, count, item)`` of every foreach around this task, outermost first."""
        return self._flownote.foreach_stack()

    def merge_artifacts(
        self,
        inputs: Iterable[Any],
        exclude: Iterable[str] | None = None,
        include: Iterable[str] | None = None,
    ) -> None:
        """Take over the artifacts on which all branches agree.

        Parameters
        ----------
        inputs
            The join step's ``inputs``.
        exclude
            Names to leave out.
        include
            Take these names only.

        Raises
        ------
        UnhandledInMergeArtifactsException
            When branches disagree about a name that is neither excluded nor set by this
            step already.
        MissingInMergeArtifactsException
            When a name in ``include`` is in no branch.
        MergeArtifactsException
            Outside a join, or with both ``include`` and ``exclude``.
        """
        if exclude and include:
            raise MergeArtifactsException(
                "`merge_artifacts` takes `exclude` or `include`, not both",
                hint="name what to take over, or what to leave out",
            )
        self._flownote.merge_artifacts(inputs, list(exclude or ()), list(include or ()))

    def next(self, *targets: Any, foreach: str | None = None, **keywords: Any) -> None:
        """Say which step or steps come next. The last statement of every step but ``end``.

        Parameters
        ----------
        targets
            One step (``self.next(self.b)``) or several, which then run side by side.
        foreach
            The name of an attribute: the one target runs once for each of its items,
            found there as ``self.input``.

        Raises
        ------
        InvalidNextException
            When a target isn't a step of this flow, or ``foreach`` doesn't fit.
        """
        if keywords:
            unknown = ", ".join(f"`{word}`" for word in keywords)
            raise InvalidNextException(
                f"`self.next` doesn't know {unknown}", hint="it takes steps and `foreach`"
            )
        if not targets:
            raise InvalidNextException(
                "`self.next` names no step", hint="name one: `self.next(self.end)`"
            )
        names = tuple(self._target_name(target) for target in targets)
        if foreach is not None:
            self._check_foreach(names, foreach)
        self._flownote.set_next(names, foreach)

    def _target_name(self, target: Any) -> str:
        name: str = getattr(target, "__name__", None) or ""
        own = getattr(type(self), name, None) if name else None
        if own is None or getattr(own, "is_step", False) is not True:
            what = f"`{name}`" if name else f"a value of type {type(target).__name__}"
            raise InvalidNextException(
                f"`self.next` was given {what}, which is not a step of {type(self).__name__}",
                hint=f"steps are: {', '.join(step_names(type(self)))}",
            )
        return name

    def _check_foreach(self, names: tuple[str, ...], foreach: str) -> None:
        if not isinstance(foreach, str):
            raise InvalidNextException(
                f"`foreach` is the name of an attribute, not a value of type "
                f"{type(foreach).__name__}",
                hint='assign the items to `self` and name them: `foreach="items"`',
            )
        if len(names) != 1:
            raise InvalidNextException(
                f"`foreach` goes to one step, not {len(names)}",
                hint="let the one step split again",
            )


def make_instance(flow: type, state: Any) -> Any:
    """Return an instance of ``flow`` whose task is ``state``: what a worker runs steps on."""
    instance: Any = object.__new__(flow)
    own_attributes(instance)["_flownote"] = state
    return instance


def _started_by_user() -> bool:
    """Whether the class is instantiated by the program's own file, not by an import or a test."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_name == "__init__":
        frame = frame.f_back
    place = frame.f_globals
    return place.get("__name__") == "__main__" and bool(place.get("__file__"))
