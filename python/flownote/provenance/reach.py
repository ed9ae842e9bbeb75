"""From a step to everything of the project that it reaches, through source.

The walk follows names from definition to definition, which works for modules that aren't
loaded yet. Where source can't tell (a global's value, what a closure holds, what a
wrapper wraps) `flownote.provenance.live` looks at the objects themselves; where neither
can, the whole module is taken, and it is said why.
"""

from __future__ import annotations

import builtins
import os

from flownote.provenance.live import ROOT, Live
from flownote.provenance.modules import Installed, Modules, Project
from flownote.provenance.values import buffer, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.provenance.members import Members


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
        self.modules = modules
        self.members = members
        self.home: Project | None = None
        self._root = root
        self._files: dict[str, str] = {}
        self._attributes: set[str] = set()
        self._flow_escapes = False
        self._seen: set[Any] = set()
        self._queue: list[tuple[Project, str]] = []
        self._live = Live(self)

    def step(self, function: Any, name: str) -> None:
        """Walk from a step's function."""
        self._live.step(function, name)
        self._drain()
        asked: set[str] = set()
        while self._flow_escapes and asked != self._attributes:
            # Whoever holds the flow may call what it names.
            asked = set(self._attributes)
            for attribute in sorted(asked):
                if self.members is not None and not self.members.is_step(attribute):
                    self._member(attribute)
            self._drain()

    def class_(self, kind: type) -> None:
        """Walk from a class: what an object that was stored brings with it."""
        self._live.class_(kind)
        self._drain()

    # What the walks note.

    def push(self, module: Project, key: str, called: str | None = None) -> None:
        """Note a piece of source and follow it later."""
        mark = (module.file, key)
        if mark in self._seen:
            return
        self._seen.add(mark)
        unit = module.index.units[key]
        name = key if not key.startswith("=") else f"{unit.get('binds') or 'statement'}{key}"
        called = called or self.called(module, name)
        digest = unit["bare"] if called == ROOT else unit["digest"]
        self.part(module, name, called, digest, unit["shown"])
        self._queue.append((module, key))

    def part(self, module: Project, name: str, called: str, digest: str, line: int) -> None:
        """Note a part of the code by its digest."""
        file = module.file or module.name
        shown = self._files.get(file)
        if shown is None:
            shown = os.path.relpath(file, self._root).replace(os.sep, "/")
            self._files[file] = shown
        self.parts[f"{shown}:{name}"] = (called, digest, line)

    def called(self, module: Project, name: str) -> str:
        """Return what a part is called in the digest: the step's own module has no name."""
        home = self.home is not None and module.file == self.home.file
        return f"{'' if home else module.name}:{name}"

    def installed(self, module: Installed) -> None:
        """Note the distribution of a third party's module."""
        from flownote.provenance.distributions import digest_of_file, distribution_of

        found = distribution_of(module.name, module.file)
        if found is not None:
            self.distributions[found[0]] = found[1]
            return
        digest = digest_of_file(module.file)
        if digest is not None:
            self.parts[f"{module.name}:<file>"] = (f"{module.name}:", digest, 0)
        if digest is None or os.path.basename(module.file).startswith("__init__."):
            self.note_unverified(f"the module `{module.name}` belongs to no distribution")

    def note_unverified(self, reason: str) -> None:
        """Note what the digest can't hold."""
        if reason not in self.unverified:
            self.unverified.append(reason)

    # The walk.

    def _drain(self) -> None:
        while self._queue:
            module, key = self._queue.pop()
            self._follow(module, key, module.index.units[key])

    def _follow(self, module: Project, key: str, unit: dict[str, Any]) -> None:
        self._attributes.update(unit["attributes"])
        for load in unit["loads"]:
            self._load(module, unit["imports"], load, unit["shown"])
        for part in unit.get("parts", ()):
            self.push(module, part)
        if self.members is not None and self.members.owns(module, key):
            self._flow_escapes |= unit["escapes"]
            for attribute in unit["own"]:
                self._member(attribute)
            for attribute in unit["above"]:
                for owner, value in self.members.above(module, key, attribute):
                    self._member_value(owner, attribute, value)
        if unit["blind"] is not None:
            what, line = unit["blind"]
            self._whole(module, f"{what} in {os.path.basename(module.file or '')}:{line}")

    def _whole(self, module: Project, reason: str) -> None:
        if reason not in self.coarse:
            self.coarse.append(reason)
        for key in module.index.units:
            self.push(module, key)

    def _load(self, module: Project, local: dict[str, Any], dotted: str, line: int) -> None:
        """Follow ``name.attribute.attribute`` from the module that it stands in."""
        root, _, rest = dotted.partition(".")
        where = f"{os.path.basename(module.file or '')}:{line}"
        if root in local:
            self._imported(module, local[root], rest, where)
            return
        mark = (module.name, dotted)
        if mark in self._seen:
            return
        self._seen.add(mark)
        index = module.index
        if root in index.bindings:
            self._bound(module, root, rest)
        if root in index.imports:
            self._imported(module, index.imports[root], rest, where)
        if root in index.bindings or root in index.imports or hasattr(builtins, root):
            return
        for star, level in index.stars:
            found = self.modules.get(_absolute(module, star, level))
            if isinstance(found, Project) and _offers(found, root):
                self._load(found, {}, dotted, line)
                return
            if isinstance(found, Installed):
                self.installed(found)
        if module.live is not None and root in vars(module.live):
            self._live.value(module, root, vars(module.live)[root])

    def _bound(self, module: Project, name: str, rest: str) -> None:
        """Follow a name to the definitions and statements that bind it."""
        index, live = module.index, module.live
        known = live is not None and name in vars(live)
        value = vars(live)[name] if known else None  # type: ignore[arg-type]
        keys = index.bindings[name]
        if self.members is not None and isinstance(value, type) and self.members.is_flow(value):
            # The name of a flow: what is asked of it, not all of its steps.
            self._attribute_of_flow(value, rest)
        elif any(key.startswith("=") for key in keys):
            self._global(module, name, known, value)
        else:
            for key in keys:
                self.push(module, key)
            if known:
                self._live.defined(module, name, value, [index.units[key] for key in keys])

    def _global(self, module: Project, name: str, known: bool, value: Any) -> None:
        """A global: told by its value where that is plain, else by the code that makes it."""
        index = module.index
        keys = index.bindings[name]
        unit = index.units[keys[-1]]
        literal = unit.get("literal") if len(keys) == 1 else None
        digest = (plain(value) or buffer(value)) if known else literal
        if digest is not None:
            self.part(module, name, self.called(module, name), digest, unit["shown"])
            return
        for key in dict.fromkeys((*keys, *index.touches.get(name, ()))):
            self.push(module, key)
        if known:
            self._live.value(module, name, value)

    def _imported(self, module: Project, target: list[Any], rest: str, where: str) -> None:
        name, level, attribute = target
        if attribute is not None:
            rest = f"{attribute}.{rest}" if rest else attribute
        self.through(_absolute(module, name, level), rest, where)

    def through(self, name: str, rest: str, where: str) -> None:
        """Follow the dotted ``rest`` from the module ``name``."""
        module = self.modules.get(name)
        if isinstance(module, Installed):
            self.installed(module)
        if not isinstance(module, Project):
            return
        if not rest:
            self._whole(module, f"the module `{name}` used as a value in {where}")
            return
        first, _, more = rest.partition(".")
        if _offers(module, first):
            self._load(module, {}, rest, 0)
        elif self.modules.get(f"{name}.{first}") is not None:
            self.through(f"{name}.{first}", more, where)
        elif module.live is not None and first in vars(module.live):
            self._live.value(module, first, vars(module.live)[first])

    # The flow's own members.

    def _member(self, attribute: str) -> None:
        found = self.members.find(attribute) if self.members is not None else None
        if found is not None:
            self._member_value(found[0], attribute, found[1])

    def _attribute_of_flow(self, flow: type, rest: str) -> None:
        first = rest.partition(".")[0]
        if not first:
            self._flow_escapes = True
            return
        for owner in flow.__mro__:
            if first in vars(owner):
                self._member_value(owner, first, vars(owner)[first])
                return

    def _member_value(self, owner: type, attribute: str, value: Any) -> None:
        mark = ("member", owner, attribute)
        if mark in self._seen or self.members is None:
            return
        self._seen.add(mark)
        called = self.members.called(owner, attribute)
        if not self._live.member(value, called):
            self._flow_constant(owner, attribute, getattr(value, "constant_value", value), called)

    def _flow_constant(self, owner: type, attribute: str, value: Any, called: str) -> None:
        """A class attribute. Plain ones are recorded as they are read, not here."""
        module = self.modules.get(owner.__module__)
        if plain(value) is not None or not isinstance(module, Project):
            return
        key = module.index.at(f"{owner.__qualname__}.{attribute}", -1)
        if key is not None and key.partition("#")[0].endswith(f".{attribute}"):
            self.push(module, key, called)
        self._live.value(module, attribute, value)


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
