"""The environment that a run was made in: what `flownote env RUN` shows.

```json
{"python": "3.11.7", "implementation": "cpython", "platform": "linux", "machine": "x86_64",
 "system": "Linux 6.1.0", "libc": "glibc 2.36", "executable": "python3.11",
 "folder": "/home/ana/project",
 "distributions": ["numpy==2.1.0", "scipy==1.14.1"],
 "lock": {"file": "uv.lock", "digest": "<hex>"},
 "git": {"commit": "<40 hex>", "branch": "main", "dirty": false}}
```

It is on every run's way, so it reads names of folders rather than metadata, and asks git
for one thing only while everything else is collected.
"""

from __future__ import annotations

import os
import sys

from flownote.digests import digest_of_bytes
from flownote.git_state import GitState
from flownote.project_root import find_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The first that is found from the project's root is the lock of the environment.
LOCKS = (
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "pylock.toml",
    "Pipfile.lock",
    "pixi.lock",
    "conda-lock.yml",
    "requirements.lock",
    "requirements.txt",
    "environment.yml",
)


def record(root: str | None = None) -> dict[str, Any]:
    """Return the environment of this process, as plain JSON.

    Parameters
    ----------
    root
        The project's root; found upward from the current folder by default.
    """
    root = root or find_root()
    git = GitState(root)
    system = os.uname()
    found: dict[str, Any] = {
        "python": sys.version.split()[0],
        "implementation": sys.implementation.name,
        "platform": sys.platform,
        "machine": system.machine,
        "system": f"{system.sysname} {system.release}",
        "libc": _libc(),
        "executable": os.path.basename(sys.executable or ""),
        "folder": os.getcwd(),
        "distributions": [
            f"{name}=={version}" for name, version in sorted(distributions().items())
        ],
        "lock": lock(root),
    }
    found["git"] = git.collect()
    return found


def distributions() -> dict[str, str]:
    """Return name → version of every distribution on ``sys.path``, by its folder's name."""
    found: dict[str, str] = {}
    for folder in sys.path:
        try:
            entries = os.listdir(folder or ".")
        except OSError:
            continue
        for entry in entries:
            if entry.endswith((".dist-info", ".egg-info")):
                name, version = split_name(entry)
                if version:
                    found.setdefault(name, version)
    return found


def split_name(entry: str) -> tuple[str, str]:
    """Split ``scikit_learn-1.5.2.dist-info`` into ``scikit-learn`` and ``1.5.2``."""
    stem = entry.rpartition(".")[0]
    name, _, rest = stem.partition("-")
    version = rest.partition("-")[0]  # an egg says the Python version behind it
    return name.lower().replace("_", "-").replace(".", "-"), version


def lock(root: str) -> dict[str, str] | None:
    """Return the name and digest of the project's lock file, None without one."""
    for name in LOCKS:
        try:
            with open(os.path.join(root, name), "rb") as file:
                return {"file": name, "digest": digest_of_bytes(file.read())}
        except OSError:
            continue
    return None


def _libc() -> str | None:
    try:
        return os.confstr("CS_GNU_LIBC_VERSION")
    except (ValueError, OSError, AttributeError):
        return None
