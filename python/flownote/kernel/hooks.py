"""What libraries are told when they are imported: that a notebook is here.

Nothing is imported for it: a module is changed right after it was executed. What is imported
by a name that isn't in a cell's text is noted, whether it is loaded already or not.
"""

from __future__ import annotations

import functools
import importlib
import sys
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

    from flownote.kernel.process import Kernel


def install(kernel: Kernel) -> None:
    """Watch imports from now on."""
    sys.meta_path.insert(0, _Finder(kernel))  # type: ignore[arg-type]
    _watch_asking()


# Modules that were asked for by `importlib.import_module` since they were taken last.
_asked: set[str] = set()


def _watch_asking() -> None:
    original = importlib.import_module

    @functools.wraps(original)
    def import_module(name: str, package: str | None = None) -> ModuleType:
        module = original(name, package)
        _asked.add(getattr(module, "__name__", name))
        return module

    importlib.import_module = import_module


def take_asked() -> set[str]:
    """Return the modules that were asked for by name, and forget them."""
    if not _asked:
        return set()
    taken = _asked.copy()
    _asked.difference_update(taken)
    return taken


def _getpass(module: Any, kernel: Kernel) -> None:
    module.getpass = kernel.asking.getpass  # type: ignore[attr-defined]


def _getipython(module: Any, kernel: Kernel) -> None:
    module.get_ipython = lambda: kernel.shell


def _interactive_shell(module: Any, kernel: Kernel) -> None:
    """IPython's own display machinery asks its shell for everything: it is ours."""
    shell = module.InteractiveShell
    kernel.runner.shell_class = shell
    shell.initialized = classmethod(lambda cls: True)
    shell.instance = classmethod(lambda cls, *args, **kwargs: kernel.shell)


def _display_functions(module: Any, kernel: Kernel) -> None:
    display = kernel.display
    module.display = display.display
    module.update_display = display.update_display
    module.clear_output = display.clear_output
    module.publish_display_data = display.publish


def _comm(module: Any, kernel: Kernel) -> None:
    kernel.comms.take_over(module)


def _output_widget(module: Any, kernel: Kernel) -> None:
    from flownote.kernel import output_widget

    output_widget.take_over(module, kernel)


# Module → what is done to it once it is loaded.
_CHANGES: dict[str, Any] = {
    "getpass": _getpass,
    "IPython.core.getipython": _getipython,
    "IPython.core.interactiveshell": _interactive_shell,
    "IPython.core.display_functions": _display_functions,
    "comm": _comm,
    "ipywidgets.widgets.widget_output": _output_widget,
}
# Decides once, when it is loaded, whether it is in a notebook: by this module being loaded.
_BY_MODULE = {"tqdm.autonotebook": "ipykernel.zmqshell"}


class _Finder:
    """Finds as the others do, and has what is found changed once it is executed."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        for name, change in _CHANGES.items():
            if name in sys.modules:
                change(sys.modules[name], kernel)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return the module's own spec, its loader changed; None for other modules."""
        change, mark = _CHANGES.get(name), _BY_MODULE.get(name)
        if change is None and mark is None:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec = None if finder is self or find is None else find(name, path, target)
            if spec is not None:
                self._change_when_executed(spec, change, mark)
                return spec
        return None

    def _change_when_executed(self, spec: ModuleSpec, change: Any, mark: str | None) -> None:
        loader: Any = spec.loader
        execute = loader.exec_module

        def execute_and_change(module: ModuleType) -> None:
            with _marked(mark):
                execute(module)
            if change is not None:
                change(module, self._kernel)

        loader.exec_module = execute_and_change


@contextmanager
def _marked(name: str | None) -> Iterator[None]:
    """Let a module seem to be loaded for a moment."""
    if name is None or name in sys.modules:
        yield
        return
    _import_quietly("IPython")  # it asks that for its shell, too
    sys.modules[name] = type(sys)(name)
    try:
        yield
    finally:
        del sys.modules[name]


def _import_quietly(name: str) -> None:
    try:
        __import__(name)
    except ImportError:
        pass
