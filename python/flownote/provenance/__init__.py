"""What a task's result depends on (engine rules 19–22).

`code_of` says what code a step reaches, once per step and process; call `prepare` before
workers are forked, so that each of them has it. `record` makes a task's whole record, as
``core/flow/src/provenance`` defines it, from that and from what the task read.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager

from flownote.current import current
from flownote.provenance.members import Members
from flownote.provenance.modules import Modules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flownote.reads import Reads

SCHEMA = 1

_codes: dict[tuple[type, str], StepCode] = {}


class StepCode:
    """The code that a step reaches.

    Attributes
    ----------
    digest
        Of everything of the project that is reached. Names of flows, steps and files
        don't change it, only code and plain values do.
    coarse
        Why whole modules were taken (``getattr in features.py:12``), or None.
    unverified
        Why the digest may miss something, or None.
    parts
        ``file:name`` → digest, to say what changed.
    lines
        ``file:name`` → line.
    distributions
        Name → version of the third-party distributions that are reached.
    """

    def __init__(self, reach: Any) -> None:
        from flownote.digests import digest_of_text

        named = sorted({(called, digest) for called, digest, _ in reach.parts.values()})
        self.digest = digest_of_text("\n".join(f"{called} {digest}" for called, digest in named))
        self.coarse = "; ".join(reach.coarse) or None
        self.unverified = "; ".join(reach.unverified) or None
        self.parts = {name: digest for name, (_, digest, _) in sorted(reach.parts.items())}
        self.lines = {name: line for name, (_, _, line) in reach.parts.items() if line}
        self.distributions = dict(sorted(reach.distributions.items()))


def code_of(flow: type, step: str) -> StepCode:
    """Return the code that a step of a flow reaches, found once."""
    key = (flow, step)
    if key not in _codes:
        from flownote.provenance.reach import Reach

        members = Members(flow)
        found = members.find(step)
        if found is None:
            raise KeyError(step)
        reach = Reach(Modules(), root_of(flow), members)
        try:
            with _uncollected():
                reach.step(found[1], step)
        except Exception as error:  # a task isn't lost for the record of its code
            reach.unverified.append(f"its code can't be read: {type(error).__name__}: {error}")
        _codes[key] = StepCode(reach)
    return _codes[key]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pause Python's collector: syntax trees are thousands of objects, and not garbage yet."""
    pauses = gc.isenabled()
    if pauses:
        gc.disable()
    try:
        yield
    finally:
        if pauses:
            gc.enable()


def root_of(kind: Any) -> str:
    """Return the root of the project that a class or function is defined in."""
    from flownote.project_root import find_root

    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    return find_root(os.path.dirname(os.path.abspath(file)) if file else None)


def prepare(flow: type) -> None:
    """Find the code of every step of a flow, for the workers that are forked afterwards."""
    from flownote.flowspec import step_names

    for step in step_names(flow):
        code_of(flow, step)


def record(
    flow: type, step: str, reads: Reads, manifest: dict[str, Any], deleted: Any = ()
) -> dict[str, Any]:
    """Return the provenance of a finished task, for its manifest.

    Parameters
    ----------
    flow, step
        What ran.
    reads
        What it read.
    manifest
        Its manifest so far: the artifacts that it wrote.
    deleted
        The inherited names that it deleted.
    """
    from flownote.artifacts import identity

    code = code_of(flow, step)
    if any(one and one.startswith("pickle:") for one in reads.artifacts.values()):
        from flownote.flowspec import own_attributes
        from flownote.provenance.pickled import note_classes

        # Not `vars`: that would read every name.
        note_classes(reads, own_attributes(current._flow) if current._flow is not None else {})
    found: dict[str, Any] = {
        "schema": SCHEMA,
        "language": "python",
        "code": _code(code),
        "environment": environment(code),
        "externals": [
            {"kind": kind, "name": name, "version": version, "declared": False}
            for (kind, name), version in sorted(reads.externals.items())
        ],
        "seed": (current._spec or {}).get("seed"),
        "reads": reads.to_json(_names_of_run(flow)),
        "writes": {name: identity(one) for name, one in manifest["artifacts"].items()},
        "deleted": sorted(deleted),
        "uncacheable": "; ".join(reads.forbidden) or None,
        "unverified": "; ".join([*reads.unverified, *filter(None, [code.unverified])]) or None,
    }
    return {name: value for name, value in found.items() if value not in (None, [], {})}


def _code(code: StepCode) -> dict[str, Any]:
    """Return the code part; what it is made of stands in the first task of a foreach only."""
    found: dict[str, Any] = {"digest": code.digest, "coarse": code.coarse}
    frames = (current._spec or {}).get("foreach") or ()
    if all(frame["index"] == 0 for frame in frames):
        found |= {"parts": code.parts, "lines": code.lines}
    return found


def environment(code: StepCode) -> dict[str, Any]:
    """Return what a step's code runs on, as far as its result may depend on it."""
    found: dict[str, Any] = {"runtime": f"{sys.version_info[0]}.{sys.version_info[1]}"}
    if code.distributions:
        found["distributions"] = code.distributions
        # Installed code may be native, and compute otherwise on another processor.
        found["platform"] = f"{os.uname().machine}-{sys.platform}"
    return found


def _names_of_run(flow: type) -> frozenset[str]:
    from flownote.describe import constants_of, parameters_of

    return frozenset([name for name, _ in parameters_of(flow)] + list(constants_of(flow)))
