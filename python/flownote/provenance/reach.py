"""From a step to everything of the project that it reaches.

The walk follows names through source, which works for modules that aren't loaded yet,
and looks at live objects where source can't tell: a global's value, what a closure
holds, what a wrapper wraps. Where neither can, it takes the whole module and says so.
"""

from __future__ import annotations

import builtins
import os

from flownote.provenance.members import Members
from flownote.provenance.modules import Installed, Modules, Project
from flownote.provenance.values import buffer, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

# A container is looked through this far for functions and classes.
_MOST_ITEMS = 1_000


class Reach:
    """What one step reaches.

    Attributes
    ----------
    parts
        ``file:name`` → (what it is called in the digest, its digest, line).
    distributions
        Name → version.
    coarse
        Why whole modules were taken.
    unverified
        What could not be digested at all.
    """

    def __init__(self, modules: Modules, root: str, members: Members | None = None) -> None:
        self.parts: dict[str, tuple[str, str, int]] = {}
        self.distributions: dict[str, str] = {}
        self.coarse: list[str] = []
        self.unverified: list[str] = []
        self.attributes: set[str] = set()
        self.flow_escapes = False
        self._modules = modules
        self._root = root
        self._members = members
        self._home: Project | None = None
        self._seen: set[Any] = set()
        self._queue: list[tuple[Project, str]] = []
        self._live_seen: dict[int, Any] = {}

    def step(self, function: Any, name: str) -> None:
        """Walk from a step's function."""
        self._function(function, root=name)
        self._drain()
        if self.flow_escapes and self._members is not None:
            # Whoever holds the flow may call what it names.
            asked: set[str] = set()
            while asked != self.attributes:
                asked = set(self.attributes)
                for attribute in sorted(asked):
                    if not self._members.is_step(attribute):
                        self._member(attribute)
                self._drain()

    def class_(self, kind: type) -> None:
        """Walk from a class: what an object that was stored brings with it."""
        self._class(kind)
        self._drain()

    # The walk over source.

    def _drain(self) -> None:
        while self._queue:
            module, key = self._queue.pop()
            unit = module.index.units[key]
            self._follow(module, key, unit)

    def _push(self, module: Project, key: str, called: str | None = None) -> None:
        mark = (module.file, key)
        if mark in self._seen:
            return
        self._seen.add(mark)
        unit = module.index.units[key]
        name = key if not key.startswith("=") else f"{unit.get('binds') or 'statement'}{key}"
        home = self._home is not None and module.file == self._home.file
        called = called or f"{'' if home else module.name}:{name}"
        digest = unit["bare"] if called == ROOT else unit["digest"]
        self._part(module, name, called, digest, unit["shown"])
        self._queue.append((module, key))

    def _part(self, module: Project, name: str, called: str, digest: str, line: int) -> None:
        file = os.path.relpath(module.file or module.name, self._root).replace(os.sep, "/")
        self.parts[f"{file}:{name}"] = (called, digest, line)

    def _follow(self, module: Project, key: str, unit: dict[str, Any]) -> None:
        self.attributes.update(unit["attributes"])
        for load in unit["loads"]:
            self._load(module, unit["imports"], load, unit)
        for part in unit.get("parts", ()):
            self._push(module, part)
        if self._members is not None and self._members.owns(module, key):
            self.flow_escapes |= unit["escapes"]
            for attribute in unit["own"]:
                self._member(attribute)
            for attribute in unit["above"]:
                for owner, value in self._members.above(module, key, attribute):
                    self._member_value(owner, attribute, value)
        if unit["blind"] is not None:
            what, line = unit["blind"]
            self._whole(module, f"{what} in {os.path.basename(module.file or '')}:{line}")

    def _whole(self, module: Project, reason: str) -> None:
        if reason not in self.coarse:
            self.coarse.append(reason)
        for key in module.index.units:
            self._push(module, key)

    def _load(
        self, module: Project, local: dict[str, Any], dotted: str, unit: dict[str, Any]
    ) -> None:
        """Follow ``name.attribute.attribute`` from the module that it stands in."""
        mark = (module.name, dotted)
        root, _, rest = dotted.partition(".")
        if root in local:
            self._imported(module, local[root], rest, unit)
            return
        if mark in self._seen:
            return
        self._seen.add(mark)
        index = module.index
        if root in index.bindings:
            self._bound(module, root, rest)
        if root in index.imports:
            self._imported(module, index.imports[root], rest, unit)
        if root in index.bindings or root in index.imports:
            return
        if hasattr(builtins, root):
            return
        for star, level in index.stars:
            found = self._modules.get(_absolute(module, star, level))
            if isinstance(found, Project) and _offers(found, root):
                self._load(found, {}, dotted, unit)
                return
            if isinstance(found, Installed):
                self._installed(found)
        if module.live is not None and root in vars(module.live):
            self._value(module, root, vars(module.live)[root])

    def _bound(self, module: Project, name: str, rest: str) -> None:
        """Follow a name to the definitions and statements that bind it."""
        index, live = module.index, module.live
        known = live is not None and name in vars(live)
        value = vars(live)[name] if known else None  # type: ignore[arg-type]
        keys = index.bindings[name]
        if self._members is not None and isinstance(value, type) and self._members.is_flow(value):
            # The name of a flow: what is asked of it, not all of its steps.
            self._attribute_of_flow(value, rest)
            return
        if all(index.units[key].get("literal", False) is not False for key in keys) or any(
            key.startswith("=") for key in keys
        ):
            self._constant(module, name, keys, known, value)
            return
        for key in keys:
            self._push(module, key)
        if known and _is_other(value, [index.units[key] for key in keys]):
            self._value(module, name, value)

    def _constant(
        self, module: Project, name: str, keys: list[str], known: bool, value: Any
    ) -> None:
        """A global: told by its value where that is plain, else by the code that makes it."""
        index = module.index
        literal = index.units[keys[-1]].get("literal") if len(keys) == 1 else None
        digest = (plain(value) or buffer(value)) if known else literal
        if digest is not None:
            home = self._home is not None and module.file == self._home.file
            called = f"{'' if home else module.name}:{name}"
            self._part(module, name, called, digest, index.units[keys[-1]]["shown"])
            return
        for key in dict.fromkeys((*keys, *index.touches.get(name, ()))):
            self._push(module, key)
        if known:
            self._value(module, name, value)

    def _imported(
        self, module: Project, target: list[Any], rest: str, unit: dict[str, Any]
    ) -> None:
        name, level, attribute = target
        absolute = _absolute(module, name, level)
        if attribute is not None:
            rest = f"{attribute}.{rest}" if rest else attribute
        self._through(absolute, rest, f"{os.path.basename(module.file or '')}:{unit['shown']}")

    def _through(self, name: str, rest: str, where: str) -> None:
        """Follow ``rest`` from the module ``name``."""
        module = self._modules.get(name)
        if isinstance(module, Installed):
            self._installed(module)
            return
        if module is None:
            return
        if not rest:
            self._whole(module, f"the module `{name}` used as a value in {where}")
            return
        first, _, more = rest.partition(".")
        if _offers(module, first):
            self._load(module, {}, rest, _NO_UNIT)
        elif self._modules.get(f"{name}.{first}") is not None:
            self._through(f"{name}.{first}", more, where)
        elif module.live is not None and first in vars(module.live):
            self._value(module, first, vars(module.live)[first])

    def _installed(self, module: Installed) -> None:
        from flownote.provenance.distributions import distribution_of

        found = distribution_of(module.name, module.file)
        if found is not None:
            self.distributions[found[0]] = found[1]
        elif module.file.endswith(".py") or not os.path.isfile(module.file):
            self._note_unverified(f"the module `{module.name}` belongs to no distribution")

    # The walk over live objects.

    def _value(self, module: Project, name: str, value: Any) -> None:
        """Follow a live object that source alone doesn't tell."""
        if id(value) in self._live_seen:
            return
        self._live_seen[id(value)] = value
        if hasattr(value, "__code__") or hasattr(value, "__wrapped__"):
            self._function(value)
        elif isinstance(value, type):
            self._class(value)
        elif type(value).__name__ == "module":
            self._through(value.__name__, "", name)
        elif type(value) in (list, tuple, set, frozenset):
            self._values(module, name, value)
        elif type(value) is dict:
            self._values(module, name, [*value.keys(), *value.values()])
        elif hasattr(value, "__func__"):
            self._function(value.__func__)
            if hasattr(value, "__self__"):
                self._value(module, name, value.__self__)
        elif hasattr(value, "func") and hasattr(value, "args") and hasattr(value, "keywords"):
            parts = [value.func, *value.args, *value.keywords.values()]
            self._values(module, name, parts)
        elif plain(value) is None:
            self._instance(module, name, value)

    def _values(self, module: Project, name: str, values: Iterable[Any]) -> None:
        from itertools import islice

        for value in islice(values, _MOST_ITEMS):
            if plain(value) is None:
                self._value(module, name, value)

    def _instance(self, module: Project, name: str, value: Any) -> None:
        """An object: its class, and its state where that is plain."""
        self._class(type(value))
        state = getattr(value, "__dict__", None)
        if type(state) is not dict or not state:
            return
        digest = plain(state)
        if digest is not None:
            home = self._home is not None and module.file == self._home.file
            called = f"{'' if home else module.name}:{name} as made"
            self._part(module, f"{name} (its state)", called, digest, 0)
        else:
            self._values(module, name, state.values())

    def _class(self, kind: type) -> None:
        if self._members is not None and self._members.is_flow(kind):
            return
        for base in kind.__mro__:
            module = self._modules.get(base.__module__)
            if isinstance(module, Installed):
                self._installed(module)
            elif module is not None:
                key = module.index.at(base.__qualname__, -1)
                if key is not None:
                    self._push(module, key)

    def _function(self, function: Any, root: str | None = None, called: str | None = None) -> None:
        """A live function: its source, its wrappers, what its closure and defaults hold."""
        for _ in range(100):
            code = getattr(function, "__code__", None)
            name = getattr(function, "__module__", None) or "?"
            if code is not None:
                self._code(function, code, name, root, called)
            inner = getattr(function, "__wrapped__", None) or getattr(function, "__func__", None)
            if inner is None:
                return
            function = inner

    def _code(
        self, function: Any, code: Any, name: str, root: str | None, called: str | None
    ) -> None:
        from flownote import sources

        if not sources.is_project_file(code.co_filename):
            module = self._modules.get(name)
            if isinstance(module, Installed):
                self._installed(module)
            return
        module = self._modules.of_file(code.co_filename, _module_of(function, code, name))
        if root is not None and self._home is None:
            self._home = module
        qualname = getattr(code, "co_qualname", None) or function.__qualname__
        key = module.index.at(qualname, code.co_firstlineno)
        if key is None:
            self._note_unverified(f"the source of `{qualname}` can't be found")
            return
        is_it = root is not None and code.co_name == root
        self._push(module, key, ROOT if is_it else called)
        self._held(module, function, code, key)

    def _held(self, module: Project, function: Any, code: Any, key: str) -> None:
        held = {
            name: cell.cell_contents
            for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=False)
            if _is_filled(cell) and name != "__class__"
        }
        defaults = function.__defaults__ or ()
        held |= {f"default {place}": value for place, value in enumerate(defaults)}
        held |= {f"default {name}": it for name, it in (function.__kwdefaults__ or {}).items()}
        for name, value in held.items():
            digest = plain(value) or buffer(value)
            if digest is None:
                self._held_object(module, f"{key}[{name}]", value)
            else:
                self._part(module, f"{key}[{name}]", f":{key}[{name}]", digest, code.co_firstlineno)

    def _held_object(self, module: Project, name: str, value: Any) -> None:
        before = len(self.parts), len(self.distributions), len(self._live_seen)
        self._value(module, name, value)
        kind = type(value)
        installed = isinstance(self._modules.get(kind.__module__), Installed)
        if installed and before[2] != len(self._live_seen):
            digest = _pickled(value)
            if digest is None:
                self._note_unverified(f"`{name}` holds a {kind.__qualname__}")
            else:
                self._part(module, name, f":{name}", digest, 0)

    # The flow's own members.

    def _member(self, attribute: str) -> None:
        assert self._members is not None
        found = self._members.find(attribute)
        if found is not None:
            self._member_value(found[0], attribute, found[1])

    def _attribute_of_flow(self, flow: type, rest: str) -> None:
        first = rest.partition(".")[0]
        if not first:
            self.flow_escapes = True
            return
        for owner in flow.__mro__:
            if first in vars(owner):
                self._member_value(owner, first, vars(owner)[first])
                return

    def _member_value(self, owner: type, attribute: str, value: Any) -> None:
        assert self._members is not None
        mark = ("member", owner, attribute)
        if mark in self._seen:
            return
        self._seen.add(mark)
        called = self._members.called(owner, attribute)
        for function in _functions_of(value):
            self._function(function, called=called)
        if isinstance(value, type):
            self._class(value)
        elif not _functions_of(value):
            self._flow_constant(owner, attribute, getattr(value, "constant_value", value), called)

    def _flow_constant(self, owner: type, attribute: str, value: Any, called: str) -> None:
        """A class attribute. Plain ones are recorded as they are read, not here."""
        module = self._modules.get(owner.__module__)
        if plain(value) is not None or not isinstance(module, Project):
            return
        key = module.index.at(f"{owner.__qualname__}.{attribute}", -1)
        if key is not None and key.partition("#")[0].endswith(f".{attribute}"):
            self._push(module, key, called)
        self._value(module, attribute, value)

    def _note_unverified(self, reason: str) -> None:
        if reason not in self.unverified:
            self.unverified.append(reason)


# What the step itself is called: the same whatever its name.
ROOT = ":the step"

_NO_UNIT: dict[str, Any] = {"imports": {}, "shown": 0}


def _absolute(module: Project, name: str, level: int) -> str:
    if level == 0:
        return name
    package = module.package
    for _ in range(level - 1):
        package = package.rpartition(".")[0]
    return f"{package}.{name}" if name and package else package or name


def _offers(module: Project, name: str) -> bool:
    index = module.index
    if name in index.bindings or name in index.imports:
        return True
    return bool(index.stars) and module.live is not None and name in vars(module.live)


def _is_other(value: Any, units: list[dict[str, Any]]) -> bool:
    """Whether a live object isn't simply what the source defines: wrapped, or replaced."""
    code = getattr(value, "__code__", None)
    if code is None:
        return not isinstance(value, type)
    if value.__closure__ or hasattr(value, "__wrapped__"):
        return True
    return all(code.co_firstlineno != unit["line"] for unit in units)


def _functions_of(value: Any) -> list[Any]:
    """Return the functions behind a class's member: methods, properties, wrappers."""
    parts = [value]
    if isinstance(value, property):
        parts = [value.fget, value.fset, value.fdel]
    elif hasattr(value, "__func__"):
        parts = [value.__func__]
    elif type(value).__name__ in ("cached_property", "partialmethod", "partial"):
        parts = [value.func]
    return [
        part
        for part in parts
        if part is not None and (hasattr(part, "__code__") or hasattr(part, "__wrapped__"))
    ]


def _module_of(function: Any, code: Any, name: str) -> str:
    """Return the module whose file holds a function's code: a wrapper names another's."""
    own = getattr(function, "__globals__", {}).get("__name__", name)
    return own if isinstance(own, str) else name


def _is_filled(cell: Any) -> bool:
    try:
        _ = cell.cell_contents
    except ValueError:
        return False
    return True


def _pickled(value: Any) -> str | None:
    import pickle

    from flownote.digests import digest_of_bytes

    try:
        return digest_of_bytes(pickle.dumps(value, 5))
    except Exception:
        return None
