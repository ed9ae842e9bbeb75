"""A word where a flow's file should be, and what it looks like instead.

A folder, a run, a file whose ending is misspelt: each is told as what it is, with what there
is to name.
"""

from __future__ import annotations

import os
from difflib import get_close_matches

from flownote.exceptions import FlownoteException

_ENDINGS = (".py", ".ipynb")
_KINDS = "a flow's file (.py) or a notebook (.ipynb)"
_LISTED = 5


def error(word: str, verb: str) -> FlownoteException:
    """Return the error of a verb that was given a word that is no flow's file.

    Parameters
    ----------
    word
        What was given.
    verb
        ``run`` or ``resume``.

    Returns
    -------
    FlownoteException
        What the word is, and what to give instead.
    """
    if os.path.isdir(word):
        return FlownoteException(
            f"`{word}` is a folder; `{verb}` takes {_KINDS}", hint=_hint_of_folder(word, verb)
        )
    near = _near(word)
    if os.path.exists(word):
        message = f"`{word}` is neither a flow's file (.py) nor a notebook (.ipynb)"
    else:
        message = f"there is no file `{word}`; `{verb}` takes {_KINDS}"
    if near:
        hint = f"did you mean {' or '.join(f'`{name}`' for name in near)}?"
    elif verb == "resume" and not os.path.exists(word):
        hint = (
            "name the file that ran, and a run of it, if it isn't the latest: "
            "`flownote resume flow.py --origin-run-id RUN`"
        )
    else:
        hint = "name a file that ends in .py or .ipynb"
    return FlownoteException(message, hint=hint)


def _hint_of_folder(folder: str, verb: str) -> str:
    paths = [os.path.join(folder, name) for name in _names(folder)]
    if not paths:
        return f"it holds neither .py nor .ipynb files: name one, as `flownote {verb} flow.py`"
    if len(paths) == 1:
        return f"name the file in it: `flownote {verb} {paths[0]}`"
    more = f" and {len(paths) - _LISTED} more" if len(paths) > _LISTED else ""
    listed = ", ".join(f"`{path}`" for path in paths[:_LISTED])
    return f"name one of its files: {listed}{more}"


def _near(word: str) -> list[str]:
    """Return the files beside a path that have its name, or else nearly its name."""
    folder, given = os.path.split(word)
    names = _names(folder or ".")
    stem = os.path.splitext(given)[0]
    near = [name for name in names if os.path.splitext(name)[0] == stem]
    near = near or get_close_matches(given, names, n=1, cutoff=0.7)
    return [os.path.join(folder, name) for name in near]


def _names(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(_ENDINGS))
    except OSError:
        return []
