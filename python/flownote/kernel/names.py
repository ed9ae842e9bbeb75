"""One real ``__main__``, rebound before each cell (notebook rules 3, 5 and 6).

A *version* of a name is the execution that bound it. `Names` keeps the values of versions,
binds the names that are visible where a cell stands, and tells afterwards what the cell
did to them.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from itertools import compress
from operator import is_not
from types import ModuleType

from flownote.exceptions import StoreError
from flownote.kernel.sizes import size_of
from flownote.kernel.snapshots import Snapshots, is_constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

_MISSING = object()

# What is the kernel's own in the user's names: never rebound, never a definition.
_OWN = frozenset(
    {
        *("__name__", "__doc__", "__package__", "__loader__", "__spec__", "__builtins__"),
        *("__annotations__", "__annotate__", "__conditional_annotations__", "__file__"),
        *("__cached__", "__warningregistry__", "_exit_code", "get_ipython", "exit", "quit"),
        *("_", "__", "___", "_i", "_ii", "_iii", "_ih", "_oh", "_dh", "In", "Out"),
    }
)
_NUMBERED = re.compile(r"_i?\d+\Z")


def is_own(name: str) -> bool:
    """Whether a name is the kernel's: history and what every module has."""
    return name in _OWN or (name[:1] == "_" and _NUMBERED.match(name) is not None)


class Unread:
    """A value that was handed over and isn't decoded yet."""

    __slots__ = ("reference",)

    def __init__(self, reference: dict[str, Any]) -> None:
        self.reference = reference


class Delta:
    """What a cell did to the names.

    Attributes
    ----------
    defined
        Names that it bound or changed.
    deleted
        Names that it deleted.
    lost
        Versions of names that it changed and of which there was no copy: they are nowhere.
    """

    def __init__(self, defined: list[str], deleted: list[str], lost: list[dict[str, Any]]) -> None:
        self.defined = defined
        self.deleted = deleted
        self.lost = lost


class Names:
    """The names of a notebook and their versions.

    Parameters
    ----------
    read
        Decodes a value that was handed over.
    """

    def __init__(self, read: Callable[[str, dict[str, Any]], Any]) -> None:
        self.module = ModuleType("__main__")
        self.module.__builtins__ = sys.modules["builtins"]  # type: ignore[attr-defined]
        self.values: dict[str, Any] = self.module.__dict__
        self._read = read
        self._versions: dict[str, dict[int, Any]] = {}
        self._bound: dict[str, int] = {}
        self._before: dict[str, Any] = {}
        # Values that a snapshot could not hold: what older versions were is lost.
        self._live: set[str] = set()
        self._lost: list[dict[str, Any]] = []
        # Names of what the cell changes in place, its text shows it or not.
        self._changing: set[str] = set()
        # Objects that were handed over under several names: which version has each.
        self._objects: dict[str, tuple[str, int]] = {}
        self._process = os.urandom(8).hex()
        # Names whose values can't be read here, and why. They aren't bound, and are tried
        # again before each cell: a class may be defined by then.
        self.problems: dict[str, StoreError] = {}
        self._unread: dict[str, int] = {}

    def define(self, version: int, values: dict[str, dict[str, Any]]) -> None:
        """Know values as a version of their names."""
        for name, reference in values.items():
            # What is here is the same, and others may hold it.
            self._versions.setdefault(name, {}).setdefault(version, Unread(reference))

    def hold(self, name: str, version: int, value: Any) -> None:
        """Know a value as a version that no cell binds: one that was shown."""
        self._versions.setdefault(name, {})[version] = value

    def rebind(self, change: dict[str, Any]) -> list[str]:
        """Bind and unbind names; return those whose version isn't known here."""
        values, bound, versions = self.values, self._bound, self._versions
        for name in change.get("unset") or ():
            values.pop(name, None)
            bound.pop(name, None)
            self._unread.pop(name, None)
        others = []
        for name, version in (change.get("set") or {}).items():
            try:
                value = versions[name][version]
            except (KeyError, TypeError):  # not known, or it comes along
                others.append(name)
                continue
            if value.__class__ is Unread:
                others.append(name)
                continue
            values[name] = value
            bound[name] = version
        for name, version in list(self._unread.items()):
            if name in change.get("set", ()):
                del self._unread[name]
            else:
                self._bind(name, version)
        return [name for name in others if not self._bind(name, change["set"][name])]

    def _bind(self, name: str, version: Any) -> bool:
        """Bind a name to a version that comes along or isn't decoded yet; False if unknown."""
        if type(version) is dict:
            known = self._versions.setdefault(name, {})
            known.setdefault(version["version"], Unread(version["value"]))
            version = version["version"]
        try:
            self.values[name] = self.value(name, version)
        except (KeyError, StoreError) as error:
            self.values.pop(name, None)
            self._bound.pop(name, None)
            if not isinstance(error, StoreError):
                return False
            self.problems[name], self._unread[name] = error, version
            return True
        self._bound[name] = version
        self.problems.pop(name, None)
        self._unread.pop(name, None)
        return True

    def begin(self, snapshots: Iterable[str]) -> None:
        """Remember the names as a cell finds them; keep copies of what it will change."""
        values = self.values
        self._live, self._changing, self._lost = set(), set(), []
        changing = [name for name in snapshots if name in self._bound and name in values]
        if changing:
            self._keep_copies(changing)
        # Warnings are shown again when a cell runs again.
        values.pop("__warningregistry__", None)
        self._before = values.copy()

    def _keep_copies(self, names: list[str]) -> None:
        """Have older versions keep what the values of names are now.

        Other names of the same object change with it: that is what their next version is.
        """
        values, snapshots = self.values, Snapshots()
        for name in names:
            value = values[name]
            if name in self._changing or is_constant(value):
                continue
            copied, is_kept = snapshots.take(value)
            same = {other for other in self._bound if values.get(other, _MISSING) is value}
            self._changing |= same
            if not is_kept:
                self._live |= same
            for other, known in self._versions.items():
                for version in [one for one, kept in known.items() if kept is value]:
                    if is_kept:
                        known[version] = copied
                    else:
                        del known[version]
                        self._lost.append({"name": other, "version": version})

    def end(self, number: int, stored: Iterable[str], changed: Iterable[str]) -> Delta:
        """Record what a cell did as the versions of its execution.

        Parameters
        ----------
        number
            The execution.
        stored
            Names that its statements bound for certain, to the same object or another.
        changed
            Names that it changed in place.
        """
        values, before = self.values, self._before
        self._before = {}
        defined = _changed(before, values)
        defined.update(name for name in (*stored, *changed, *self._changing) if name in values)
        found = sorted(name for name in defined if not is_own(name))
        for name in found:
            self._versions.setdefault(name, {})[number] = values[name]
            self._bound[name] = number
            self._unread.pop(name, None)
        deleted = []
        if not before.keys() <= values.keys():
            deleted = sorted(name for name in before.keys() - values.keys() if not is_own(name))
            for name in deleted:
                self._bound.pop(name, None)
        return Delta(found, deleted, self._lost)

    def is_live(self, name: str) -> bool:
        """Whether the last cell changed a value that no snapshot could hold."""
        return name in self._live

    def version(self, name: str) -> int | None:
        """Return the version that a name is bound to; None when it is no version's."""
        return self._bound.get(name)

    def value(self, name: str, version: int) -> Any:
        """Return a version's value.

        Raises
        ------
        KeyError
            When this process doesn't have it.
        """
        value = self._versions[name][version]
        if type(value) is Unread:
            value = self._versions[name][version] = self._decoded(name, version, value.reference)
        return value

    def _decoded(self, name: str, version: int, reference: dict[str, Any]) -> Any:
        """Decode a value, unless the same object is here under another name."""
        token = (reference.get("meta") or {}).get("object")
        if token is None:
            return self._read(name, reference)
        other = self._objects.setdefault(token, (name, version))
        known = self._versions.get(other[0], {}).get(other[1], _MISSING)
        if known is not _MISSING and type(known) is not Unread:
            return known
        self._objects[token] = (name, version)
        return self._read(name, reference)

    def object_of(self, value: Any) -> str | None:
        """Return what names of one object have in common when they are stored; None for constants.

        It is the first version of a name that has the object.
        """
        if is_constant(value):
            return None
        for name, known in self._versions.items():
            for version, kept in known.items():
                if kept is value:
                    return f"{self._process}-{name}-{version}"
        return None

    def forget(self, versions: Iterable[dict[str, Any]]) -> None:
        """Drop old versions; what is bound stays bound."""
        for one in versions:
            known = self._versions.get(one["name"])
            if known is not None:
                known.pop(one["version"], None)
                if not known:
                    del self._versions[one["name"]]

    def spill(self, kept: list[dict[str, Any]], at_most: int) -> None:
        """Let go of old values that are files; they are read again when they are asked for.

        Parameters
        ----------
        kept
            Versions of names with their references, the oldest first.
        at_most
            How many bytes of them stay in memory, the newest, beside what is bound.
        """
        holders = Counter(id(it) for known in self._versions.values() for it in known.values())
        bound = {id(value) for value in self.values.values()}
        found = []
        for one in kept:
            value = self._versions.get(one["name"], {}).get(one["version"], _MISSING)
            # What has a second name is one object with it, and stays so.
            if type(value) is not Unread and id(value) not in bound and holders[id(value)] == 1:
                found.append((one, size_of(value)))
        size = sum(size for _, size in found)
        for one, own in found:
            if size <= at_most:
                return
            self._versions[one["name"]][one["version"]] = Unread(one["value"])
            size -= own

    def clear(self) -> None:
        """Unbind every name of the user's (`%reset`)."""
        for name in [name for name in self.values if not is_own(name)]:
            del self.values[name]


def _changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Return the names that are bound to another object than before, or weren't bound."""
    names, count = list(after), len(before)
    if names[:count] == list(before):
        # Nothing was deleted: what is new stands at the end, the others in their places.
        changed = set(compress(names, map(is_not, after.values(), before.values())))
        changed.update(names[count:])
        return changed
    get = before.get
    return {name for name, value in after.items() if get(name, _MISSING) is not value}
