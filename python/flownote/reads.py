"""What a task read, as ``core/flow/src/provenance`` keeps it (engine rules 20 and 23).

One `Reads` belongs to one attempt. Absences count: a failed ``hasattr`` is a read, for
the result may differ once the name is there.
"""

from __future__ import annotations

import json

from flownote.digests import digest_of_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class Reads:
    """The reads of one attempt.

    Only the first read of a name counts: what a task reads after it wrote is its own.
    """

    __slots__ = (
        "artifacts",
        "every_name",
        "every_of_inputs",
        "externals",
        "forbidden",
        "inputs",
        "item",
        "parameters",
        "unverified",
        "values",
    )

    def __init__(self) -> None:
        self.artifacts: dict[str, str | None] = {}
        self.parameters: dict[str, str] = {}
        self.inputs: dict[str, dict[int, str | None]] = {}
        self.every_of_inputs: dict[str, list[str | None]] = {}
        self.values: dict[str, Any] = {}
        self.externals: dict[tuple[str, str], str | None] = {}
        self.item: str | None = None
        self.every_name = False
        self.forbidden: list[str] = []
        self.unverified: list[str] = []

    def artifact(self, name: str, digest: str) -> None:
        """Note that the artifact ``name`` was read."""
        self.artifacts.setdefault(name, digest)

    def absent(self, name: str) -> None:
        """Note that ``name`` was asked for and isn't there."""
        self.artifacts.setdefault(name, None)

    def parameter(self, name: str, digest: str) -> None:
        """Note that a parameter or a class constant was read."""
        self.parameters.setdefault(name, digest)

    def input(self, name: str, position: int, digest: str | None) -> None:
        """Note that a join read ``inputs[position].name``; None when it isn't there."""
        self.inputs.setdefault(name, {}).setdefault(position, digest)

    def input_name(self, name: str) -> None:
        """Note that inputs have a name, whatever its value."""
        self.inputs.setdefault(name, {})

    def every_input(self, name: str, digests: Iterable[str | None]) -> None:
        """Note that a join read a name of all its inputs, in their order."""
        self.every_of_inputs.setdefault(name, list(digests))

    def names(self) -> None:
        """Note that the result depends on which names there are."""
        self.every_name = True

    def value(self, name: str, value: Any) -> None:
        """Note another thing that was asked.

        Parameters
        ----------
        name
            ``index``, ``inputs_len``, ``foreach_stack`` or ``current.<attribute>``.
        value
            What the answer was, as plain JSON.
        """
        self.values.setdefault(name, value)

    def external(self, kind: str, name: str, version: str | None) -> None:
        """Note that something of the world was read: ``file``, ``url``, ``class``…."""
        self.externals.setdefault((kind, name), version)

    def uncacheable(self, reason: str) -> None:
        """Note why this task's result can't stand for another's."""
        if reason not in self.forbidden:
            self.forbidden.append(reason)

    def cannot_verify(self, reason: str) -> None:
        """Note why the result may depend on more than is recorded."""
        if reason not in self.unverified:
            self.unverified.append(reason)

    def take(self, other: Reads) -> None:
        """Add what a memoised function read of the world: its caller depends on it too."""
        for key, version in other.externals.items():
            self.externals.setdefault(key, version)
        for reason in other.unverified:
            self.cannot_verify(reason)
        for reason in other.forbidden:
            self.uncacheable(reason)
        for name, value in other.values.items():
            self.value(name, value)

    def to_json(self, of_run: frozenset[str] = frozenset()) -> dict[str, Any]:
        """Return the ``reads`` of a provenance record; what is empty is left out.

        Parameters
        ----------
        of_run
            The names of parameters and constants: reads of them are told apart from
            those of artifacts.
        """
        artifacts = dict(self.artifacts)
        parameters = dict(self.parameters)
        inputs = {name: dict(digests) for name, digests in self.inputs.items()}
        every_name = self.every_name
        for name, digest in self.artifacts.items():
            if name.startswith("inputs["):
                position, _, asked = name.removeprefix("inputs[").partition("].")
                inputs.setdefault(asked, {})[int(position)] = artifacts.pop(name)
            elif name.startswith("merged."):
                every_name = True
            elif name in of_run and digest is not None:
                parameters.setdefault(name, digest)
                del artifacts[name]
        values = dict(self.values)
        stack = values.get("foreach_stack")
        found = {
            "artifacts": artifacts,
            "inputs": self._inputs(inputs),
            "parameters": parameters,
            "current": {
                name.removeprefix("current."): _digest(value)
                for name, value in values.items()
                if name.startswith("current.")
            },
            "item": self.item,
            "index": values.get("index"),
            "inputs_len": values.get("inputs_len", values.get("len(inputs)")),
            "foreach_stack": None if stack is None else _digest(stack),
            "every_name": every_name or None,
        }
        return {name: value for name, value in found.items() if value is not None and value != {}}

    def _inputs(self, inputs: dict[str, dict[int, str | None]]) -> dict[str, Any]:
        found: dict[str, Any] = {
            name: {"at": {str(at): digest for at, digest in sorted(digests.items())}}
            for name, digests in inputs.items()
        }
        for name, digests in self.every_of_inputs.items():
            text = "".join(f"{digest or '-'}\n" for digest in digests)
            found[name] = {"every": digest_of_text(text)}
        return found


def _digest(value: Any) -> str:
    return digest_of_text(
        json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    )
