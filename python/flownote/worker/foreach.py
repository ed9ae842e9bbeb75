"""The foreach levels around a task, and the items of the one that it opens.

Each item is stored as a value of its own, so that a child loads only its own
(engine rule 14).
"""

from __future__ import annotations

import json

from flownote import codecs
from flownote.exceptions import InvalidNextException, UnstorableArtifact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from flownote.reads import Reads
    from flownote.worker.files import Files
    from flownote.worker.staging import Staging


class Frames:
    """The foreach levels around one task, outermost first."""

    def __init__(self, spec: dict[str, Any], files: Files, reads: Reads) -> None:
        self._frames = spec["foreach"]
        self._files = files
        self._reads = reads
        self._items: dict[int, Any] = {}
        if self._frames:
            # Whether it is read or not, the task's item is part of what the task is.
            reads.item = codecs.identity(self._frames[-1]["item"])

    def input(self) -> Any:
        """Return the innermost level's item, None outside a foreach."""
        return self._item(len(self._frames) - 1) if self._frames else None

    def index(self) -> int | None:
        """Return the item's position, None outside a foreach."""
        index = self._frames[-1]["index"] if self._frames else None
        self._reads.value("index", index)
        return index

    def stack(self) -> list[tuple[int, int, Any]]:
        """Return (index, count, item) of every level."""
        places = [(frame["index"], frame["count"]) for frame in self._frames]
        items = [codecs.identity(frame["item"]) for frame in self._frames]
        self._reads.value("foreach_stack", [places, items])
        return [(*place, self._item(level)) for level, place in enumerate(places)]

    def _item(self, level: int) -> Any:
        if level not in self._items:
            frame = self._frames[level]
            record = frame["item"]
            data = self._files.data(record, frame["split"], f"{frame['over']}[{frame['index']}]")
            self._items[level] = codecs.decode(data, record)
        return self._items[level]

    def items(self, flow: Any, name: str) -> Iterable[Any]:
        """Return the attribute to iterate over.

        Raises
        ------
        InvalidNextException
            When there is none, or it can't be iterated over twice.
        """
        try:
            values = getattr(flow, name)
        except AttributeError as error:
            raise InvalidNextException(
                f"`foreach={name!r}` names an attribute that doesn't exist",
                hint=f"assign the items before: `self.{name} = […]`",
            ) from error
        kind = codecs.type_name(type(values))
        if hasattr(values, "__next__"):
            raise InvalidNextException(
                f"`self.{name}` is a {kind}, which can be gone through only once",
                hint=f"make it a list: `self.{name} = list(…)`",
            )
        try:
            len(values), iter(values)
        except TypeError:
            raise InvalidNextException(
                f"`self.{name}` is a value of type {kind}, which has no items",
                hint="iterate over a list, a tuple, a range or another sized collection",
            ) from None
        return values


def store_items(staging: Staging, over: str | None, values: Iterable[Any]) -> dict[str, Any]:
    """Store each item, and the array of their records as a value of its own.

    Raises
    ------
    UnstorableArtifact
        When an item can't be stored.
    """
    records = []
    for index, value in enumerate(values):
        try:
            records.append(staging.store(value))
        except UnstorableArtifact as error:
            raise UnstorableArtifact(f"item {index} of `self.{over}` {error.message}") from error
    text = json.dumps(records, separators=(",", ":")).encode()
    preview = f"{len(records):,} items"
    array = staging.keep(codecs.Encoded("items", (text,), None, preview), "items")
    return {"over": over, "count": len(records), "items": array}
