"""``In``, ``Out``, ``_``, ``_i`` and their kin, as IPython has them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.running import Execution


# Older results than so many cells ago are forgotten.
KEPT = 1000


class History:
    """The inputs and results of this session, in the user's names.

    Parameters
    ----------
    values
        The user's names.
    """

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values
        self.inputs: list[str] = [""]
        self.results: dict[int, Any] = {}
        self._last: list[Any] = ["", "", ""]
        # What `_`, `__` and `___` were last bound to here: a user's own `_` is left alone.
        self._bound: list[Any] = self._last
        self.count = 0
        self._is_stored = False

    def install(self) -> None:
        """Bind the names."""
        self._values.update(
            {"In": self.inputs, "Out": self.results, "_ih": self.inputs, "_oh": self.results}
        )
        self._values.update({"_dh": [], "_i": "", "_ii": "", "_iii": ""})
        self._values.update({"_": "", "__": "", "___": ""})

    def begin(self, code: str, execution: Execution, *, store: bool) -> None:
        """Note a cell's text."""
        self._is_stored = store
        if not store:
            return
        self.count = execution.count or self.count + 1
        while len(self.inputs) < self.count:
            self.inputs.append("")
        del self.inputs[self.count :]
        self.inputs.append(code)
        values = self._values
        values[f"_i{self.count}"] = code
        for name in (f"_i{self.count - KEPT}", f"_{self.count - KEPT}"):
            values.pop(name, None)
        self.results.pop(self.count - KEPT, None)

    def end(self, execution: Execution) -> None:
        """Move ``_i`` on once the cell has ended: within it, it means the one before."""
        if self._is_stored:
            values = self._values
            values["_iii"], values["_ii"] = values.get("_ii", ""), values.get("_i", "")
            values["_i"] = self.inputs[-1]

    def result(self, value: Any) -> None:
        """Note what a cell showed."""
        if not self._is_stored or value is self.results:
            return
        values = self._values
        is_ours = all(
            values.get(name, one) is one for name, one in zip(_UNDER, self._bound, strict=True)
        )
        self._last = [value, *self._last[:2]]
        if is_ours:
            self._bound = self._last
            values.update(zip(_UNDER, self._last, strict=True))
        self.results[self.count] = value
        values[f"_{self.count}"] = value


_UNDER = ("_", "__", "___")
