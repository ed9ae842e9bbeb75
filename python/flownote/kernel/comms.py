"""Widgets' connections, through the ``comm`` package that ipywidgets and anywidget use."""

from __future__ import annotations

import base64
import sys

from flownote.kernel import interrupts, running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.process import Kernel

_KINDS = {"comm_open": "open", "comm_msg": "message", "comm_close": "close"}


class Comms:
    """The connections of this process."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._manager: Any = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.manager, name)

    @property
    def manager(self) -> Any:
        """The package's own manager."""
        if self._manager is None:
            import comm  # noqa: F401 - `take_over` is called when it is loaded
        return self._manager

    def take_over(self, module: Any) -> None:
        """Have the package talk to the page of this notebook."""
        kernel = self._kernel
        self._manager = manager = module.base_comm.CommManager()

        class Comm(module.base_comm.BaseComm):
            """A widget's connection to the page."""

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                # What its callbacks print belongs to the cell that made it.
                self._execution = running.starter()
                super().__init__(*args, **kwargs)

            def publish_msg(
                self, msg_type: str, data: Any = None, metadata: Any = None,
                buffers: Any = None, **keys: Any,
            ) -> None:  # fmt: skip
                message = {"type": "comm", "id": self.comm_id, "kind": _KINDS[msg_type]}
                message["data"] = data if data is not None else {}
                if "target_name" in keys:
                    message["target"] = keys["target_name"]
                if buffers:
                    message["buffers"] = [base64.b64encode(one).decode() for one in buffers]
                if metadata:
                    message["metadata"] = metadata
                kernel.outputs.flush()
                with interrupts.held():
                    kernel.channel.send(message)

            def handle_msg(self, msg: Any) -> None:
                if self._msg_callback is not None:
                    self._msg_callback(msg)

        module.create_comm = Comm
        module.get_comm_manager = lambda: manager

    def receive(self, message: dict[str, Any]) -> None:
        """Hand a message of the page to the widget that it is for."""
        if "comm" not in sys.modules:
            if message["kind"] == "open":
                self._refuse(message)
            return
        manager = self.manager
        known = manager.comms.get(message["id"])
        content = {"comm_id": message["id"], "data": message.get("data") or {}}
        content["target_name"] = message.get("target") or ""
        jupyters = {
            "content": content,
            "metadata": message.get("metadata") or {},
            "buffers": [base64.b64decode(one) for one in message.get("buffers") or ()],
            "header": {},
        }
        execution = getattr(known, "_execution", None)
        token = running.of_context.set(execution)
        try:
            with interrupts.user_code():
                self._deliver(manager, message["kind"], jupyters)
        finally:
            interrupts.off()
            running.of_context.reset(token)
            self._kernel.outputs.end()

    def _deliver(self, manager: Any, kind: str, message: dict[str, Any]) -> None:
        if kind == "open" and message["content"]["target_name"] not in manager.targets:
            self._refuse({"id": message["content"]["comm_id"]})
        elif kind == "open":
            manager.comm_open(None, "", message)
        elif kind == "message":
            manager.comm_msg(None, "", message)
        else:
            manager.comm_close(None, "", message)

    def _refuse(self, message: dict[str, Any]) -> None:
        answer = {"type": "comm", "id": message["id"], "kind": "close", "data": {}}
        self._kernel.channel.send(answer)
