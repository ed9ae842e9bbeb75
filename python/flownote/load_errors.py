"""Why a flow's file could not be loaded, told as its author needs it."""

from __future__ import annotations

import os
import traceback

from flownote import moving
from flownote.exceptions import FlowLoadError, FlownoteException
from flownote.sources import is_project_file

# Modules whose distribution has another name.
_DISTRIBUTIONS = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "faiss": "faiss-cpu",
    "git": "GitPython",
    "google": "google-cloud-storage",
    "jwt": "PyJWT",
    "magic": "python-magic",
    "PIL": "pillow",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}


def explain(error: Exception, file: str) -> FlowLoadError:
    """Return what to tell the user about an exception that left a flow's file."""
    if isinstance(error, SyntaxError):
        return _syntax(error, file)
    where, line = _place(error, file)
    if isinstance(error, ModuleNotFoundError) and error.name:
        told = _missing_module(error.name, where, line)
    elif isinstance(error, ImportError):
        message = _one_line(error).partition(" (/")[0]
        told = FlowLoadError(message, file=where, line=line, hint=_import_hint(error))
    elif isinstance(error, FlownoteException):
        told = FlowLoadError(
            error.message, file=error.file or where, line=error.line or line, hint=error.hint
        )
    else:
        told = FlowLoadError(
            f"loading the flow failed: {type(error).__name__}: {_one_line(error)}",
            file=where,
            line=line,
            hint="the code outside the steps runs whenever the flow is loaded",
        )
    told.traceback = user_traceback(error)
    return told


def explain_exit(error: SystemExit, file: str) -> FlowLoadError:
    """Return what to tell about a file that ends the program while it is loaded."""
    where, line = _place(error, file)
    return FlowLoadError(
        f"the flow's file ends the program while it is loaded (exit {error.code})",
        file=where,
        line=line,
        hint='put what only the program does under `if __name__ == "__main__":`',
    )


def user_traceback(error: BaseException) -> str:
    """Return the traceback from the first frame of the user's own code on."""
    frames = traceback.extract_tb(error.__traceback__)
    for start, frame in enumerate(frames):
        if is_project_file(frame.filename):
            frames = traceback.StackSummary.from_list(frames[start:])
            break
    lines = ["Traceback (most recent call last):\n", *frames.format()]
    lines += traceback.format_exception_only(type(error), error)
    return "".join(lines)


def _syntax(error: SyntaxError, file: str) -> FlowLoadError:
    told = FlowLoadError(
        f"syntax error: {error.msg}",
        file=_shown(error.filename or file),
        line=error.lineno,
        hint=f"the line reads: {error.text.strip()}" if error.text else None,
    )
    told.traceback = "".join(traceback.format_exception_only(type(error), error))
    return told


def _missing_module(name: str, file: str, line: int | None) -> FlowLoadError:
    top = name.partition(".")[0]
    folder = os.path.dirname(os.path.abspath(file))
    if os.path.exists(os.path.join(folder, top)) or os.path.exists(
        os.path.join(folder, f"{top}.py")
    ):
        hint = f"`{top}` is there, but `{name}` is not in it"
    else:
        hint = moving.hint_for_module(name) or f"pip install {_DISTRIBUTIONS.get(top, top)}"
    return FlowLoadError(f"the module `{name}` is not installed", file=file, line=line, hint=hint)


def _import_hint(error: ImportError) -> str:
    if error.name == "flownote":
        name = str(error).partition("import name '")[2].partition("'")[0]
        known = moving.hint_for_name(name)
        return known or "this name is not part of flownote; `dir(flownote)` lists what is"
    return "check the name, and the version that is installed"


def _place(error: BaseException, file: str) -> tuple[str, int | None]:
    """Return the innermost place in user code."""
    place: tuple[str, int | None] = (_shown(file), None)
    for frame in traceback.extract_tb(error.__traceback__):
        if is_project_file(frame.filename):
            place = (_shown(frame.filename), frame.lineno)
    return place


def _shown(path: str) -> str:
    here = os.getcwd() + os.sep
    return path[len(here) :] if path.startswith(here) else path


def _one_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
