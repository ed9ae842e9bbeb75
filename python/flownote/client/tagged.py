"""Tags: given by the system and by users, read and changed on a run."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flownote import _native


class Tagged:
    """The tags of a run; its steps, tasks and artifacts have the same."""

    _reader: _native.Reader
    _parts: tuple[str, ...]

    @property
    def _run_key(self) -> tuple[str, str]:
        return self._parts[0], self._parts[1]

    def _read_tags(self) -> dict[str, list[str]]:
        return json.loads(self._reader.tags(*self._run_key))

    @property
    def tags(self) -> frozenset[str]:
        """All tags."""
        found = self._read_tags()
        return frozenset(found["user"] + found["system"])

    @property
    def user_tags(self) -> frozenset[str]:
        """The tags that users gave."""
        return frozenset(self._read_tags()["user"])

    @property
    def system_tags(self) -> frozenset[str]:
        """The tags that the system gave."""
        return frozenset(self._read_tags()["system"])

    def _has(self, tags: Sequence[str]) -> bool:
        return not tags or set(tags) <= self.tags

    def is_in_namespace(self) -> bool:
        """Whether it lies in the namespace."""
        from flownote.client.namespaces import is_within

        return is_within(self.tags)

    def add_tag(self, tag: str | Iterable[str]) -> None:
        """Add a tag to the run, or several."""
        self._change(add=tag)

    def add_tags(self, tags: Iterable[str]) -> None:
        """Add tags to the run."""
        self._change(add=tags)

    def remove_tag(self, tag: str | Iterable[str]) -> None:
        """Remove a tag from the run, or several; system tags stay."""
        self._change(remove=tag)

    def remove_tags(self, tags: Iterable[str]) -> None:
        """Remove tags from the run; system tags stay."""
        self._change(remove=tags)

    def replace_tag(
        self, tag_to_remove: str | Iterable[str], tag_to_add: str | Iterable[str]
    ) -> None:
        """Replace tags by others at once."""
        self._change(add=tag_to_add, remove=tag_to_remove)

    def replace_tags(self, tags_to_remove: Iterable[str], tags_to_add: Iterable[str]) -> None:
        """Replace tags by others at once."""
        self._change(add=tags_to_add, remove=tags_to_remove)

    def _change(self, add: str | Iterable[str] = (), remove: str | Iterable[str] = ()) -> None:
        self._reader.change_tags(*self._run_key, _several(add), _several(remove))


def _several(tags: str | Iterable[str]) -> list[str]:
    return [tags] if isinstance(tags, str) else list(tags)
