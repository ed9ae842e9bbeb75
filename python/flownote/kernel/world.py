"""What a cell reads of the world, as steps' reads are recorded (engine rule 23)."""

from __future__ import annotations

from contextlib import contextmanager

from flownote.current import current
from flownote.reads import Reads
from flownote.world import watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class Seen:
    """What one cell was seen to read and do."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def to_json(self) -> dict[str, Any]:
        """Return the fields of `finished`."""
        reads = self._reads
        found: dict[str, Any] = {
            "externals": [
                {"kind": kind, "name": name, "version": version, "declared": False}
                for (kind, name), version in sorted(reads.externals.items())
            ]
        }
        if reads.unverified:
            found["unverified"] = "; ".join(reads.unverified)
        if reads.forbidden:
            found["uncacheable"] = "; ".join(reads.forbidden)
        return found


class World:
    """Watches this process while cells run."""

    def __init__(self) -> None:
        self._is_installed = False

    def install(self) -> None:
        """Watch from now on."""
        if self._is_installed:
            return
        self._is_installed = True
        from flownote import sources

        watch.install()
        # The texts of project modules as they are imported: what ran, not what is on disk.
        sources.keep_loaded()
        sources.install()

    @contextmanager
    def watched(self) -> Iterator[Seen]:
        """Record what is read until the cell ends."""
        self.install()
        reads = Reads()
        # Not a step's run: `current.is_running_flow` stays False.
        current._reads_of_task = reads
        try:
            with watch.step(()):
                yield Seen(reads)
        finally:
            current._reads_of_task = None
