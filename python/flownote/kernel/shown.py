"""Tables that cells show: by which name the page can ask for all of their rows.

What is shown of a table is its beginning. The output's metadata says which value it was, and
how large: a name of the notebook, or `table 1`, `table 2` and so on for what has none. The
latter are kept here as they were, as versions of those names, as long as there is room.
"""

from __future__ import annotations

import sys
from collections import OrderedDict

from flownote.kernel import running
from flownote.kernel.names import is_own
from flownote.kernel.sizes import size_of
from flownote.kernel.snapshots import Snapshots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.process import Kernel
    from flownote.kernel.running import Execution

# Bytes of a nameless table that is kept, and of all of them.
LARGEST = 64 << 20
ROOM = 256 << 20

_TABLES = {"pandas": ("DataFrame",), "polars": ("DataFrame",), "pyarrow": ("Table", "RecordBatch")}


class Shown:
    """Tables that cells showed.

    Parameters
    ----------
    kernel
        The process, with its names and what was exported of them.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._names = kernel.names
        self._values = kernel.values
        # (name, version) → the cell that showed it, and its bytes; the newest at the end.
        self._kept: OrderedDict[tuple[str, int], tuple[str, int]] = OrderedDict()
        # The execution whose tables are counted, and how many there were.
        self._counted = (0, 0)

    def metadata(self, value: Any, *, is_result: bool) -> dict[str, Any]:
        """Return what an output says beside its data: nothing for what is no table.

        Parameters
        ----------
        value
            What is shown.
        is_result
            Whether it is the value of an expression: one with a name stays what it is until
            the cell ends.
        """
        execution = running.now
        if execution is None or not _is_table(value):
            return {}
        try:
            labelled = _with_labels(value)
            name = self._name_of(value) if is_result and labelled is None else None
            value = value if labelled is None else labelled
            rows, columns = _shape(value)
            name = name or self._keep(value, execution)
        except Exception:  # a library's own properties
            return {}
        if name is None:
            return {}
        return {"flownote": {"table": {"name": name, "rows": rows, "columns": columns}}}

    def begin_cell(self, cell: str) -> None:
        """A cell runs anew: what it showed before isn't seen any more."""
        for key in [key for key, (shown_by, _) in self._kept.items() if shown_by == cell]:
            self._drop(key)

    def _name_of(self, value: Any) -> str | None:
        for name, one in self._names.values.items():
            if one is value and not name.startswith("_") and not is_own(name):
                return name
        return None

    def _keep(self, value: Any, execution: Execution) -> str | None:
        """Keep a table as it is now; return its name, or None when it is too large."""
        size = size_of(value)
        if size > LARGEST:
            return None
        copy, is_kept = Snapshots().take(value)
        # Nothing changes an Arrow table.
        if not is_kept and type(value).__module__.partition(".")[0] != "pyarrow":
            return None
        number = self._counted[1] + 1 if self._counted[0] == execution.number else 1
        self._counted = (execution.number, number)
        key = (f"table {number}", execution.number)
        self._names.hold(*key, copy)
        self._kept[key] = (execution.cell, size)
        while sum(size for _, size in self._kept.values()) > ROOM:
            self._drop(next(iter(self._kept)))
        return key[0]

    def _drop(self, key: tuple[str, int]) -> None:
        del self._kept[key]
        version = [{"name": key[0], "version": key[1]}]
        self._names.forget(version)
        self._values.forget(version)


def _is_table(value: Any) -> bool:
    kind = type(value)
    root = kind.__module__.partition(".")[0]
    return root in sys.modules and kind.__name__ in _TABLES.get(root, ())


def _with_labels(value: Any) -> Any:
    """Return a frame of pandas whose rows have labels, not numbers, with those as a column.

    An index without a name isn't part of the frame in other languages; who looks at
    ``describe()`` or a series of times wants to see it.
    """
    if type(value).__module__.partition(".")[0] != "pandas":
        return None
    index = value.index
    if index.nlevels > 1 or index.name is not None or index.dtype.kind in "iu":
        return None
    # One that is too large to be kept beside its name is seen under that.
    if "index" in value.columns or size_of(value) > LARGEST:
        return None
    labelled = value.copy(deep=False)
    labelled.index = index.rename("index")
    return labelled


def _shape(value: Any) -> tuple[int, int]:
    rows, columns = value.shape
    return int(rows), int(columns)
