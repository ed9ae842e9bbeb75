"""`python -m flownote.kernel --fd N`: the interpreter of one notebook."""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> None:
    """Serve the socket that ``--fd`` names until the other side ends."""
    options = dict(zip(arguments[::2], arguments[1::2], strict=False))
    if "--fd" not in options:
        print("error: `python -m flownote.kernel` is started by Flownote itself", file=sys.stderr)
        print("\nhint: run a notebook with `flownote run notebook.ipynb`", file=sys.stderr)
        raise SystemExit(2)
    if not getattr(sys.flags, "safe_path", False):
        # A file `socket.py` beside the notebook is not the one that the kernel needs.
        del sys.path[0]
    # Imported under its own name: `__main__` is about to be the notebook's.
    from flownote.kernel import process

    process.serve(int(options["--fd"]))


if __name__ == "__main__":
    main(sys.argv[1:])
