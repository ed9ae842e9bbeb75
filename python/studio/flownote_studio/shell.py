"""The studio's part of the shell: `flownote` hands over lines that name a notebook."""

from __future__ import annotations

import signal
import sys

from flownote_studio import _studio


def main(line: list[str]) -> int:
    """Run a command line.

    Parameters
    ----------
    line
        The program's name and its arguments.

    Returns
    -------
    int
        The exit code, as `flownote help exit-codes` lists them.
    """
    if line[1:2] in (["ui"], ["serve"]):
        # Ctrl-C ends the server in order; that isn't Python's to hear of as well.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _studio.invoke(line, sys.executable)
