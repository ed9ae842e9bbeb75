"""`flownote demo`: the main job, from wherever Flownote is installed."""

from __future__ import annotations

import os
from importlib.util import find_spec

from flownote.exceptions import FlownoteException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FLOW = os.path.join(os.path.dirname(__file__), "_examples", "recommend", "flow.py")


def run(options: dict[str, Any]) -> int:
    """Run the recommender example with its default parameters; returns the exit code.

    Raises
    ------
    FlownoteException
        When what it needs is not installed.
    """
    missing = [name for name in ("numpy", "scipy", "recbole") if find_spec(name) is None]
    if missing:
        raise FlownoteException(f"the demo needs {', '.join(missing)}", hint=_hint(missing))
    from flownote import run as runner
    from flownote import shell
    from flownote.constants import seal
    from flownote.loader import load_flow

    workers = options.get("max_workers") or shell.cores()
    loaded = load_flow(_FLOW, cores=shell.cores(), workers=workers)
    seal(loaded.flow)
    return runner.run(loaded, options, {})


def _hint(missing: list[str]) -> str:
    """Compose the commands; the data set's wheel is wanted without what it depends on."""
    commands = []
    if libraries := [name for name in missing if name != "recbole"]:
        commands.append(f"pip install {' '.join(libraries)}")
    if "recbole" in missing:
        commands.append("pip install --no-deps recbole==1.2.1")
    return " && ".join(commands)
