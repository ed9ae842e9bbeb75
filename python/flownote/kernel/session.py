"""What each message of the supervisor does; the main thread's loop."""

from __future__ import annotations

import os
import resource
import sys
import time

from flownote import sources
from flownote.kernel import cell, faults, hooks, interrupts, running, sharing, sourcecode
from flownote.kernel.names import is_own
from flownote.world import watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.process import Kernel


# An `execute` that waited longer, in seconds, says when it begins.
_WAITED = 0.005


class Session:
    """The main thread of an interpreter.

    Parameters
    ----------
    kernel
        The parts of this process.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._ends = False

    def serve(self) -> None:
        """Do what messages say until one says to end."""
        while not self._ends:
            message = self._kernel.loop.next(self._kernel.control)
            handle = getattr(self, f"_on_{message['type']}")
            try:
                handle(message)
            except KeyboardInterrupt:  # late: what it was meant for has ended
                interrupts.off()
            except Exception as error:
                self._failed(message, error)

    def _failed(self, message: dict[str, Any], error: Exception) -> None:
        """Say what went wrong in the kernel itself; the session goes on."""
        text = "\n".join(faults.traceback_of(error))
        answer = {"type": "log", "level": "error", "text": f"{message['type']}: {text}"}
        self._kernel.channel.send(answer)

    # Executing.

    def _on_execute(self, message: dict[str, Any]) -> None:
        Execution(self._kernel, message).run()

    # Values.

    def _on_define(self, message: dict[str, Any]) -> None:
        self._kernel.names.define(message["version"], message["values"])

    def _on_export(self, message: dict[str, Any]) -> None:
        values = self._kernel.values.export_versions(
            message["names"],
            common=bool(message.get("common")),
            at_most=message.get("at_most"),
        )
        self._answer(message, "exported", values=values)

    def _on_forget(self, message: dict[str, Any]) -> None:
        self._kernel.names.forget(message["versions"])
        self._kernel.values.forget(message["versions"])

    def _on_spill(self, message: dict[str, Any]) -> None:
        self._kernel.names.spill(message["values"], message["at_most"])

    # Modules.

    def _on_modules(self, message: dict[str, Any]) -> None:
        from flownote.kernel import modules

        self._answer(message, "modules", found=modules.tell(message["names"]))

    def _on_reload(self, message: dict[str, Any]) -> None:
        from flownote.kernel import modules, reload

        done, refused = reload.reload(message["modules"])
        found = {**modules.changed(), **modules.tell(message["modules"])}
        self._answer(message, "reloaded", done=done, refused=refused, found=found)

    # The rest.

    def _on_comm(self, message: dict[str, Any]) -> None:
        self._kernel.comms.receive(message)

    def _on_shutdown(self, _: dict[str, Any]) -> None:
        self._ends = True

    def _answer(self, message: dict[str, Any], kind: str, **content: Any) -> None:
        self._kernel.channel.send({"type": kind, "request": message["request"], **content})


class Execution:
    """One `execute`, from its message to `finished`."""

    def __init__(self, kernel: Kernel, message: dict[str, Any]) -> None:
        self._kernel = kernel
        self._message = message
        self._execution = running.Execution(message)
        self._status = "ok"

    def run(self) -> None:
        """Run the cell and answer."""
        kernel, message, execution = self._kernel, self._message, self._execution
        began = time.perf_counter()
        usage = resource.getrusage(resource.RUSAGE_SELF)
        loaded = set(sys.modules)
        kernel.runner.stored = set()
        source = sourcecode.register(
            message["code"], execution.number, execution.cell, execution.label
        )
        kernel.history.begin(message["code"], execution, store=self._is_stored())
        is_first = running.last is None  # what came before is the process's start
        running.begin(execution)
        interrupts.install()  # a cell may have taken SIGINT for itself
        interrupts.begin(execution.number)
        if is_first or began - message["came"] > _WAITED:
            kernel.channel.send({"type": "started", "execution": execution.number})
        externals: dict[str, Any] = {}
        delta = None
        try:
            unknown = kernel.names.rebind(message.get("rebind") or {})
            kernel.names.begin(message.get("snapshot") or ())
            if unknown:
                self._say_unknown(unknown)
            externals = self._run(source)
            if kernel.is_forked():
                _end_of_fork(self._status)
            delta = kernel.names.end(
                execution.number, kernel.runner.stored, message.get("snapshot") or ()
            )
            exports = self._exports()
        except BaseException as error:  # the kernel's own: values that can't be read
            self._fail(error)
            delta = delta or kernel.names.end(execution.number, kernel.runner.stored, ())
            exports = {}
        interrupts.end()
        kernel.history.end(execution)
        kernel.outputs.end()
        running.end()
        after = resource.getrusage(resource.RUSAGE_SELF)
        finished: dict[str, Any] = {
            "type": "finished",
            "execution": execution.number,
            "status": self._status,
            "defined": kernel.values.describe_all(delta.defined, kernel.names),
            "deleted": delta.deleted,
            "lost": delta.lost,
            "exports": exports,
            "modules": _new_modules(loaded),
            "usage": {
                "user_ms": int((after.ru_utime - usage.ru_utime) * 1000),
                "system_ms": int((after.ru_stime - usage.ru_stime) * 1000),
                "max_rss_kb": after.ru_maxrss,
            },
            "elapsed_ms": round((time.perf_counter() - began) * 1000, 3),
            **externals,
        }
        _note_modules(loaded, finished)
        if "uncacheable" not in finished and self._status == "ok":
            why = sharing.shared(delta.defined, kernel.names.values, is_own)
            if why is not None:
                finished["uncacheable"] = why
        if execution.payload:
            finished["payload"] = execution.payload
        if execution.exit is not None:
            finished["exit"] = execution.exit
        kernel.channel.send(finished)

    def _is_stored(self) -> bool:
        return bool(self._message.get("store_history")) and not self._execution.silent

    def _run(self, source: sourcecode.Source) -> dict[str, Any]:
        kernel = self._kernel
        code = self._message["code"]
        is_quiet = cell.ends_quietly(code) or self._execution.silent
        kernel.display.begin_cell(self._execution.cell, is_quiet=is_quiet)
        with kernel.world.watched() as seen:
            try:
                try:
                    with kernel.loop.entered(code):
                        kernel.events.trigger("pre_execute")
                        kernel.runner.run(code, source)
                finally:
                    interrupts.off()
            except BaseException as error:
                self._fail(error)
            self._end_cell()
        return seen.to_json()

    def _end_cell(self) -> None:
        """Show the figures that the cell left open, and whatever else waits for its end."""
        if self._takes_on():
            self._kernel.channel.flush()
        try:
            try:
                with interrupts.user_code():
                    self._kernel.events.trigger("post_execute")
                    self._kernel.figures.flush()
            finally:
                interrupts.off()
        except BaseException as error:
            self._fail(error)

    def _takes_on(self) -> bool:
        """Whether it may be long from the cell's last value to `finished`."""
        kernel, message = self._kernel, self._message
        return bool(
            message.get("exports")
            or message.get("snapshot")
            or kernel.events.callbacks["post_execute"]
            or kernel.figures.is_used
        )

    def _fail(self, error: BaseException) -> None:
        interrupts.off()
        if isinstance(error, SystemExit):
            self._execution.exit = {"code": _exit_code(error)}
        is_interrupted = isinstance(error, KeyboardInterrupt)
        if self._status == "ok":
            self._status = "interrupted" if is_interrupted else "error"
        self._kernel.captures_end()
        faults.remember(error)
        # Made here: user code (`__str__`, `__repr__`) runs in it.
        if isinstance(error, NameError):
            # Why the name isn't bound says more than that it isn't.
            error = self._kernel.names.problems.get(getattr(error, "name", None) or "", error)
        with watch.covered():
            output = faults.output_of(error)
        if self._kernel.is_forked():
            print("\n".join(output["traceback"]), file=sys.stderr, flush=True)
        self._kernel.outputs.show(output, self._execution)

    def _say_unknown(self, names: list[str]) -> None:
        text = f"names without a value here: {', '.join(names)}"
        self._kernel.channel.send({"type": "log", "level": "warning", "text": text})

    def _exports(self) -> dict[str, Any]:
        names = self._message.get("exports")
        if not names or self._status != "ok":
            return {}
        # It may take long, and calls what classes of the user's say of themselves.
        with interrupts.user_code():
            return self._kernel.values.export_bound(names)


def _end_of_fork(status: str) -> None:
    """End a process that the cell forked and that came to its end: it is no kernel."""
    sys.stdout.flush()
    os._exit(0 if status == "ok" else 1)


def _new_modules(before: set[str]) -> list[str]:
    """Return the top-level modules that were imported since."""
    if len(sys.modules) == len(before):
        return []
    found = {name.partition(".")[0] for name in sys.modules.keys() - before}
    known = before | sys.stdlib_module_names
    return sorted(name for name in found - known if not name.startswith("_"))


def _note_modules(before: set[str], finished: dict[str, Any]) -> None:
    """Say which modules are others than was told when the cell began, and which nobody knew of."""
    asked = hooks.take_asked()
    if sources.changes == 0:
        return  # no module of the project is loaded, and nobody asked for one
    from flownote.kernel import modules

    # Those of the cell before last may be loaded by now: to be asked for is enough.
    if asked:
        unseen = modules.unreached(asked)
        if unseen is not None and "uncacheable" not in finished:
            finished["uncacheable"] = f"imports `{unseen}` in a way that its text doesn't show"
    if not modules.may_have_changed():
        return
    unseen = modules.unseen(before)
    edited = modules.changed()
    if edited:
        finished["edited"] = edited
    if unseen is not None and "uncacheable" not in finished:
        finished["uncacheable"] = f"imports `{unseen}` in a way that its text doesn't show"


def _exit_code(error: SystemExit) -> Any:
    code = error.code
    return code if code is None or isinstance(code, (int, str)) else str(code)
