"""Why an attempt failed, as its manifest says it (`Failure` in `core/flow`)."""

from __future__ import annotations

import os
import traceback

from flownote import exceptions
from flownote.worker.wire import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep

# A traceback of runaway recursion or a message with a table in it stays readable.
_LONGEST = 200_000


class Cancel(BaseException):
    """Raised in the step by SIGTERM: no ``except Exception`` holds it."""


_NEVER_BETTER = (
    exceptions.InvalidNextException,
    exceptions.UnstorableArtifact,
    exceptions.MergeArtifactsException,
    KeyboardInterrupt,
    Cancel,
)


def failure_of(error: BaseException) -> dict[str, Any]:
    """Return the failure that an exception is."""
    kind, message = _kind(error), _message(error)
    failure: dict[str, Any] = {"kind": kind, "message": printable(message)}
    failure["retryable"] = not isinstance(error, _NEVER_BETTER)
    if kind not in ("cancelled", "unstorable"):
        failure["exception"] = _name(error)
        failure["traceback"] = printable(user_traceback(error))
    hint = _hint(error)
    if hint:
        failure["hint"] = printable(hint)
    return failure


def user_traceback(error: BaseException) -> str:
    """Format a traceback from the first line of user code on, with its causes."""
    report: Any = traceback.TracebackException.from_exception(error, compact=True)
    _drop_own_frames(report, set())
    if isinstance(error, exceptions.FlownoteException):
        report.__notes__ = None  # the hint, which a failure tells by itself
    text = "".join(report.format())
    if len(text) > _LONGEST:
        half = _LONGEST // 2
        text = f"{text[:half]}\n… {len(text) - _LONGEST:,} characters cut …\n{text[-half:]}"
    return text


def _drop_own_frames(report: Any, seen: set[int]) -> None:
    if report is None or id(report) in seen:
        return
    seen.add(id(report))
    kept = [frame for frame in report.stack if not frame.filename.startswith(_PACKAGE)]
    report.stack[:] = kept
    for other in (
        report.__cause__,
        report.__context__,
        *(getattr(report, "exceptions", None) or ()),
    ):
        _drop_own_frames(other, seen)


def _kind(error: BaseException) -> str:
    if isinstance(error, Cancel):
        return "cancelled"
    if isinstance(error, SystemExit):
        return "exit"
    if isinstance(error, exceptions.TimeoutException):
        return "timeout"
    if isinstance(error, exceptions.UnstorableArtifact):
        return "unstorable"
    if isinstance(error, exceptions.DamagedArtifact):
        return "input"
    if isinstance(error, exceptions.StoreError):
        return "store"
    return "exception"


def _message(error: BaseException) -> str:
    if isinstance(error, Cancel):
        return "the run was cancelled"
    if isinstance(error, SystemExit):
        code = "" if error.code is None else repr(error.code)
        return f"the step called sys.exit({code}) before it ended"
    text = _text(error)
    if isinstance(error, exceptions.FlownoteException):
        return text
    return f"{_name(error)}: {text}" if text else _name(error)


def _text(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # user code: an exception whose __str__ raises
        text = "(its text can't be made)"
    first, _, rest = text.strip().partition("\n")
    return f"{first} …" if rest else first


def _name(error: BaseException) -> str:
    kind = type(error)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )


def _hint(error: BaseException) -> str | None:
    if isinstance(error, SystemExit):
        return "to end a step early, return after `self.next(…)`"
    if isinstance(error, KeyboardInterrupt):
        return "something sent SIGINT to the step's process, or the step raised it"
    if _name(error) == "bdb.BdbQuit":
        return "a debugger needs the terminal: run with `--in-process`"
    return getattr(error, "hint", None) if isinstance(error, exceptions.FlownoteException) else None
