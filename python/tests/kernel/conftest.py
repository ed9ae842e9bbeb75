"""Kernels for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kernel_process import KernelProcess


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[KernelProcess]:
    """A kernel in an empty folder."""
    with KernelProcess(tmp_path) as process:
        yield process


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KernelProcess]:
    """A kernel that tests share; each leaves it as it found it."""
    with KernelProcess(tmp_path_factory.mktemp("warm")) as process:
        yield process
