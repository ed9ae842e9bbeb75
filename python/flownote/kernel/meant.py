"""Names that aren't there: what was probably meant.

A variable is looked for among those of its place, a column among those of its frame. Names
that cells of other languages make are known to the supervisor, which says so by itself.
"""

from __future__ import annotations

import builtins
import difflib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType
    from typing import Any

# How alike two names must be, and how many columns are listed.
_ALIKE = 0.7
_LISTED = 20


def hint_of(error: NameError | KeyError) -> str | None:
    """Return what was meant by the name that an error couldn't find; None if nobody knows."""
    if isinstance(error, KeyError):
        return _hint_for_column(error)
    name, frames = getattr(error, "name", None), list(_frames(error))
    if not name or not frames:
        return None
    return _did_you_mean(name, [*frames[-1].f_locals, *frames[-1].f_globals, *vars(builtins)])


def _hint_for_column(error: KeyError) -> str | None:
    key = error.args[0] if error.args else None
    if not isinstance(key, str):
        return None
    for frame in _frames(error):
        held: Any = frame.f_locals.get("self")
        if type(held).__module__.partition(".")[0] != "pandas" or not hasattr(held, "columns"):
            continue
        names = [name for name in held.columns if isinstance(name, str)]
        if key in names or not names:
            return None
        listed = ", ".join(f"`{name}`" for name in names[:_LISTED])
        more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
        return _did_you_mean(key, names) or f"the frame's columns: {listed}{more}"
    return None


def _did_you_mean(name: str, names: Iterable[str]) -> str | None:
    # Like Python itself: what begins with an underscore is nobody's guess.
    known = {one for one in names if one.startswith("_") == name.startswith("_") and one != name}
    same = next((one for one in sorted(known) if one.lower() == name.lower()), None)
    near = [same] if same else difflib.get_close_matches(name, sorted(known), 1, _ALIKE)
    return f"did you mean `{near[0]}`?" if near else None


def _frames(error: BaseException) -> Iterator[FrameType]:
    tb = error.__traceback__
    while tb is not None:
        yield tb.tb_frame
        tb = tb.tb_next
