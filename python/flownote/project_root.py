"""The folder that a project begins at, found upward like git does."""

from __future__ import annotations

import os

# In this order of weight in one folder; the nearest folder with any of them wins.
MARKS = (".flownote", ".git", "pyproject.toml", "setup.py", "setup.cfg")


def find_root(start: str | None = None) -> str:
    """Return the nearest folder, from ``start`` up, that marks a project; else ``start``."""
    start = os.path.abspath(start or os.getcwd())
    folder = start
    while True:
        if any(os.path.exists(os.path.join(folder, mark)) for mark in MARKS):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return start
        folder = parent
