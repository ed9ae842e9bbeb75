"""Interpreters for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from interpreter_process import Interpreter
from notebook_folder import Folder


@pytest.fixture
def sql(tmp_path: Path) -> Iterator[Interpreter]:
    """An interpreter in an empty folder."""
    with Interpreter(tmp_path) as process:
        yield process


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty folder with a datastore of its own."""
    return Folder(tmp_path)
