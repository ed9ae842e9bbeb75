"""Audit events: what a task opens, connects to and starts, whoever in the process does it.

The hook is added once, before workers are forked, and can't be taken away (PEP 578). It
does nothing while no task and no memoised function runs.
"""

from __future__ import annotations

import sys
from _thread import _local
from contextlib import contextmanager

from flownote.current import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from flownote.externals import External
    from flownote.reads import Reads

    Handler = Callable[[Reads, tuple[Any, ...]], None]

# Audit event → what looks at it.
_handlers: dict[str, Handler] = {}
_installed = False


class _Thread(_local):
    # Whether this thread looks at the world for us, or within a reader that records it.
    covered = False
    # The host that was looked up last: connections name an address only.
    host: str | None = None


thread = _Thread()

# Whether a step runs: Flownote's own work before and after it isn't the user's.
_step_runs = False

# What was declared by what runs now.
_declared: list[External] = []


def install() -> None:
    """Watch this process from now on; wrap the readers of libraries as they are loaded."""
    global _installed
    if _installed:
        return
    _installed = True
    from flownote.world import actions, files, imports

    _handlers.update(files.HANDLERS)
    _handlers.update(actions.HANDLERS)
    imports.install()
    sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    handler = _handlers.get(event)
    if handler is None or thread.covered:
        return
    reads = reading()
    if reads is None:
        return
    thread.covered = True
    try:
        handler(reads, arguments)
    except Exception as error:  # the user's own call isn't to fail
        reads.cannot_verify(f"did what can't be recorded ({event}: {error})")
    finally:
        thread.covered = False


@contextmanager
def covered() -> Iterator[None]:
    """Look away while a reader that records what it reads does so."""
    before = thread.covered
    thread.covered = True
    try:
        yield
    finally:
        thread.covered = before


@contextmanager
def memoised(externals: Iterable[External]) -> Iterator[None]:
    """Watch while a memoised function computes in this thread."""
    install()
    before, thread.covered = thread.covered, False
    try:
        with _declaring(externals):
            yield
    finally:
        thread.covered = True
        files_end()
        thread.covered = before


class step:  # noqa: N801 - used as a statement
    """Watch while a step runs."""

    def __init__(self, externals: Iterable[External]) -> None:
        self._externals = list(externals)

    def __enter__(self) -> None:
        global _step_runs
        _declared.extend(self._externals)
        _step_runs = _installed

    def __exit__(self, *_: object) -> None:
        global _step_runs
        _step_runs = False
        for one in self._externals:
            _declared.remove(one)
        files_end()


def files_end() -> None:
    """Look at last at what was open."""
    files = sys.modules.get("flownote.world.files")
    if files is not None:
        files.end()


@contextmanager
def _declaring(externals: Iterable[External]) -> Iterator[None]:
    added = list(externals)
    _declared.extend(added)
    try:
        yield
    finally:
        for one in added:
            _declared.remove(one)


def declarations(kind: str) -> list[str]:
    """Return the names of what is declared of a kind."""
    return [one.name for one in _declared if one.kind == kind]


def is_declared(*kinds: str) -> bool:
    """Whether anything of these kinds is declared; without kinds, anything at all."""
    return any(not kinds or one.kind in kinds for one in _declared)


def reading() -> Reads | None:
    """Return where reads go; None when nobody is to know."""
    if thread.covered:
        return None
    return getattr(current._of_thread, "reads", None) or (
        current._reads_of_task if _step_runs else None
    )
