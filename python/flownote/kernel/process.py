"""The parts of an interpreter's process, made in the order that they need each other."""

from __future__ import annotations

import builtins
import faulthandler
import os
import socket
import sys

from flownote.current import current
from flownote.kernel import cell, interrupts, running
from flownote.kernel.control import PROTOCOL_ERROR, Control
from flownote.kernel.display import Display
from flownote.kernel.events import Events
from flownote.kernel.figures import Figures
from flownote.kernel.formatters import Formatters
from flownote.kernel.history import History
from flownote.kernel.loop import Loop
from flownote.kernel.names import Names
from flownote.kernel.output import Outputs
from flownote.kernel.session import Session
from flownote.kernel.streams import Descriptors, Stream
from flownote.kernel.values import Values
from flownote.kernel.wire import Channel
from flownote.kernel.world import World

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The protocol's version.
VERSION = 1


class Kernel:
    """The parts of an interpreter; each knows the others through this."""

    def __init__(self, channel: Channel, welcome: dict[str, Any]) -> None:
        self.channel = channel
        self.process_id = os.getpid()
        self.folder: str = welcome.get("folder") or os.getcwd()
        self.options: dict[str, Any] = welcome.get("options") or {}
        current._session = welcome.get("session")
        self.outputs = Outputs(channel)
        self.values = Values(self, welcome.get("values") or "")
        self.names = Names(self.values.read)
        self.loop = Loop()
        self.runner = cell.Runner(self.names.values, self.loop.wait)
        self.events = Events()
        self.formatters = Formatters()
        self.history = History(self.names.values)
        self.display = Display(self)
        self.formatters.report = self.display.show_error
        self.figures = Figures(self)
        self.world = World()
        self.control = Control(self)
        self._comms: Any = None
        self._shell: Any = None

    @property
    def shell(self) -> Any:
        """What code sees as ``get_ipython()``."""
        if self._shell is None:
            from flownote.kernel.shell import Shell

            self._shell = Shell(self)
        return self._shell

    @property
    def comms(self) -> Any:
        """The widgets' connections."""
        if self._comms is None:
            from flownote.kernel.comms import Comms

            self._comms = Comms(self)
        return self._comms

    def is_forked(self) -> bool:
        """Whether this is a child that a cell forked."""
        return os.getpid() != self.process_id

    def captures_end(self) -> None:
        """Show errors even when what a cell prints is captured."""
        self.outputs.captures.clear()


# The kernel of this process, once there is one.
kernel: Kernel | None = None


def serve(descriptor: int) -> None:
    """Run cells until the other end of a socket closes or says to end."""
    global kernel
    os.set_inheritable(descriptor, False)
    channel = Channel(socket.socket(fileno=descriptor))
    welcome = channel.receive()
    if welcome is None:
        return
    if welcome["type"] != "welcome" or welcome.get("version") != VERSION:
        text = f"this kernel speaks version {VERSION} of the protocol, its supervisor doesn't"
        channel.send({"type": "log", "level": "error", "text": text})
        os._exit(PROTOCOL_ERROR)
    kernel = Kernel(channel, welcome)
    _enter(kernel)
    channel.send(_ready())
    _prepare(kernel)
    Session(kernel).serve()
    _leave(kernel)


def _enter(kernel: Kernel) -> None:
    """Make this process the notebook's: its folder, names and streams."""
    interrupts.install()
    try:
        os.chdir(kernel.folder)
    except OSError as error:
        text = f"the notebook's folder can't be entered: {error}"
        kernel.channel.send({"type": "log", "level": "warning", "text": text})
    # Like a script's folder; where `%cd` leads comes second.
    sys.path[:0] = [kernel.folder, ""]
    sys.argv = [""]
    sys.modules["__main__"] = kernel.names.module
    os.environ.setdefault("MPLBACKEND", "module://flownote.kernel.matplotlib_backend")
    os.environ.setdefault("PAGER", "cat")
    os.environ.setdefault("GIT_PAGER", "cat")
    os.environ.setdefault("CLICOLOR", "1")
    os.environ.setdefault("FORCE_COLOR", "1") if kernel.options.get("colour") else None
    # What the process says when it crashes is for whoever started it: nobody here reads then.
    faulthandler.enable(os.dup(2), all_threads=False)
    descriptors = Descriptors(kernel.outputs)
    kernel.outputs.drain = descriptors.drain
    sys.stdout = Stream(kernel.outputs, "stdout", 1)
    sys.stderr = Stream(kernel.outputs, "stderr", 2)
    cell.set_display_hook(kernel.display.show_result)
    kernel.history.install()
    from flownote.kernel import asking, forks, hooks

    asking.install(kernel)
    builtins.display = kernel.display.display  # type: ignore[attr-defined]
    builtins.get_ipython = lambda: kernel.shell  # type: ignore[attr-defined]
    builtins.get_ipython.__name__ = "get_ipython"  # type: ignore[attr-defined]
    builtins.exit = builtins.quit = _Exit(kernel)  # type: ignore[assignment]
    running.install()
    hooks.install(kernel)
    forks.install(kernel)
    descriptors.start()
    kernel.control.start()


class _Exit:
    """``exit`` and ``quit``: the cell ends as usual, then the kernel ends."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def __repr__(self) -> str:
        return "Call exit() to end the notebook's kernel."

    def __call__(self, code: object = 0, *_: object, **__: object) -> None:
        self._kernel.shell.ask_exit(code)


def _prepare(kernel: Kernel) -> None:
    """Do, while nobody waits, what the first cell would wait for."""
    kernel.world.install()
    kernel.values.prepare()
    interrupts.off()


def _ready() -> dict[str, Any]:
    version = sys.version_info
    return {
        "type": "ready",
        "version": VERSION,
        "pid": os.getpid(),
        "languages": ["python"],
        "runtime": {
            "name": f"{version[0]}.{version[1]}",
            "version": ".".join(map(str, version[:3])),
            "platform": f"{os.uname().machine}-{sys.platform}",
            "executable": sys.executable,
        },
        "banner": f"Python {sys.version.split()[0]}",
    }


def _leave(kernel: Kernel) -> None:
    """End the process as Python does: what was registered with `atexit` runs."""
    kernel.loop.close()
    running.end()
    threads_end(kernel)


def threads_end(kernel: Kernel) -> None:
    """Run the exit functions, send what they printed, and end."""
    import atexit

    try:
        atexit._run_exitfuncs()
    finally:
        kernel.outputs.end()
        os._exit(0)
