"""Where Flownote differs from Metaflow on purpose; DIFFERENCES.md says why."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

ANY = object()
ABSENT = "(absent)"


@dataclass(frozen=True)
class Different:
    """One difference: in which cases and paths, and what each engine leaves there."""

    name: str
    cases: str
    paths: str
    ours: Any = ANY
    theirs: Any = ANY

    def explains(self, case: str, path: str, ours: Any, theirs: Any) -> bool:
        """Tell whether two values differ for this reason."""
        return (
            any(fnmatchcase(case, one) for one in self.cases.split())
            and any(fnmatchcase(path, one) for one in self.paths.split())
            and (self.ours is ANY or self.ours == ours)
            and (self.theirs is ANY or self.theirs == theirs)
        )


DIFFERENCES = [
    # Values
    Different("name-is-free", "*", "*/name", ours=ABSENT),
    Different("name-is-free", "naming", "end/name end/seen"),
    Different("deleted-is-gone", "deletion", "*/removed", ours=ABSENT),
    Different("deleted-is-gone", "deletion", "end/still", ours=False),
    Different("constants-change", "override-constant", "*"),
    Different("failed-leaves-nothing", "ends-by-* foreach-n*", "bad/* start/items", ours=ABSENT),
    Different("failed-has-parameters", "ends-by-* foreach-generator", "*/how */kind"),
    # Foreach and joins
    Different("foreach-empty", "foreach-empty", "*"),
    Different("foreach-dict", "foreach-dict", "*"),
    Different("outer-item", "nested", "*/sides */here */side"),
    Different("branch-order", "branches", "*/in_order", ours=["list", ["'a'", "'b'", "'c'"]]),
    Different("merge-misuse", "branches", "*/outside */problems"),
    # Failures
    Different("finished", "*", "run/finished *:finished", ours=True),
    Different("every-end-is-told", "ends-by-* foreach-generator", "*:exception", ours=True),
    Different("every-end-is-told", "ends-by-* foreach-generator", "*:parents", theirs=None),
    Different("caught", "retries habits", "*:exception *:successful", ours=True),
    Different("caught-class", "retries", "*/caught */types"),
    # Output
    Different("exact-output", "printing", "logs:stdout", ours="no line end"),
    Different("warnings", "printing", "logs:stderr"),
]

# Lines of `client_uses.py`, and exceptions that have another name (and are subclasses or aliases
# of what Metaflow's users catch).
CLIENT_DIFFERENCES = {
    "run.trigger": "no-events",
    'run["start"].task.runtime_name': "no-events",
    '"kind" in run["start"].task.artifacts': "in-artifacts",
    "run.code": "code-is-kept",
}
EXCEPTIONS = {
    "raises MetaflowNotFound": "raises NotFound",
    "raises MetaflowInvalidPathspec": "raises UsageError",
    "raises MetaflowTaggingError": "raises UsageError",
    "raises MetaflowNamespaceMismatch": "raises NamespaceMismatch",
    "raises AttributeError": "raises MissingArtifact",
}
