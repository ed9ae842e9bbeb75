"""`Code`: the source files that a run was loaded from."""

from __future__ import annotations

from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flownote import _native


class Code(Mapping):
    """The project's sources as they were loaded: file → text.

    Attributes
    ----------
    script_name
        The flow's own file.
    flowspec
        Its text.
    """

    def __init__(
        self, reader: _native.Reader, script_name: str, records: dict[str, dict[str, Any]]
    ) -> None:
        self._reader, self._records = reader, records
        self.script_name = script_name

    @property
    def flowspec(self) -> str:
        """The text of the flow's own file."""
        return self[self.script_name]

    def __getitem__(self, file: str) -> str:
        from flownote.client.artifact import decode

        return decode(self._reader.fetch_blob, self._records[file], "the run's sources", file)

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def __repr__(self) -> str:
        return f"<code: {', '.join(self._records)}>"
