"""Flownote as a kernel of Jupyter: ``python -m flownote_studio.jupyter -f CONNECTION_FILE``.

Jupyter types this command; ``flownote kernel install`` tells it so.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys

from flownote_studio import _studio


def main(arguments: list[str] | None = None) -> int:
    """Serve front ends until one of them says to end.

    Parameters
    ----------
    arguments
        The command line, without the program's name.

    Returns
    -------
    int
        The exit code: 0 when a front end ended it, another when it could not begin.
    """
    parser = argparse.ArgumentParser(
        prog="python -m flownote_studio.jupyter",
        description="Serves Jupyter's messaging protocol for one kernel.",
    )
    parser.add_argument(
        "-f", dest="connection", required=True, help="the connection file that Jupyter wrote"
    )
    options = parser.parse_args(arguments)
    return _studio.serve_jupyter(
        options.connection,
        sys.executable,
        platform.python_version(),
        os.environ.get("JPY_SESSION_NAME"),
        _parent(),
    )


def _parent() -> int | None:
    """Return the process to end with: the one that Jupyter says it is, if it started this one."""
    said = os.environ.get("JPY_PARENT_PID", "")
    parent = os.getppid()
    return parent if said.isdigit() and int(said) == parent and parent != 1 else None


if __name__ == "__main__":
    sys.exit(main())
