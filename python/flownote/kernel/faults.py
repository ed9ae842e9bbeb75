"""An exception as a cell shows it: frames, a coloured traceback, a hint.

Frames of the kernel are left out. Code of cells is shown with the lines around it, under
the name that people know: ``Cell 3, line 2``.
"""

from __future__ import annotations

import itertools
import linecache
import os
import sys
import traceback

from flownote.kernel import sourcecode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

_OURSELVES = os.path.dirname(os.path.abspath(__file__)) + os.sep
_CALLS = tuple(os.path.join("flownote_studio", it) for it in ("columns.py", "wasm.py"))
_RULE = "-" * 75

# More frames than this are cut in the middle: runaway recursion.
_MOST_FRAMES = 40
# More frames in a row than this that are one line calling itself are shown as one.
_MOST_ALIKE = 3
# Lines around the one that failed, and the longest line that is shown.
_CONTEXT = 2
_LONGEST_LINE = 300
_LONGEST_MESSAGE = 100_000

_RED, _GREEN, _CYAN, _BOLD, _RESET = "\x1b[31m", "\x1b[32m", "\x1b[36m", "\x1b[1m", "\x1b[0m"


class _Frame:
    """One frame of a traceback."""

    def __init__(self, tb: TracebackType) -> None:
        code = tb.tb_frame.f_code
        self.file = code.co_filename
        self.line = tb.tb_lineno or 0
        self.name = code.co_name
        self.globals = tb.tb_frame.f_globals
        self.columns = _columns(tb)
        # How often it called itself in a row beyond the first time.
        self.repeated = 0
        # How many frames before it aren't shown.
        self.left_out = 0
        self.source = sourcecode.of_file(self.file)

    @property
    def text(self) -> str:
        """The line that ran."""
        return linecache.getline(self.file, self.line, self.globals).rstrip("\n")

    def to_json(self) -> dict[str, Any]:
        """Return the frame as the protocol has it."""
        found: dict[str, Any] = {"line": self.line, "name": self.name, "text": self.text.strip()}
        if self.source is not None:
            found["cell"] = self.source.cell
        else:
            found["file"] = self.file
        if self.repeated:
            found["repeated"] = self.repeated
        return found

    def place(self) -> tuple[str, int, str]:
        """Return what tells it from other frames' lines."""
        return self.file, self.line, self.name

    def shown(self) -> str:
        """Return the frame as text for people."""
        where = self.source.title if self.source is not None else f"File {_short(self.file)}"
        name = "" if self.name == "<module>" else f" in {_CYAN}{self.name}{_RESET}"
        head = f"{_GREEN}{where}, line {self.line}{_RESET}{name}"
        again = [f"      … repeated {self.repeated:,} times …"] if self.repeated else []
        return "\n".join([head, *self._lines(), *again])

    def _lines(self) -> list[str]:
        shown = []
        for number in range(max(1, self.line - _CONTEXT), self.line + _CONTEXT + 1):
            text = linecache.getline(self.file, number, self.globals).rstrip("\n")
            if not text and number != self.line:
                if number > self.line:
                    break
                text = ""
            text = text[:_LONGEST_LINE]
            if number != self.line:
                shown.append(f"{number:>7} {text}")
                continue
            if self.columns is not None:
                start, end = _characters(text, self.columns)
                text = f"{text[:start]}{_BOLD}{text[start:end]}{_RESET}{text[end:]}"
            shown.append(f"{_RED}{'----> ' + str(number):>7}{_RESET} {text}")
        return shown


def output_of(error: BaseException) -> dict[str, Any]:
    """Return the output that an exception is."""
    name, message = type(error).__name__, message_of(error)
    frames = frames_of(error)
    output: dict[str, Any] = {
        "kind": "error",
        "name": name,
        "message": message,
        "traceback": traceback_of(error),
        "frames": [frame.to_json() for frame in frames],
    }
    if isinstance(error, SyntaxError) and error.lineno and error.filename:
        output["frames"].append(_frame_of_syntax(error))
    hint = hint_of(error)
    if hint:
        output["hint"] = hint
    return output


def message_of(error: BaseException) -> str:
    """Return an exception's text, whatever its ``__str__`` does."""
    try:
        text = str(error)
    except Exception:  # user code
        text = "<exception str() failed>"
    source = sourcecode.of_file(error.filename or "") if isinstance(error, SyntaxError) else None
    if source is not None and isinstance(error, SyntaxError):
        text = f"{error.msg} ({source.title}, line {error.lineno})"
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]} …"


def frames_of(error: BaseException) -> list[_Frame]:
    """Return the frames of user code and libraries, the kernel's own left out."""
    frames = _all_frames(error)
    if len(frames) > _MOST_FRAMES:
        after = frames[-_MOST_FRAMES // 2 :]
        after[0].left_out = len(frames) - _MOST_FRAMES
        frames = frames[: _MOST_FRAMES // 2] + after
    return frames


def _all_frames(error: BaseException) -> list[_Frame]:
    """Return them all, a line that calls itself on and on as one of them."""
    frames: list[_Frame] = []
    tb = error.__traceback__
    while tb is not None:
        if not _is_ours(tb.tb_frame.f_code.co_filename):
            frames.append(_Frame(tb))
        tb = tb.tb_next
    folded: list[_Frame] = []
    for _, group in itertools.groupby(frames, key=_Frame.place):
        same = list(group)
        if len(same) > _MOST_ALIKE:
            same[0].repeated = len(same) - 1
            del same[1:]
        folded += same
    return folded


def _is_ours(file: str) -> bool:
    # What calls functions of WASM cells and of models is a part of the other wheel.
    return file.startswith(_OURSELVES) or file.endswith(_CALLS)


def traceback_of(error: BaseException) -> list[str]:
    """Return the traceback for people, with those of the exceptions that led to it."""
    parts: list[str] = [f"{_RED}{_RULE}{_RESET}"]
    chain = _chain(error)
    for place, (one, link) in enumerate(chain):
        parts += _one(one)
        if place + 1 < len(chain):
            parts += ["", link, ""]
    return "\n".join(parts).split("\n")


def _one(error: BaseException) -> list[str]:
    name = type(error).__name__
    parts = []
    frames = frames_of(error)
    if frames and not isinstance(error, SyntaxError):
        head = "Traceback (most recent call last)"
        parts.append(f"{_RED}{name}{_RESET}{head:>{max(75 - len(name), len(head) + 1)}}")
    for frame in frames:
        if frame.left_out:
            parts += [f"      … {frame.left_out:,} more frames …", ""]
        parts += [frame.shown(), ""]
    parts.append(_last_lines(error))
    return parts


def _last_lines(error: BaseException) -> str:
    """Return the exception's class, text and notes; for a syntax error the line too."""
    report = traceback.TracebackException(type(error), error, None, compact=True)
    lines = "".join(report.format_exception_only()).rstrip("\n")
    if getattr(error, "exceptions", None) and report.exceptions:  # type: ignore[attr-defined]
        lines = "".join(traceback.format_exception(error)).rstrip("\n")
    if isinstance(error, SyntaxError):
        source = sourcecode.of_file(error.filename or "")
        if source is not None:
            lines = lines.replace(f'File "{error.filename}"', source.title)
    lines = lines if len(lines) <= _LONGEST_MESSAGE else f"{lines[:_LONGEST_MESSAGE]} …"
    name, colon, rest = lines.partition(":")
    if "\n" in name or " " in name:
        return sourcecode.named(lines)
    return sourcecode.named(f"{_RED}{name}{_RESET}{colon}{rest}")


def _chain(error: BaseException) -> list[tuple[BaseException, str]]:
    """Return the exceptions in the order that they are shown, and what links each to the next."""
    chain: list[tuple[BaseException, str]] = [(error, "")]
    seen = {id(error)}
    one = error
    while True:
        if one.__cause__ is not None:
            before, link = one.__cause__, "The above exception was the direct cause of the"
        elif one.__context__ is not None and not one.__suppress_context__:
            before, link = one.__context__, "During handling of the above exception, another"
        else:
            break
        if id(before) in seen:
            break
        seen.add(id(before))
        end = " following exception:" if "cause" in link else " exception occurred:"
        chain.insert(0, (before, link + end))
        one = before
    return chain


def hint_of(error: BaseException) -> str | None:
    """Return what to do now, where that is known."""
    if isinstance(error, ModuleNotFoundError) and error.name and "." not in error.name:
        return f"install it with `%pip install {error.name}`, then run the cell again"
    from flownote.exceptions import FlownoteException
    from flownote.kernel.asking import StdinNotImplementedError

    ours = isinstance(error, (FlownoteException, StdinNotImplementedError))
    own = getattr(error, "hint", None) if ours else None
    if own is None and isinstance(error, (NameError, KeyError)):
        from flownote.kernel import meant

        return meant.hint_of(error)
    return own


def _frame_of_syntax(error: SyntaxError) -> dict[str, Any]:
    source = sourcecode.of_file(error.filename or "")
    text = (error.text or "").strip()
    frame: dict[str, Any] = {"line": error.lineno, "name": "<module>", "text": text}
    frame |= {"cell": source.cell} if source is not None else {"file": error.filename}
    return frame


def _columns(tb: TracebackType) -> tuple[int, int] | None:
    """Return which part of the line ran, where Python knows (3.11 and newer)."""
    positions = getattr(tb.tb_frame.f_code, "co_positions", None)
    if positions is None or tb.tb_lasti < 0:
        return None
    for place, (line, end_line, start, end) in enumerate(positions()):
        if place == tb.tb_lasti // 2:
            whole = None in (line, end_line, start, end) or line != end_line
            return None if whole else (start, end)
    return None


def _characters(text: str, columns: tuple[int, int]) -> tuple[int, int]:
    """Return places in a text for those in its UTF-8, which is what Python counts in."""
    if text.isascii():
        return columns
    data = text.encode()
    start, end = (len(data[:place].decode("utf-8", "replace")) for place in columns)
    return start, end


def _short(file: str) -> str:
    home = os.path.expanduser("~") + os.sep
    return f"~{os.sep}{file[len(home) :]}" if file.startswith(home) else file


def remember(error: BaseException) -> None:
    """Let `pdb.pm` and ``%debug`` find the exception."""
    tb = error.__traceback__
    while tb is not None and tb.tb_frame.f_code.co_filename.startswith(_OURSELVES):
        tb = tb.tb_next
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, tb
    sys.last_exc = error  # type: ignore[attr-defined]
