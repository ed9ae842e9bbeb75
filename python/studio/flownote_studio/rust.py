"""The process that runs Rust cells: ``python -m flownote_studio.rust --fd N``.

A supervisor starts it with one end of a socket pair, whose number is ``N``, and speaks the
interpreters' protocol over it. Nobody types this command.
"""

from __future__ import annotations

import argparse
import signal
import sys

from flownote_studio import _studio


def main(arguments: list[str] | None = None) -> int:
    """Serve a supervisor until it goes away.

    Parameters
    ----------
    arguments
        The command line, without the program's name.

    Returns
    -------
    int
        The exit code, 1: a conversation that began well ends the process itself.
    """
    parser = argparse.ArgumentParser(
        prog="python -m flownote_studio.rust",
        description="Runs Rust cells for a notebook's supervisor.",
    )
    parser.add_argument("--fd", type=int, required=True, help="the socket to the supervisor")
    options = parser.parse_args(arguments)
    # The user's Ctrl-C reaches the whole group; a cell is stopped by a message.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return _studio.serve_rust(options.fd, sys.executable)


if __name__ == "__main__":
    sys.exit(main())
