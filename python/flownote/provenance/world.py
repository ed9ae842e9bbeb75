"""The version of things of the world that a step read, as they are now.

A look-up asks here, in the command's own process, whether what an earlier task read is
still the same (engine rule 20).
"""

from __future__ import annotations

import os
import sys
import time

# Made by running and installing, not by users.
_NOT_DATA = frozenset(
    ("__pycache__", ".flownote", ".git", ".ipynb_checkpoints", "dist-packages", "site-packages")
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from flownote.externals import External


# What the steps of this run were declared to read: they may say the version themselves.
_declared: dict[tuple[str, str], External] = {}


def declare(externals: Iterable[External]) -> None:
    """Have the versions of externals told as they were declared."""
    _declared.update({(one.kind, one.name): one for one in externals if one.says_version})


def may_move(kind: str, name: str) -> bool:
    """Return whether a version may be asked for on another thread than the command's own.

    What users wrote to tell it, a query over their connection, may not.
    """
    return (kind, name) not in _declared


def version_of(kind: str, name: str) -> tuple[bool, str | None]:
    """Return whether the version can be told, and the version; None when it doesn't exist.

    Parameters
    ----------
    kind
        ``file`` (the digest of its bytes), ``folder`` (of the names in it), ``tree`` (of all
        files below it), ``class`` (the digest of a project class behind a pickle), ``url``
        (what the server says), ``s3`` (likewise) or ``ttl`` (the period that it is now).
        Other kinds can't be told.
    name
        A path; ``module:qualified name``; an address; ``bucket/key``; seconds.
    """
    one = _declared.get((kind, name))
    if one is not None:
        return True, one.now()
    if kind == "file":
        return _guarded(file_version, name)
    if kind == "folder":
        return _guarded(folder_version, name)
    if kind == "tree":
        return _guarded(tree_version, name)
    if kind == "class":
        return _class_version(name)
    if kind == "url":
        from flownote.world.web import url_version

        return url_version(name)
    if kind == "s3":
        from flownote.world.web import s3_version

        return s3_version(name)
    if kind == "ttl":
        return True, period(float(name))
    return False, None


# Path → (device, inode, size and time, version): ten thousand tasks that read one file ask
# for its version ten thousand times.
_versions: dict[str, tuple[Any, str]] = {}


def period(ttl: float) -> str:
    """Return which period of so many seconds it is: results of one share a key."""
    return str(int(time.time() // ttl))


def file_version(path: str) -> str | None:
    """Return the digest of a file's bytes, None when there is no such file."""
    from flownote._native import Blake3

    hasher = Blake3()
    try:
        with open(path, "rb") as file:
            found = os.fstat(file.fileno())
            state = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
            if _versions.get(path, ("",))[0] != state:
                while piece := file.read(4 << 20):
                    hasher.update(piece)
                _versions[path] = (state, f"b3:{hasher.hexdigest()}")
    except FileNotFoundError:
        return None
    return _versions[path][1]


def folder_version(path: str) -> str | None:
    """Return the digest of the names in a folder, None when there is no such folder.

    What Python, its packages and Flownote put there isn't data: ``__pycache__``, virtual
    environments, a datastore.
    """
    from flownote.digests import digest_of_text

    try:
        names = sorted(entry.name for entry in _entries(path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    return f"b3:{digest_of_text(chr(0).join(names))}"


def tree_version(path: str) -> str | None:
    """Return the digest of all files below a folder, None when there is no such folder."""
    from flownote.digests import digest_of_text

    lines: list[str] = []
    folders = [path]
    try:
        while folders:
            for entry in _entries(folders.pop()):
                if entry.is_dir():
                    if not entry.is_symlink():  # it may lead back here
                        folders.append(entry.path)
                else:
                    name = os.path.relpath(entry.path, path)
                    lines.append(f"{name}{chr(0)}{file_version(entry.path)}")
    except (FileNotFoundError, NotADirectoryError):
        return None
    return f"b3:{digest_of_text(chr(10).join(sorted(lines)))}"


def _entries(path: str) -> list[os.DirEntry[str]]:
    """Return what is in a folder and is data."""
    with os.scandir(path) as entries:
        return [entry for entry in entries if not _is_made(entry)]


def _is_made(entry: os.DirEntry[str]) -> bool:
    """Whether something in a folder was put there by running or installing."""
    if entry.name in _NOT_DATA:
        return True
    if not entry.is_dir():
        return False
    inside = entry.path + os.sep
    if os.path.exists(inside + "pyvenv.cfg"):
        return True
    return os.path.exists(inside + "format.json") and os.path.isdir(inside + "runs")


def _guarded(look: Callable[[str], str | None], name: str) -> tuple[bool, str | None]:
    try:
        return True, look(name)
    except OSError:  # not to be read: it can't be told
        return False, None


def _class_version(name: str) -> tuple[bool, str | None]:
    from flownote.provenance.pickled import digest_of

    module, _, qualified = name.partition(":")
    found = sys.modules.get(module)
    for part in qualified.split("."):
        found = getattr(found, part, None)
    return (True, digest_of(found)) if isinstance(found, type) else (False, None)
