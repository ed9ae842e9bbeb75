"""A flow's own members, as its steps reach them through ``self``, ``super()`` and by name."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flownote.provenance.modules import Project


class Members:
    """What the classes of a flow define, Flownote's own and Python's left out."""

    def __init__(self, flow: type) -> None:
        from flownote.flowspec import FlowSpec

        self._flow = flow
        self._base = FlowSpec
        self._owners = [one for one in flow.__mro__ if one not in (FlowSpec, object)]

    def is_flow(self, value: Any) -> bool:
        """Whether a value is a flow's class."""
        return isinstance(value, type) and issubclass(value, self._base)

    def is_step(self, name: str) -> bool:
        """Whether the flow has a step of that name."""
        found = self.find(name)
        return found is not None and getattr(found[1], "is_step", False) is True

    def find(self, name: str) -> tuple[type, Any] | None:
        """Return who defines a member, and the member; None for parameters and the unknown."""
        for owner in self._owners:
            if name in vars(owner):
                value = vars(owner)[name]
                if getattr(value, "is_flownote_parameter", False):
                    return None
                return owner, value
        return None

    def owns(self, module: Project, key: str) -> bool:
        """Whether a piece of source is a method of one of the flow's classes."""
        return self._owner_of(module, key) is not None

    def above(self, module: Project, key: str, name: str) -> Iterator[tuple[type, Any]]:
        """Iterate over the definitions of a member that ``super()`` may mean in a method."""
        owner = self._owner_of(module, key)
        if owner is None:
            return
        for other in self._owners[self._owners.index(owner) + 1 :]:
            if name in vars(other):
                yield other, vars(other)[name]

    def called(self, owner: type, name: str) -> str:
        """Return what a member is called in a digest: the flow's name is not part of it."""
        definers = [one for one in self._owners if name in vars(one)]
        place = definers.index(owner) if owner in definers else -1
        return f"self.{name}@{place}"

    def _owner_of(self, module: Project, key: str) -> type | None:
        name = key.partition("#")[0].rpartition(".")[0]
        for owner in self._owners:
            if owner.__qualname__ == name and _file(owner) == module.file:
                return owner
        return None


def _file(kind: type) -> str | None:
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    return os.path.abspath(file) if file else None
