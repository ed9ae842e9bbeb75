"""The version of things of the world that a step read, as they are now.

A look-up asks here, in the command's own process, whether what an earlier task read is
still the same (engine rule 20).
"""

from __future__ import annotations

import sys


def version_of(kind: str, name: str) -> tuple[bool, str | None]:
    """Return whether the version can be told, and the version; None when it doesn't exist.

    Parameters
    ----------
    kind
        ``file`` (the digest of its bytes) or ``class`` (the digest of a project class
        behind a pickle); other kinds can't be told.
    name
        A path; ``module:qualified name``.
    """
    if kind == "file":
        return True, file_version(name)
    if kind == "class":
        return _class_version(name)
    return False, None


def file_version(path: str) -> str | None:
    """Return the digest of a file's bytes, None when there is no such file."""
    from flownote._native import Blake3

    hasher = Blake3()
    try:
        with open(path, "rb") as file:
            while piece := file.read(4 << 20):
                hasher.update(piece)
    except FileNotFoundError:
        return None
    return f"b3:{hasher.hexdigest()}"


def _class_version(name: str) -> tuple[bool, str | None]:
    from flownote.provenance.pickled import digest_of

    module, _, qualified = name.partition(":")
    found = sys.modules.get(module)
    for part in qualified.split("."):
        found = getattr(found, part, None)
    return (True, digest_of(found)) if isinstance(found, type) else (False, None)
