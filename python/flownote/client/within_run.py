"""What steps, tasks and artifacts share: they belong to a run."""

from __future__ import annotations

from flownote.client.base import ClientObject
from flownote.client.run import Run
from flownote.client.tagged import Tagged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.client.code import Code


class WithinRun(Tagged, ClientObject):
    """A part of a run. Its tags, its code and its environment are the run's."""

    def _resolved(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        run = Run._at(self._reader, parts[:2])
        return (*run._resolved(parts[:2]), *parts[2:])

    def _check_namespace(self) -> None:
        self.run._check_namespace()

    @property
    def run(self) -> Run:
        """The run."""
        return Run._at(self._reader, self._parts[:2])

    @property
    def code(self) -> Code:
        """The project's source files that the run was loaded from."""
        return self.run.code

    @property
    def environment(self) -> dict[str, Any]:
        """The record of the run's environment."""
        return self.run.environment
