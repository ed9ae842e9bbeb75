"""The `wasm` codec: functions that WASM cells define.

The encoding is the module's binary; ``meta`` has the export, its inputs and outputs, and
the limits of a call. Calling one takes the studio, which compiles it again.
"""

from __future__ import annotations

from flownote.codecs.base import Encoded, clip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def encode(value: Any) -> Encoded | None:
    """Encode a WASM function; None for other things of the studio's."""
    from flownote_studio.wasm import Function

    if type(value) is not Function:
        return None
    data, meta = value.stored()
    return Encoded("wasm", [data], meta, clip(repr(value)))


def decode(data: Any, record: dict[str, Any]) -> Any:
    """Decode to a function that is called with columns."""
    try:
        from flownote_studio.wasm import Function
    except ImportError as error:
        from flownote.exceptions import StoreError

        raise StoreError(
            "a WASM function can't be loaded without Flownote's studio",
            hint="`pip install flownote-studio` in this environment",
        ) from error
    return Function(bytes(data), record["meta"])


def is_immutable(value: Any) -> bool:
    """A function doesn't change: whether ``value`` is one."""
    return type(value).__name__ == "Function"


def form(value: Any) -> Any:
    """Nothing of a function can change apart from its bytes."""
    return None
