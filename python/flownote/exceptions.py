"""Everything Flownote raises on purpose, each with a hint that says what to do now.

The native module raises these same classes. Where Metaflow's users know a name, it is
the same name.
"""

from __future__ import annotations

__all__ = [
    "Cancelled",
    "CaughtFailure",
    "DamagedArtifact",
    "DecoratorError",
    "FlowDefinitionError",
    "FlowLoadError",
    "FlownoteException",
    "InvalidNextException",
    "MergeArtifactsException",
    "MissingArtifact",
    "MissingInMergeArtifactsException",
    "NamespaceMismatch",
    "NotFound",
    "ParameterError",
    "ReadOnlyAttribute",
    "RunTaken",
    "SecretError",
    "StoreError",
    "TimeoutException",
    "UnhandledInMergeArtifactsException",
    "UnstorableArtifact",
    "UsageError",
]


class FlownoteException(Exception):  # noqa: N818 - the name that Metaflow's users look for
    """The base of every error that Flownote raises on purpose.

    Parameters
    ----------
    message
        What is wrong, with `names` in backticks.
    hint
        What to do now, as one sentence without a final full stop.
    file, line
        Where, when a place in a file is meant.
    """

    headline = "Flownote error"
    # The shell's exit code (`flownote help exit-codes`): by default "the command line or
    # the flow is wrong".
    exit_code = 2

    def __init__(
        self,
        message: str = "",
        *,
        hint: str | None = None,
        file: str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.file = file
        self.line = line

    @property
    def hint(self) -> str | None:
        """What to do now."""
        return self._hint

    @hint.setter
    def hint(self, hint: str | None) -> None:
        self._hint = hint
        # Python 3.11 and newer print notes below the message, wherever the error ends up.
        self.__notes__ = [f"hint: {hint}"] if hint else []

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple:
        return _rebuild, (type(self), self.message, dict(self.__dict__))

    def render(self) -> str:
        """Return the error as a terminal shows it: what, where, what now."""
        lines = [f"error: {self.message}"]
        if self.file:
            lines.append(f"  --> {self.file}:{self.line}" if self.line else f"  --> {self.file}")
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


def _rebuild(kind: type[FlownoteException], message: str, state: dict) -> FlownoteException:
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    error.__dict__.update(state)
    return error


MetaflowException = FlownoteException


class UsageError(FlownoteException):
    """A command or a call was given something that it can't use."""

    headline = "Wrong usage"


MetaflowInvalidPathspec = MetaflowTaggingError = UsageError


class FlowLoadError(FlownoteException):
    """A flow's file can't be loaded, or holds no flow.

    ``traceback`` is the part of the traceback that lies in user code, when there is one.
    """

    headline = "The flow can't be loaded"
    traceback: str | None = None


class FlowDefinitionError(FlownoteException):
    """A flow's class is not what a flow must be."""

    headline = "Wrong flow"


class DecoratorError(FlownoteException):
    """A decorator is unknown, stands in the wrong place or has a wrong attribute."""

    headline = "Wrong decorator"


class ParameterError(FlownoteException):
    """A parameter's value is missing or not of its type."""

    headline = "Wrong parameter"


class SecretError(FlownoteException):
    """A secret's source can't be read. No message ever holds a secret's value."""

    headline = "Secret not available"


class InvalidNextException(FlownoteException):
    """``self.next`` was called with something other than steps of the flow."""

    headline = "Wrong self.next"


class MissingArtifact(FlownoteException, AttributeError):  # noqa: N818
    """A step read an attribute that nothing before it wrote.

    It is an `AttributeError`, so `hasattr` and `getattr` with a default work.
    """

    headline = "No such artifact"

    def __init__(self, message: str = "", *, name: str | None = None, **place: object) -> None:
        FlownoteException.__init__(self, message, **place)  # type: ignore[arg-type]
        self.name = name


class ReadOnlyAttribute(FlownoteException, AttributeError):  # noqa: N818
    """A step assigned to a parameter."""

    headline = "Can't be assigned"


class UnstorableArtifact(FlownoteException):
    """Attributes of ``self`` that no codec can store; all of them are listed."""

    headline = "Artifacts can't be stored"


class DamagedArtifact(FlownoteException):
    """Stored bytes don't have the digest they are named by."""

    headline = "Damaged artifact"


class MergeArtifactsException(FlownoteException):
    """``merge_artifacts`` was called where or how it can't be."""

    headline = "Can't merge artifacts"


class UnhandledInMergeArtifactsException(MergeArtifactsException):
    """Branches disagree about artifacts and the join doesn't say which to take."""

    headline = "Unhandled artifacts in merge"

    def __init__(self, message: str = "", unhandled: list[str] | None = None, **place: object):
        super().__init__(message, **place)  # type: ignore[arg-type]
        self.artifact_names = list(unhandled or [])


class MissingInMergeArtifactsException(MergeArtifactsException):
    """``merge_artifacts(include=…)`` names artifacts that no branch has."""

    headline = "Missing artifacts in merge"

    def __init__(self, message: str = "", unhandled: list[str] | None = None, **place: object):
        super().__init__(message, **place)  # type: ignore[arg-type]
        self.artifact_names = list(unhandled or [])


class TimeoutException(FlownoteException):
    """A step's ``@timeout`` struck."""

    headline = "Timeout"


class CaughtFailure(FlownoteException):
    """What `@catch(var=…)` stores when a step failed for good.

    Attributes
    ----------
    kind
        ``exception``, ``timeout``, ``exit``, ``signal``, ``out_of_memory``….
    type
        The exception's class by name, None when the process died without one.
    traceback
        The traceback from the first line of user code on, None without an exception.

    Examples
    --------
    >>> if self.failed:
    ...     print(self.failed, self.failed.type)
    """

    headline = "A step failed and @catch took it"
    kind: str = "exception"
    type: str | None = None
    traceback: str | None = None

    @classmethod
    def of(cls, failure: dict) -> CaughtFailure:
        """Make it from a failure as manifests record it."""
        caught = cls(failure["message"], hint=failure.get("hint"))
        caught.kind = failure["kind"]
        caught.type = failure.get("exception")
        caught.traceback = failure.get("traceback")
        return caught

    # The names that Metaflow's users know.

    @property
    def exception(self) -> str:
        """What went wrong, in a line."""
        return self.message

    @property
    def stacktrace(self) -> str | None:
        """The same as ``traceback``."""
        return self.traceback


class Cancelled(BaseException):
    """The run was cancelled while the step ran; ``except Exception`` lets it pass."""


class StoreError(FlownoteException):
    """The datastore failed: full, read-only, unreachable, not one of ours."""

    headline = "Datastore error"
    exit_code = 3


class NotFound(FlownoteException):
    """No such flow, run, step, task or artifact in the datastore."""

    headline = "Not found"
    exit_code = 5


MetaflowNotFound = NotFound


class RunTaken(FlownoteException):
    """A run belongs to another scheduler, which is at work on it."""

    headline = "The run is taken"
    exit_code = 4


class NamespaceMismatch(FlownoteException):
    """The object exists but lies outside the current namespace."""

    headline = "Outside the namespace"


MetaflowNamespaceMismatch = NamespaceMismatch
