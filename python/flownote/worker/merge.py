"""`merge_artifacts`: take over what all branches of a join agree on.

Only manifests are compared; no value is loaded.
"""

from __future__ import annotations

from flownote.codecs import identity
from flownote.exceptions import (
    MergeArtifactsException,
    MissingInMergeArtifactsException,
    UnhandledInMergeArtifactsException,
)
from flownote.worker.inputs import Input

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from flownote.artifacts import TaskState


def merge(
    state: TaskState, inputs: Iterable[Input], exclude: list[str], include: list[str]
) -> dict[str, tuple[str, str]]:
    """Return the artifacts to inherit: name → (who wrote it, digest).

    Names that the join has set already are left alone.
    """
    step = state.spec["step"]
    inputs = list(inputs)
    if not state.joins:
        raise MergeArtifactsException(
            f"`merge_artifacts` was called in `{step}`, which joins nothing",
            hint="call it in a step that takes `inputs`",
        )
    merged: dict[str, tuple[str, str]] = {}
    takers: dict[str, Input] = {}
    conflicts: dict[str, None] = {}
    for branch in inputs:
        for name, origin in branch.artifact_records().items():
            if (include and name not in include) or name in exclude or name in state.values:
                continue
            if name not in merged:
                merged[name], takers[name] = origin, branch
            elif origin != merged[name] and not _equal(branch, takers[name], name):
                conflicts[name] = None
    if conflicts:
        names = sorted(conflicts)
        raise UnhandledInMergeArtifactsException(
            f"branches disagree about {_ticked(names)}, and `{step}` doesn't say which to take",
            unhandled=names,
            hint="set them before `merge_artifacts`, or name them in `exclude`",
        )
    missing = [name for name in include if name not in merged and name not in state.values]
    if missing:
        raise MissingInMergeArtifactsException(
            f"no branch has {_ticked(missing)}, which `include` names",
            unhandled=missing,
            hint="look for a misspelling, or assign them in a branch",
        )
    _note_reads(state, inputs, include, exclude)
    return merged


def _note_reads(
    state: TaskState, inputs: list[Input], include: list[str], exclude: list[str]
) -> None:
    """Note that the result depends on every value that was compared.

    Without ``include`` it depends on which names there are as well: those that weren't
    compared are noted by their names alone.
    """
    names = dict.fromkeys(name for branch in inputs for name in branch.artifact_records())
    for name in names:
        skipped = (include and name not in include) or name in exclude or name in state.values
        if not skipped:
            state.reads.every_input(name, [_identity(branch, name) for branch in inputs])
        elif not include:
            state.reads.input_name(name)
    if not include:
        state.reads.names()


def _identity(branch: Input, name: str) -> str | None:
    return identity(branch.record(name)) if name in branch.artifact_records() else None


def _equal(one: Input, other: Input, name: str) -> bool:
    first, second = one.record(name), other.record(name)
    return all(first[part] == second[part] for part in ("digest", "codec", "type"))


def _ticked(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
