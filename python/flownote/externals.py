"""What a step or a memoised function is declared to read of the world.

Declare what can't be seen to be read: ``@cache(externals=[file("x.csv"), url("https://…"),
table("warehouse.ratings", version="2026-11-22")])``. Its version becomes part of what the
result depends on.
"""

from __future__ import annotations

import os

from flownote.exceptions import FlownoteException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


class External:
    """Something of the world: its kind, its name, and how to tell its version.

    Use `file`, `url` or `table` to make one.
    """

    __slots__ = ("_version", "kind", "name")

    def __init__(
        self, kind: str, name: str, version: str | Callable[[], object] | None = None
    ) -> None:
        self.kind = kind
        self.name = name
        self._version = version

    @property
    def says_version(self) -> bool:
        """Whether it was declared with a version."""
        return self._version is not None

    def now(self) -> str | None:
        """Return the version as it is now; None when it doesn't exist.

        Raises
        ------
        FlownoteException
            When it can't be told.
        """
        if callable(self._version):
            return str(self._version())
        if self._version is not None:
            return self._version
        from flownote.provenance.world import version_of

        known, version = version_of(self.kind, self.name)
        if not known:
            raise FlownoteException(
                f"the version of the {self.kind} `{self.name}` can't be told",
                hint="say it: `version=` takes a text or a function that returns one",
            )
        return version

    def __repr__(self) -> str:
        return f"{self.kind}({self.name!r})"


def file(path: str | os.PathLike[str]) -> External:
    """Declare a file, or a folder: the content of all that is in it counts.

    Of a folder, ``__pycache__``, virtual environments and a datastore in it don't count.

    Examples
    --------
    >>> from flownote import cache, file
    >>> cache(externals=[file("ratings.csv")])
    @cache(externals=[file('ratings.csv')])
    """
    name = os.fspath(path)
    return External("tree" if os.path.isdir(name) else "file", _relative(name))


def url(address: str, *, version: str | Callable[[], object] | None = None) -> External:
    """Declare an address: its ``ETag`` or ``Last-Modified`` counts, unless a version is given."""
    return External("url", address, version)


def table(name: str, *, version: str | Callable[[], object]) -> External:
    """Declare a table of a database.

    Parameters
    ----------
    name
        What it is called, for people.
    version
        What changes when the table does: a text, or a function that asks for it, in the
        process of the command and once for each run.
    """
    return External("table", name, version)


def declared(externals: Iterable[Any]) -> list[External]:
    """Return declarations as `External`s; texts are paths of files.

    Raises
    ------
    FlownoteException
        When one is neither.
    """
    found = []
    for one in (externals,) if isinstance(externals, (str, os.PathLike, External)) else externals:
        if isinstance(one, (str, os.PathLike)):
            one = file(one)
        if not isinstance(one, External):
            raise FlownoteException(
                f"`externals` holds {one!r}, which is neither a path nor a declaration",
                hint='write `file("x.csv")`, `url("https://…")` or `table("t", version=…)`',
            )
        found.append(one)
    return found


def versions(
    externals: Iterable[External],
    ttl: float | None,
    asked: dict[tuple[str, str], str | None] | None = None,
) -> list[dict[str, Any]]:
    """Return declarations as a provenance record has them, as they are now.

    Parameters
    ----------
    externals, ttl
        What was declared.
    asked
        Versions that were asked for a moment ago, by kind and name; others are added.
    """
    known = {} if asked is None else asked
    found: list[dict[str, Any]] = []
    for one in externals:
        key = (one.kind, one.name)
        # A declaration that says its version says its own.
        if one.says_version or key not in known:
            version = one.now()
            if not one.says_version:
                known[key] = version
        else:
            version = known[key]
        found.append({"kind": one.kind, "name": one.name, "version": version, "declared": True})
    if ttl:
        from flownote.provenance.world import period

        # Results of one period share a key; in the next, nobody asks for it any more.
        name = f"{ttl:g}"
        found.append({"kind": "ttl", "name": name, "version": period(ttl), "declared": True})
    return found


def seconds(ttl: float | str) -> float:
    """Return a time in seconds: ``90``, ``"15m"``, ``"1h"``, ``"7d"``.

    Raises
    ------
    FlownoteException
        When it isn't a time above zero.
    """
    try:
        if isinstance(ttl, str):
            unit = _UNITS.get(ttl[-1:])
            found = float(ttl) if unit is None else float(ttl[:-1]) * unit
        else:
            found = float(ttl)
    except (TypeError, ValueError):
        found = 0.0
    if not 0 < found < float("inf") or isinstance(ttl, bool):
        raise FlownoteException(
            f"`ttl={ttl!r}` is no time above zero", hint='write seconds, or "15m", "1h", "7d"'
        )
    return found


def _relative(path: str) -> str:
    """Return a path as records have it: from the current folder when it is below."""
    relative = os.path.relpath(path)
    return os.path.abspath(path) if relative.startswith(os.pardir) else relative
