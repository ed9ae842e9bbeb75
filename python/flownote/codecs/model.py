"""The `model` codec: models of `flownote.models` and their functions, as safetensors files.

The encoding is the model's own file, which Rust reads as well: kind and plain numbers as JSON
in its metadata, arrays beside it. ``meta`` has the kind and what the model was made with, for
listings. No pickle: reading one runs no code of its writer's.
"""

from __future__ import annotations

import sys

from flownote.codecs.base import Encoded, clip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def encode(value: Any) -> Encoded | None:
    """Encode a model; None for other things of Flownote's."""
    # Loaded if there is a model. A subclass of somebody's own is theirs to store.
    base = sys.modules.get("flownote.models.base")
    if _is_function(value):
        meta = {"kind": value._fitted.kind, "function": value.signature.name}
        return Encoded("model", [value.to_bytes()], meta, clip(repr(value)))
    if base is None or not isinstance(value, base.Model):
        return None
    if base.Model._classes.get(value.kind) is not type(value):
        return None
    meta = {"kind": value.kind, "parameters": value.get_params()}
    return Encoded("model", [value.to_bytes()], meta, clip(repr(value)))


def decode(data: Any, record: dict[str, Any]) -> Any:
    """Decode to the model or the function that was stored.

    Raises
    ------
    FlownoteException
        The package ``flownote-studio`` isn't installed.
    """
    if "function" in (record.get("meta") or {}):
        from flownote.models.scoring import ScoringFunction

        return ScoringFunction.from_bytes(bytes(data))
    from flownote.models.base import Model

    return Model.from_bytes(bytes(data))


def is_immutable(value: Any) -> bool:
    """A model can be fitted again, and some go on learning; a function of one is as it is."""
    return _is_function(value)


def form(value: Any) -> Any:
    """Nothing of a model lies in the memory that was mapped: its bytes are copied."""
    return None


def _is_function(value: Any) -> bool:
    scoring = sys.modules.get("flownote.models.scoring")
    return scoring is not None and type(value) is scoring.ScoringFunction
