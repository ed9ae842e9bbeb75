"""Where memoised calls are asked for: the engine, in a step; the datastore, elsewhere."""

from __future__ import annotations

import json
import os

from flownote import _native
from flownote.current import current
from flownote.worker.wire import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# By process: nothing of it goes through a fork.
_stores: dict[tuple[int, str | None, bool], StoreCalls] = {}


def calls_of(store: str | None, trust_pickles: bool) -> TaskCalls | StoreCalls:
    """Return where this process asks."""
    flow = current._flow
    if flow is not None:
        from flownote.artifacts import STATE

        state = flow.__dict__[STATE]
        if state.pid == os.getpid():
            return TaskCalls(state)
        if not state.spec["remote"]:
            store = state.spec["files_root"]  # a process that the step forked
    key = (os.getpid(), store, trust_pickles)
    found = _stores.get(key)
    if found is None:
        found = _stores[key] = StoreCalls(store, trust_pickles)
    return found


class TaskCalls:
    """Asks a worker's engine, for a worker opens no datastore (engine rule 3)."""

    def __init__(self, state: Any) -> None:
        self._state = state

    def ask(self, call: dict[str, Any]) -> dict[str, Any]:
        """Return ``{"hit"}``, ``{"held"}``, ``{"compute", "staging"}`` or ``{"error"}``."""
        return self._state.channel.ask({"memo_ask": call})

    def keep(self, compute: int, value: dict[str, Any] | None, failed: bool) -> dict[str, Any]:
        """Hand over what was computed; None when it failed, or can't be kept."""
        kept = {"compute": compute, "value": value, "failed": failed}
        return self._state.channel.ask({"memo_keep": kept})

    def load(self, record: dict[str, Any], name: str) -> Any:
        """Return the value of a record."""
        return self._state.decode(record, "memo", name)[0]

    def forget(self, call: dict[str, Any]) -> int:
        """Refuse: what a step takes away, others may just be taking."""
        from flownote.exceptions import UsageError

        raise UsageError("a step can't clear memoised values", hint="clear them in a program")

    def why(self, call: dict[str, Any], name: str) -> str:
        """Refuse: what is kept just now isn't for a result to depend on."""
        from flownote.exceptions import UsageError

        raise UsageError(
            "a step can't ask for what is kept", hint="ask in a program, or `flownote cache why`"
        )


class StoreCalls:
    """Asks a datastore itself."""

    def __init__(self, store: str | None, trust_pickles: bool) -> None:
        # Importing it sees to it that no runtime goes through a fork.
        from flownote.client.artifact import decode
        from flownote.client.stores import reader_of

        self._decode = decode
        self._reader = reader_of(store)
        self._memo = _native.Memo(self._reader.url, trust_pickles=trust_pickles)

    def ask(self, call: dict[str, Any]) -> dict[str, Any]:
        """Return ``{"hit"}``, ``{"held"}`` or ``{"compute", "staging"}``."""
        return json.loads(self._memo.ask(_text(call)))

    def keep(self, compute: int, value: dict[str, Any] | None, failed: bool) -> dict[str, Any]:
        """Hand over what was computed; None when it failed, or can't be kept."""
        text = None if value is None else _text(value)
        return json.loads(self._memo.keep(compute, text, failed=failed))

    def load(self, record: dict[str, Any], name: str) -> Any:
        """Return the value of a record."""
        return self._decode(self._reader.fetch_blob, record, "memo", name)

    def why(self, call: dict[str, Any], name: str) -> str:
        """Say whose value is kept, or what differs from the nearest."""
        return self._memo.why(_text(call), name)

    def forget(self, call: dict[str, Any]) -> int:
        """Forget the values of a call; returns how many there were."""
        return self._memo.forget(_text(call))


def _text(message: dict[str, Any]) -> str:
    return printable(json.dumps(message, sort_keys=True))
