"""The process of an open notebook: ``python -m flownote_studio.supervisor --notebook FILE …``.

The browser's server starts one when somebody edits or runs a notebook. It leaves its parent
at once, so that cells go on when the server ends. Nobody types this command.
"""

from __future__ import annotations

import argparse
import os
import sys

from flownote_studio import _studio


def main(arguments: list[str] | None = None) -> int:
    """Serve one notebook's session on a socket until it ends.

    Parameters
    ----------
    arguments
        The command line, without the program's name.

    Returns
    -------
    int
        The exit code: 0 when the session ended well, another when it could not begin.
    """
    parser = argparse.ArgumentParser(
        prog="python -m flownote_studio.supervisor",
        description="Runs one notebook's cells. The document comes on standard input.",
    )
    parser.add_argument("--notebook", required=True, help="the notebook's file")
    parser.add_argument("--socket", required=True, help="where to listen")
    parser.add_argument("--file", help="the notebook's name, for the record")
    parser.add_argument("--store", help="the datastore")
    parser.add_argument("--python", default=sys.executable, help="the Python of Python cells")
    parser.add_argument(
        "--orphaned", type=float, default=1800.0, help="seconds that it stays idle and alone"
    )
    parser.add_argument("--stay", action="store_true", help="stay a child of whoever started it")
    options = parser.parse_args(arguments)
    if not options.stay:
        _leave()
    return _studio.serve_supervisor(
        options.socket,
        options.notebook,
        options.file or options.notebook,
        options.store,
        options.python,
        sys.executable,
        options.orphaned,
    )


def _leave() -> None:
    """Go on as nobody's child, in a session of its own: no terminal's Ctrl-C reaches it."""
    if os.fork() > 0:
        os._exit(0)
    os.setsid()


if __name__ == "__main__":
    sys.exit(main())
