"""Jupyter's own client before Flownote's kernel: what a front end sends, sees and waits for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from flownote_studio import shell

# A test that waits longer has hung.
HUNG = 60


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to work in, where Jupyter knows the kernel as `flownote kernel install` says."""
    prefix = tmp_path_factory.mktemp("prefix")
    assert shell.main(["flownote", "kernel", "install", "--prefix", str(prefix)]) == 0
    folder = tmp_path_factory.mktemp("project")
    patch = pytest.MonkeyPatch()
    patch.setenv("JUPYTER_PATH", str(prefix / "share" / "jupyter"))
    patch.setenv("JUPYTER_RUNTIME_DIR", str(prefix / "runtime"))
    patch.setenv("IPYTHONDIR", str(prefix / "ipython"))
    patch.chdir(folder)
    yield folder
    patch.undo()


@pytest.fixture(scope="module")
def front_end(place: Path) -> Iterator[FrontEnd]:
    """A front end and its kernel, both for all tests of a module."""
    with FrontEnd() as front_end:
        yield front_end


class Answer:
    """All that one request led to."""

    def __init__(self, reply: dict[str, Any] | None, messages: list[dict[str, Any]]) -> None:
        self.reply = reply["content"] if reply is not None else {}
        self.messages = messages
        self.kinds = [one["msg_type"] for one in messages if one["msg_type"] != "status"]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The contents of its messages of a kind."""
        return [one["content"] for one in self.messages if one["msg_type"] == kind]

    @property
    def text(self) -> str:
        """What it printed to standard output."""
        return "".join(one["text"] for one in self.of("stream") if one["name"] == "stdout")

    @property
    def result(self) -> str:
        """The text of its result."""
        (result,) = self.of("execute_result")
        return result["data"]["text/plain"]

    @property
    def ok(self) -> Answer:
        """Itself; fails when the cell did."""
        assert self.reply["status"] == "ok", "\n".join(self.reply.get("traceback", ["aborted"]))
        return self


class FrontEnd:
    """Jupyter's client with a kernel of its own."""

    def __init__(self, **options: Any) -> None:
        self.manager = KernelManager(kernel_name="flownote", **options)
        self.client: BlockingKernelClient = self.manager.blocking_client()

    def __enter__(self) -> FrontEnd:
        self.manager.start_kernel()
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=HUNG)
        return self

    def __exit__(self, *_: object) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel()

    def execute(self, code: str, **options: Any) -> Answer:
        """Execute a cell and wait for its end."""
        options.setdefault("allow_stdin", False)
        return self.wait(self.client.execute(code, **options))

    def run(self, code: str) -> None:
        """Execute a cell that must end well."""
        assert self.execute(code).ok

    def wait(self, request: str, *, reply: bool = True) -> Answer:
        """Wait for the reply to a request, and for `idle`."""
        answer = self.reply(request) if reply else None
        return Answer(answer, self.until(request, is_idle))

    def reply(self, request: str) -> dict[str, Any]:
        """Wait for the reply to a request; replies to others before it are dropped."""
        while True:
            message = self.client.get_shell_msg(timeout=HUNG)
            if message["parent_header"].get("msg_id") == request:
                return message

    def until(
        self, request: str | None, stop: Callable[[dict[str, Any]], bool]
    ) -> list[dict[str, Any]]:
        """Collect what a request leads to, up to a message."""
        messages = []
        while True:
            message = self.client.get_iopub_msg(timeout=HUNG)
            if request is not None and message["parent_header"].get("msg_id") != request:
                continue
            messages.append(message)
            if stop(message):
                return messages

    def send(self, kind: str, content: dict[str, Any], **options: Any) -> str:
        """Send a message of any kind on the shell channel."""
        session, channel = self.client.session, self.client.shell_channel
        message = session.msg(kind, content)
        session.send(channel.socket, message, **options)
        return message["header"]["msg_id"]

    def is_quiet(self) -> bool:
        """Whether nothing more is on its way."""
        try:
            self.client.get_iopub_msg(timeout=0.2)
        except Empty:
            return True
        return False


def is_idle(message: dict[str, Any]) -> bool:
    """Whether a message says that a request is done."""
    return message["content"].get("execution_state") == "idle"


def wait_for_end(pid: int) -> None:
    """Wait until a process is gone."""
    for _ in range(HUNG * 10):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return
        if state == "Z" and os.getpid() != pid:
            return
        time.sleep(0.1)
    raise AssertionError(f"process {pid} is still there")
