"""The notebook's event loop: top-level ``await``, and tasks that go on between cells.

There is none until code asks for one. From then on it turns while a cell awaits and while
the kernel waits for messages; a cell without ``await`` finds it as the running loop, so
that ``asyncio.create_task`` works there too, as in Jupyter.
"""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Coroutine, Iterator
    from typing import Any

    from flownote.kernel.control import Control

# Turns that a cancelled cell has to end in.
_PATIENCE = 1.0


class Loop:
    """The notebook's event loop, made when it is needed."""

    def __init__(self) -> None:
        self._loop: AbstractEventLoop | None = None

    def get(self) -> AbstractEventLoop:
        """Return the loop."""
        if self._loop is None or self._loop.is_closed():
            import asyncio

            self._loop = asyncio.new_event_loop()
            self._loop.run_until_complete = self._run_until_complete  # type: ignore[method-assign]
            asyncio.set_event_loop(self._loop)
            _let_run(self._loop)
        return self._loop

    @contextmanager
    def entered(self, code: str) -> Iterator[None]:
        """Let a cell find the loop running, if it or a library may look for one."""
        if "asyncio" not in sys.modules and "asyncio" not in code:
            yield
            return

        before = _enter(self.get())
        try:
            yield
        finally:
            _enter(before)

    def wait(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine to its end; what cuts it short is thrown into it."""
        import asyncio

        loop = self.get()
        before = _enter(None)
        task = loop.create_task(coroutine)
        try:
            return loop.run_until_complete(task)
        except KeyboardInterrupt:
            if not task.done():
                task.cancel()
                loop.run_until_complete(asyncio.wait([task], timeout=_PATIENCE))
            raise
        finally:
            _enter(before)

    def _run_until_complete(self, future: Any) -> Any:
        """Run the loop where a cell asks it to, which only seems to be running then."""
        import asyncio

        loop = self.get()
        is_within = asyncio.current_task(loop) is not None
        before = None if is_within else _enter(None)
        try:
            return type(loop).run_until_complete(loop, future)
        finally:
            if before is not None:
                _enter(before)

    def next(self, control: Control) -> dict[str, Any]:
        """Return the next message; tasks of the notebook go on meanwhile."""
        if self._loop is None or self._loop.is_closed():
            return control.messages.get()
        if control.messages.empty():
            try:
                self._loop.run_until_complete(self._message(self._loop, control))
            except BaseException as error:  # a callback's KeyboardInterrupt or SystemExit
                print(f"{type(error).__name__} in a background task", file=sys.stderr)
        return control.messages.get()

    async def _message(self, loop: AbstractEventLoop, control: Control) -> None:
        import asyncio

        arrived = asyncio.Event()
        control.wake = lambda: _wake(loop, arrived)
        try:
            if control.messages.empty():
                await arrived.wait()
        finally:
            control.wake = None

    def close(self) -> None:
        """Cancel what still runs."""
        if self._loop is None or self._loop.is_closed():
            return
        import asyncio

        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self._loop.run_until_complete(asyncio.wait(tasks, timeout=_PATIENCE))


def _enter(loop: AbstractEventLoop | None) -> AbstractEventLoop | None:
    """Make a loop the one that runs in this thread, and return the one that did."""
    import asyncio

    before = asyncio._get_running_loop()
    for one, thread in ((before, None), (loop, threading.get_ident())):
        if one is not None and hasattr(one, "_thread_id"):
            one._thread_id = thread
    asyncio._set_running_loop(loop)
    return before


def _wake(loop: AbstractEventLoop, arrived: Any) -> None:
    loop.call_soon_threadsafe(arrived.set)


def _let_run(notebook: AbstractEventLoop) -> None:
    """Let ``asyncio.run`` work in a cell, as it does in a script."""
    import asyncio
    import functools

    original = asyncio.run

    @functools.wraps(original)
    def run(*args: Any, **kwargs: Any) -> Any:
        running = asyncio._get_running_loop()
        if running is not notebook or asyncio.current_task(notebook) is not None:
            return original(*args, **kwargs)
        _enter(None)
        try:
            return original(*args, **kwargs)
        finally:
            _enter(running)
            asyncio.set_event_loop(notebook)

    asyncio.run = run
