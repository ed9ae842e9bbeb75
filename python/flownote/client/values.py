"""A task's values and artifacts as attributes."""

from __future__ import annotations

from flownote.exceptions import MissingArtifact, NotFound

# Beside the cells' steps: the notebook as it was when its run ended.
EXECUTED = "notebook_file"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flownote.client.artifact import DataArtifact
    from flownote.client.run import Run
    from flownote.client.task import Task


def _refuse(name: str) -> None:
    """Let Python find out quickly what these objects don't have."""
    if name == "_task" or (name.startswith("__") and name.endswith("__")):
        raise AttributeError(name)


class CellNames:
    """The names of a notebook's run in the place of a task's: those of its last cells count."""

    def __init__(self, run: Run) -> None:
        self.pathspec = run.pathspec
        self._run = run
        self._of: dict[str, Task] | None = None

    def _records(self) -> dict[str, Task]:
        """Return which cell's newest good task left each name."""
        if self._of is None:
            cells = [step.task for step in self._run if step.id != EXECUTED]
            self._of = {name: cell for cell in cells if cell.successful for name in cell._records()}
        return self._of

    def __iter__(self) -> Iterator[DataArtifact]:
        names = (name for name in self._records() if not name.startswith("_"))
        return (self._child(name) for name in names)

    def _child(self, name: str) -> DataArtifact:
        cell = self._records().get(name)
        if cell is None:
            known = ", ".join(one.id for one in self) or "none"
            raise NotFound(
                f"no cell of run `{self.pathspec}` left `{name}`", hint=f"there are {known}"
            )
        return cell._child(name)


class Artifacts:
    """The artifacts of a task: ``task.artifacts.model`` is a `DataArtifact`.

    It iterates over them, and knows names: ``"model" in task.artifacts``.
    """

    def __init__(self, task: Task | CellNames) -> None:
        self._task = task

    def __getattr__(self, name: str) -> Any:
        _refuse(name)
        return self._find(name)

    def _find(self, name: str) -> DataArtifact:
        try:
            return self._task._child(name)
        except NotFound as error:
            raise MissingArtifact(error.message, name=name, hint=error.hint) from None

    @property
    def _fields(self) -> tuple[str, ...]:
        """The names, as a named tuple has them."""
        return tuple(one.id for one in self._task)

    def __iter__(self) -> Iterator[DataArtifact]:
        return iter(self._task)

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: object) -> bool:
        return name in self._task._records()

    def __dir__(self) -> list[str]:
        return sorted(self._fields)

    def __repr__(self) -> str:
        return f"<artifacts of {self._task.pathspec}: {', '.join(self._fields)}>"


class Data(Artifacts):
    """The values of a task: ``task.data.model`` loads and decodes the model.

    A value is loaded once for this object.
    """

    def __getattr__(self, name: str) -> Any:
        _refuse(name)
        value = self._find(name).data
        self.__dict__[name] = value
        return value

    def __iter__(self) -> Iterator[Any]:
        return iter(self._fields)

    def __repr__(self) -> str:
        return f"<data of {self._task.pathspec}: {', '.join(self._fields)}>"

    def _repr_html_(self) -> str:
        from flownote.client.html import artifacts_table, title

        return title(self._task.pathspec, "data") + artifacts_table(self._task)
