"""What live objects tell that source doesn't: closures, defaults, wrappers, registries."""

from __future__ import annotations

import functools
import sys
from itertools import islice
from types import FunctionType, MethodType, ModuleType

from flownote import sources
from flownote.provenance.modules import Installed, Project
from flownote.provenance.values import buffer, pickled, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from flownote.provenance.reach import Reach

# What the step itself is called in the digest: the same whatever its name.
ROOT = ":the step"

# A container is looked through this far for functions and classes; all objects together
# so far that a graph of them can't hold up a run.
_MOST_ITEMS = 1_000
_MOST_OBJECTS = 20_000


class Live:
    """Follows objects, and hands the source behind them to a `Reach`."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        # By identity; kept alive, for an identity is reused once its object is gone.
        self._seen: dict[int, Any] = {}

    def step(self, function: Any, name: str) -> None:
        """Follow a step's function: the innermost is the step itself."""
        inner = function
        while _inner(inner) is not None:
            inner = _inner(inner)
        self._reach.home = self._module_of(inner)
        self._function(function, step=inner)

    def defined(self, module: Project, name: str, value: Any, units: list[dict[str, Any]]) -> None:
        """Follow what a definition's name holds, unless it is simply what was defined."""
        if isinstance(value, type):
            return
        code = getattr(value, "__code__", None)
        if code is None or value.__closure__ or _inner(value) is not None:
            self.value(module, name, value)
        elif all(code.co_firstlineno != unit["line"] for unit in units):
            self.value(module, name, value)  # another was put in its place

    def member(self, value: Any, called: str) -> bool:
        """Follow a flow's member; returns False for what is neither function nor class."""
        functions = [part for part in _parts_of_member(value) if _is_function(part)]
        for function in functions:
            self._function(function, called=called)
        if isinstance(value, type):
            self.class_(value)
        return bool(functions) or isinstance(value, type)

    def value(self, module: Project, name: str, value: Any, *, held: bool = False) -> None:
        """Follow an object.

        Parameters
        ----------
        module, name
            Whose it is.
        held
            Whether only the object itself tells its value: a closure's, a default. A
            global's source does.
        """
        if id(value) in self._seen:
            return
        self._seen[id(value)] = value
        if len(self._seen) > _MOST_OBJECTS:
            self._reach.note_unverified(f"`{name}` holds very many objects")
        elif _is_function(value):
            self._function(value)
        elif isinstance(value, type):
            self.class_(value)
        elif isinstance(value, ModuleType):
            self._reach.through(value.__name__, "", name)
        elif isinstance(value, MethodType):
            self._values(module, name, (value.__func__, value.__self__), held)
        elif isinstance(value, functools.partial):
            parts = (value.func, *value.args, *value.keywords.values())
            self._values(module, name, parts, held)
        elif isinstance(value, dict):
            self._values(module, name, [*value.keys(), *value.values()], held)
        elif isinstance(value, (list, tuple, set, frozenset)):
            self._values(module, name, value, held)
        else:
            self._object(module, name, value, held)

    def class_(self, kind: type) -> None:
        """Follow a class and its bases."""
        reach = self._reach
        if reach.members is not None and reach.members.is_flow(kind):
            return
        for base in kind.__mro__:
            module = reach.modules.get(base.__module__)
            if isinstance(module, Installed):
                reach.installed(module)
            elif module is not None:
                key = module.index.at(base.__qualname__, -1)
                if key is not None:
                    reach.push(module, key)

    def _values(self, module: Project, name: str, values: Iterable[Any], held: bool) -> None:
        for place, value in enumerate(islice(values, _MOST_ITEMS)):
            digest = plain(value)
            if digest is None:
                self.value(module, f"{name}.{place}" if held else name, value, held=held)
            elif held:
                self._note(module, f"{name}.{place}", digest)

    def _object(self, module: Project, name: str, value: Any, held: bool) -> None:
        """An object: its class, and what can be told of its state."""
        kind = type(value)
        self.class_(kind)
        if isinstance(self._reach.modules.get(kind.__module__), Project):
            state = getattr(value, "__dict__", None)
            if type(state) is dict:
                digest = plain(state)
                if digest is not None:
                    self._note(module, f"{name} as made", digest)
                else:
                    self._values(module, f"{name} as made", state.values(), held)
            return
        # Python's own are small (a date, a path, a pattern); a third party's may be huge.
        small = kind.__module__.partition(".")[0] in sys.stdlib_module_names
        digest = plain(value) or buffer(value)
        if digest is None and (held or small):
            digest = pickled(value)
        if digest is not None:
            self._note(module, f"{name} as made", digest)
        elif held:
            self._reach.note_unverified(f"`{name}` holds a {kind.__qualname__}")

    def _note(self, module: Project, name: str, digest: str) -> None:
        self._reach.part(module, name, self._reach.called(module, name), digest, 0)

    def _function(self, function: Any, *, step: Any = None, called: str | None = None) -> None:
        """A function: its source, its wrappers, what its closure and defaults hold."""
        for _ in range(100):
            if hasattr(function, "__code__"):
                self._code(function, ROOT if function is step else called)
            inner = _inner(function)
            if inner is None:
                return
            function = inner

    def _code(self, function: Any, called: str | None) -> None:
        module = self._module_of(function)
        if module is None:
            other = self._reach.modules.get(function.__module__ or "?")
            if isinstance(other, Installed):
                self._reach.installed(other)
            return
        code = function.__code__
        qualname = getattr(code, "co_qualname", None) or function.__qualname__
        key = module.index.at(qualname, code.co_firstlineno)
        if key is None:
            self._reach.note_unverified(f"the source of `{qualname}` can't be found")
            return
        self._reach.push(module, key, called)
        for name, value in _held_by(function):
            digest = plain(value) or buffer(value)
            if digest is None:
                self.value(module, f"{key}[{name}]", value, held=True)
            else:
                self._note(module, f"{key}[{name}]", digest)

    def _module_of(self, function: Any) -> Project | None:
        """Return the module whose file holds a function's code: a wrapper names another's."""
        code = getattr(function, "__code__", None)
        if code is None or not sources.is_project_file(code.co_filename):
            return None
        name = function.__globals__.get("__name__")
        return self._reach.modules.of_file(code.co_filename, str(name or function.__module__))


def _is_function(value: Any) -> bool:
    return isinstance(value, FunctionType) or _inner(value) is not None


def _inner(value: Any) -> Any:
    """Return what a wrapper wraps. Only its own ``__dict__`` is asked: objects may answer to any
    name.
    """
    own = getattr(value, "__dict__", None)
    inner = own.get("__wrapped__") if type(own) is dict else None
    if inner is None and isinstance(value, (staticmethod, classmethod)):
        inner = value.__func__
    return inner


def _parts_of_member(value: Any) -> tuple[Any, ...]:
    if isinstance(value, property):
        return (value.fget, value.fset, value.fdel)
    if isinstance(value, (functools.cached_property, functools.partialmethod, functools.partial)):
        return (value.func,)
    return (value,)


def _held_by(function: Any) -> list[tuple[str, Any]]:
    """Return what a function's closure and defaults hold, by name."""
    held = []
    cells = function.__closure__ or ()
    for name, cell in zip(function.__code__.co_freevars, cells, strict=False):
        try:
            if name != "__class__":
                held.append((name, cell.cell_contents))
        except ValueError:  # not filled yet
            continue
    held += [(f"default {at}", value) for at, value in enumerate(function.__defaults__ or ())]
    held += [(f"default {name}", it) for name, it in (function.__kwdefaults__ or {}).items()]
    return held
