"""One real ``__main__``, rebound before each cell (notebook rules 3, 5 and 6).

A *version* of a name is the execution that bound it. `Names` keeps the values of versions,
binds the names that are visible where a cell stands, and tells afterwards what the cell
did to them.
"""

from __future__ import annotations

import re
import sys
from itertools import compress
from operator import is_not
from types import ModuleType

from flownote.exceptions import StoreError
from flownote.kernel.snapshots import snapshot

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
    """

    def __init__(self, defined: list[str], deleted: list[str]) -> None:
        self.defined = defined
        self.deleted = deleted


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
        # Names whose values can't be read here, and why. They aren't bound, and are tried
        # again before each cell: a class may be defined by then.
        self.problems: dict[str, StoreError] = {}
        self._unread: dict[str, int] = {}

    def define(self, version: int, values: dict[str, dict[str, Any]]) -> None:
        """Know values as a version of their names."""
        for name, reference in values.items():
            self._versions.setdefault(name, {})[version] = Unread(reference)

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
        self._live = set()
        for name in snapshots:
            version = self._bound.get(name)
            if version is None or name not in values:
                continue
            copied, is_kept = snapshot(values[name])
            if is_kept:
                self._versions[name][version] = copied
            else:
                self._live.add(name)
        # Warnings are shown again when a cell runs again.
        values.pop("__warningregistry__", None)
        self._before = values.copy()

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
        defined.update(name for name in (*stored, *changed) if name in values)
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
        return Delta(found, deleted)

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
            value = self._versions[name][version] = self._read(name, value.reference)
        return value

    def forget(self, versions: Iterable[dict[str, Any]]) -> None:
        """Drop old versions; what is bound stays bound."""
        for one in versions:
            known = self._versions.get(one["name"])
            if known is not None:
                known.pop(one["version"], None)
                if not known:
                    del self._versions[one["name"]]

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
