"""What a task read, in the order in which it read it (engine rules 20 and 23).

One `Reads` belongs to one attempt. Absences count: a failed ``hasattr`` is a read, for
the result may differ once the name is there.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Reads:
    """The reads of one attempt.

    Only the first read of a name counts: what a task reads after it wrote is its own.
    """

    __slots__ = ("artifacts", "forbidden", "values")

    def __init__(self) -> None:
        self.artifacts: dict[str, str | None] = {}
        self.values: dict[str, Any] = {}
        self.forbidden: list[str] = []

    def artifact(self, name: str, digest: str) -> None:
        """Note that the artifact, parameter or constant ``name`` was read."""
        self.artifacts.setdefault(name, digest)

    def absent(self, name: str) -> None:
        """Note that ``name`` was asked for and isn't there."""
        self.artifacts.setdefault(name, None)

    def value(self, name: str, value: Any) -> None:
        """Note another thing that was asked: ``index``, ``len(inputs)``, ``current.tags``.

        ``value`` is plain JSON.
        """
        self.values.setdefault(name, value)

    def uncacheable(self, reason: str) -> None:
        """Note why this task's result can't stand for another's."""
        if reason not in self.forbidden:
            self.forbidden.append(reason)
