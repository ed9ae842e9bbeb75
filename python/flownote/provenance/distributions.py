"""Which installed distribution, and which version of it, a module belongs to.

Read from the names of ``*.dist-info`` folders; their content is looked into only for
modules whose distribution has another name.
"""

from __future__ import annotations

import os
import sys

from flownote.run_environment import split_name

# Frequent modules whose distribution has another name.
_OTHER_NAMES = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "yaml": "pyyaml",
}

# Site folder → distribution (normal name) → (version, the folder's name).
_listed: dict[str, dict[str, tuple[str, str]]] = {}
_found: dict[tuple[str, str], tuple[str, str] | None] = {}


def distribution_of(module: str, file: str) -> tuple[str, str] | None:
    """Return name and version of the distribution that a module's file belongs to.

    Parameters
    ----------
    module
        The module's dotted name.
    file
        Its file, or its folder for a package without ``__init__``.
    """
    top = module.partition(".")[0]
    site = _site(file, top)
    key = (site, module if _is_shared(site, top) else top)
    if key not in _found:
        _found[key] = _look_up(site, top, file)
    return _found[key]


def digest_of_file(file: str) -> str | None:
    """Return the digest of a module's file; None for a folder."""
    from flownote.digests import digest_of_bytes

    try:
        with open(file, "rb") as stream:
            return digest_of_bytes(stream.read())
    except OSError:
        return None


def _look_up(site: str, top: str, file: str) -> tuple[str, str] | None:
    listed = _list(site)
    for name in (_OTHER_NAMES.get(top, top), top):
        name = name.lower().replace("_", "-")
        if name in listed:
            return name, listed[name][0]
    relative = os.path.relpath(file, site).encode()
    for name, (version, folder) in listed.items():
        if _lists(os.path.join(site, folder), top, relative):
            return name, version
    return None


def _lists(folder: str, top: str, relative: bytes) -> bool:
    """Whether a distribution's record names a module."""
    try:
        with open(os.path.join(folder, "top_level.txt"), encoding="utf-8") as file:
            if top in file.read().split() and not _is_shared(os.path.dirname(folder), top):
                return True
    except (OSError, UnicodeDecodeError):
        pass
    try:
        with open(os.path.join(folder, "RECORD"), "rb") as file:
            record = b"\n" + file.read()
    except OSError:
        return False
    return b"\n" + relative in record


def _list(site: str) -> dict[str, tuple[str, str]]:
    if site not in _listed:
        found = {}
        try:
            entries = os.listdir(site)
        except OSError:
            entries = []
        for entry in entries:
            if entry.endswith((".dist-info", ".egg-info")):
                name, version = split_name(entry)
                found[name] = (version, entry)
        _listed[site] = found
    return _listed[site]


def _site(file: str, top: str) -> str:
    """Return the folder on ``sys.path`` that a module was imported from."""
    for folder in sys.path:
        if folder and file.startswith(folder + os.sep):
            rest = file[len(folder) + 1 :]
            if rest.partition(os.sep)[0].partition(".")[0] == top:
                return folder
    return os.path.dirname(file)


def _is_shared(site: str, top: str) -> bool:
    """Whether a package has no ``__init__``, so that several distributions may share it."""
    folder = os.path.join(site, top)
    return os.path.isdir(folder) and not os.path.exists(os.path.join(folder, "__init__.py"))
