"""What all client objects share: a pathspec, a datastore, children by name."""

from __future__ import annotations

from flownote.client.stores import note_read, reader_of
from flownote.exceptions import NotFound, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any

    from flownote import _native

_PARTS = ("Flow", "run", "step", "task", "artifact")


class ClientObject:
    """A flow, run, step, task or artifact in a datastore.

    It iterates over what it holds, and takes a part of a pathspec or a whole one between
    brackets: ``Flow("Recommend")["8f2c9a"]["train"]``, ``run["train/3/score"]``.

    Parameters
    ----------
    pathspec
        ``Flow/run/step/task/artifact``, as far as it goes for this class. For the run
        stand its id, the beginning or the end of it, or ``latest``.
    store
        The datastore; by default the one in use (`flownote.use_store`).

    Raises
    ------
    NotFound
        When there is nothing of this name.
    NamespaceMismatch
        When it lies outside the namespace.
    """

    _depth = 0
    _reader: _native.Reader
    _parts: tuple[str, ...]

    def __init__(self, pathspec: str, *, store: str | None = None) -> None:
        note_read(pathspec)
        parts = tuple(pathspec.split("/"))
        if len(parts) != self._depth or not all(parts):
            raise UsageError(
                f"`{pathspec}` is no pathspec of a {type(self).__name__}",
                hint=f"write `{'/'.join(_PARTS[: self._depth])}`",
            )
        self._reader = reader_of(store)
        self._parts = self._resolved(parts)
        self._check_namespace()
        self._look()

    @classmethod
    def _at(cls, reader: _native.Reader, parts: tuple[str, ...]) -> Any:
        """Make the object of parts that are known to be right."""
        made = cls.__new__(cls)
        made._reader, made._parts = reader, parts
        return made

    def _resolved(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        return parts

    def _check_namespace(self) -> None:
        """Raise `NamespaceMismatch` when this lies outside the namespace."""

    def _look(self) -> None:
        """Raise `NotFound` when this doesn't exist."""

    @property
    def pathspec(self) -> str:
        """``Flow/run/step/task/artifact``, as far as it goes."""
        return "/".join(self._parts)

    @property
    def path_components(self) -> list[str]:
        """The parts of the pathspec."""
        return list(self._parts)

    @property
    def id(self) -> str:
        """The last part of the pathspec."""
        return self._parts[-1]

    @property
    def store(self) -> str:
        """The address of the datastore."""
        return self._reader.url

    @property
    def parent(self) -> Any:
        """What holds this object; None for a flow."""
        raise NotImplementedError

    def _children(self) -> Iterator[Any]:
        raise NotImplementedError

    def _child(self, name: str) -> Any:
        """Return the child of a name; raises `NotFound`."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[Any]:
        note_read(self.pathspec)
        return self._children()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, name: str) -> Any:
        own = self.pathspec + "/"
        found: Any = self
        for part in str(name).removeprefix(own).split("/"):
            try:
                found = found._child(part)
            except NotFound as error:
                raise KeyError(error.message) from error
        return found

    def __contains__(self, name: object) -> bool:
        try:
            self[str(name)]
        except (KeyError, UsageError):
            return False
        return True

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._identity() == other._identity()  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[str, tuple[str, ...]]:
        return self._reader.url, self._parts

    def __reduce__(self) -> Any:
        return _rebuild, (type(self), self._reader.url, self._parts)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.pathspec!r})"


def _rebuild(kind: type[ClientObject], store: str, parts: tuple[str, ...]) -> ClientObject:
    return kind._at(reader_of(store), parts)


def as_datetime(text: str | None) -> datetime | None:
    """Return a time of RFC 3339 as an aware `datetime`; None stays None."""
    from datetime import datetime

    return None if text is None else datetime.fromisoformat(text.replace("Z", "+00:00"))
