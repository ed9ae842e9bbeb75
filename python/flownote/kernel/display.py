"""Showing values: results, ``display()``, updates, clearing."""

from __future__ import annotations

import os

from flownote.kernel import interrupts, running
from flownote.kernel.shown import Shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.process import Kernel


class DisplayHandle:
    """Something that is shown and can be shown anew.

    Examples
    --------
    >>> handle = display("working", display_id=True)  # doctest: +SKIP
    >>> handle.update("done")  # doctest: +SKIP
    """

    def __init__(self, display_id: str | None = None) -> None:
        self.display_id = display_id or _new_id()

    def __repr__(self) -> str:
        return f"<DisplayHandle display_id={self.display_id}>"

    def display(self, obj: Any, **kwargs: Any) -> None:
        """Show a value under this id, once more."""
        display = _of_this_process()
        display.display(obj, display_id=self.display_id, **kwargs)

    def update(self, obj: Any, **kwargs: Any) -> None:
        """Replace what is shown, wherever it is shown."""
        display = _of_this_process()
        display.display(obj, display_id=self.display_id, update=True, **kwargs)


class Display:
    """What shows values."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._is_quiet = False
        self._shown = Shown(kernel)

    def begin_cell(self, cell: str, *, is_quiet: bool) -> None:
        """A cell begins; a quiet one shows no result."""
        self._is_quiet = is_quiet
        self._shown.begin_cell(cell)

    def show_result(self, value: Any) -> None:
        """Show the value of an expression (``sys.displayhook``)."""
        if value is None:
            return
        kernel = self._kernel
        kernel.history.result(value)
        if self._is_quiet:
            return
        data, metadata = self._forms(value)
        if not data:
            return
        metadata = {**metadata, **self._shown.metadata(value, is_result=True)}
        kind = {"kind": "result", "data": data, "metadata": metadata}
        kernel.outputs.show(kind, running.now, waits=kernel.runner.is_at_end)

    def _forms(
        self, value: Any, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return a value's forms, of which a nested one has JSON beside its text."""
        data, metadata = self._kernel.formatters.format(value, include, exclude)
        text = data.get("text/plain", "")
        if include or exclude or len(data) != 1 or "\n" not in text:
            return data, metadata
        from flownote.kernel.nested import nested

        found = nested(value, text)
        if found is None:
            return data, metadata
        tree, about = found
        shown = {"root": about["type"], "expanded": False}
        more = {"application/json": shown, "flownote": {"nested": about}}
        return {**data, "application/json": tree}, {**metadata, **more}

    def show_error(self, error: BaseException) -> None:
        """Show an exception that doesn't end the cell."""
        from flownote.kernel import faults

        self._kernel.outputs.show(faults.output_of(error))

    def display(
        self,
        *objs: Any,
        include: Any = None,
        exclude: Any = None,
        metadata: dict[str, Any] | None = None,
        transient: dict[str, Any] | None = None,
        display_id: Any = None,
        raw: bool = False,
        clear: bool = False,
        update: bool = False,
        **_: Any,
    ) -> DisplayHandle | None:
        """Show values in the richest forms that they have.

        Parameters
        ----------
        objs
            The values.
        include, exclude
            MIME types to show, or not to.
        metadata
            Goes with the data.
        transient
            May hold ``display_id``.
        display_id
            The id to show them under; True makes one.
        raw
            Whether the values are dicts from MIME types to data already.
        clear
            Whether to clear the cell's output first.
        update
            Whether to replace what is shown under the id.

        Returns
        -------
        DisplayHandle
            When there is an id: it shows other values in the same place.
        """
        if clear:
            self.clear_output(wait=True)
        if display_id is None and transient:
            display_id = transient.get("display_id")
        if display_id is True:
            display_id = _new_id()
        if update and display_id is None:
            raise TypeError("display_id required for update_display")
        for obj in objs:
            more: dict[str, Any] = {}
            if raw:
                data = obj
            else:
                data, more = self._forms(obj, include, exclude)
                if not data:
                    continue
                if not update:
                    more = {**more, **self._shown.metadata(obj, is_result=False)}
            more = {**more, **(metadata or {})}
            self.publish(data, more, display_id=display_id, update=update)
        return DisplayHandle(display_id) if display_id is not None else None

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        display_id: str | None = None,
        update: bool = False,
        transient: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Show data by MIME type."""
        if display_id is None and transient:
            display_id = transient.get("display_id")
        output: dict[str, Any] = {
            "kind": "update" if update else "display",
            "data": self._kernel.formatters.encoded(data),
            "metadata": metadata or {},
        }
        if display_id is not None:
            output["display_id"] = str(display_id)
        with interrupts.held():
            self._kernel.outputs.show(output)

    def update_display(self, obj: Any, *, display_id: str, **kwargs: Any) -> None:
        """Replace what is shown under an id."""
        self.display(obj, display_id=display_id, update=True, **kwargs)

    def clear_output(self, wait: bool = False) -> None:
        """Take away what the cell has shown; with ``wait``, when something else comes."""
        self._kernel.outputs.show({"kind": "clear", "wait": bool(wait)})


def _new_id() -> str:
    return os.urandom(16).hex()


def _of_this_process() -> Display:
    from flownote.kernel import process

    if process.kernel is None:
        raise RuntimeError("there is no notebook in this process")
    return process.kernel.display
