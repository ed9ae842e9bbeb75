"""What a run may take from earlier runs: the steps as they are before they run.

The engine compares this with what earlier tasks recorded (`runtime/engine/src/reuse`).
"""

from __future__ import annotations

import json

from flownote import _native, provenance
from flownote.decorators.base import decorators_of
from flownote.exceptions import FlownoteException
from flownote.externals import versions
from flownote.flowspec import step_names
from flownote.provenance.world import declare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.loader import LoadedFlow


def origin_of(loaded: LoadedFlow, options: dict[str, Any]) -> dict[str, Any] | None:
    """Return the run that `resume` takes results from: ``{"run", "parameters"}``."""
    reference = options.get("origin_run_id")
    if not reference:
        return None
    file = loaded.argument
    return json.loads(_native.origin_run(loaded.name, reference, file, options.get("store")))


def check_step(loaded: LoadedFlow, name: str | None) -> None:
    """Refuse the name of a step that the flow doesn't have."""
    names = step_names(loaded.flow)
    if name is not None and name not in names:
        from difflib import get_close_matches

        close = get_close_matches(name, names, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"it has {', '.join(names)}"
        raise FlownoteException(f"`{loaded.name}` has no step `{name}`", hint=hint)


def request(
    loaded: LoadedFlow,
    description: dict[str, Any],
    options: dict[str, Any],
    origin: dict[str, Any] | None,
) -> dict[str, Any]:
    """Return what the engine is told about reuse.

    Raises
    ------
    FlownoteException
        When the step that is to run again doesn't exist.
    """
    names = step_names(loaded.flow)
    again = options.get("step")
    check_step(loaded, again)
    asked: dict[tuple[str, str], str | None] = {}
    found: dict[str, Any] = {
        "steps": {name: _step(loaded.flow, name, options, again == name, asked) for name in names},
        "trust_pickles": options.get("trust_pickles", False),
        "verify": options.get("verify"),
    }
    if origin is not None and not options.get("verify"):
        found["resume"] = {
            "flow": description["name"],
            "origin": origin["run"],
            "trust_code": options.get("trust_code", False),
        }
    return found


def _step(
    flow: type,
    name: str,
    options: dict[str, Any],
    again: bool,
    asked: dict[tuple[str, str], str | None],
) -> dict[str, Any]:
    code = provenance.code_of(flow, name)
    decorators = decorators_of(getattr(flow, name))
    wanted: Any = next((one for one in decorators if one.name == "cache"), None)
    if wanted:
        declare(wanted.externals)
    mode = options.get("cache_mode")
    if mode is None:
        mode = "readwrite" if options.get("cache") or wanted is not None else "off"
    return {
        "language": "python",
        "code": {
            "digest": code.digest,
            "coarse": code.coarse,
            "parts": code.parts,
            "lines": code.lines,
        },
        "environment": provenance.environment(code),
        "externals": versions(wanted.externals, wanted.ttl, asked) if wanted else [],
        "cache": mode,
        "again": again,
    }
