"""Loading a flow: the file once, under both of its names.

`python flow.py` and `flownote run flow.py` end in the same state. The module stands in
``sys.modules`` as ``__main__`` and under its stem, so that a helper's ``import flow``
finds it and nothing is loaded twice; its classes and functions say the stem, not
``__main__``, so that a value pickled by one can be read by the other.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType

from flownote import flowspec, sources
from flownote.constants import seal
from flownote.exceptions import FlowLoadError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

__all__ = ["LoadedFlow", "limit_threads", "load_flow", "run_program", "split_target"]

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)

# The program that Python started with: its globals must outlive our taking its place.
_former_main: ModuleType | None = None


class LoadedFlow:
    """A flow's class and where it came from.

    Attributes
    ----------
    flow
        The class.
    file
        The absolute path of the file that was named, for a fresh interpreter to load.
    module
        The module's name: the file's stem, or the dotted name of `python -m`.
    argument
        What a user types to name it (``flow.py``, ``flow.py:Train``).
    path0
        ``sys.path[0]``.
    """

    def __init__(self, flow: type, file: str, module: str, argument: str) -> None:
        seal(flow)
        self.flow = flow
        self.file = file
        self.module = module
        self.argument = argument
        self.path0 = sys.path[0] if sys.path else ""

    @property
    def name(self) -> str:
        """The flow's name."""
        return self.flow.__name__

    def target(self) -> dict[str, str]:
        """Return what `load_again` needs in a fresh interpreter, as JSON."""
        return {
            "file": self.file,
            "module": self.module,
            "class": self.flow.__qualname__,
            "path0": self.path0,
        }


def split_target(target: str) -> tuple[str, str | None]:
    """Split ``flow.py:Class`` into the file and the class's name."""
    head, colon, tail = target.rpartition(":")
    if colon and tail.isidentifier() and not os.path.exists(target):
        return head, tail
    return target, None


def load_flow(target: str, *, cores: int | None = None, workers: int | None = None) -> LoadedFlow:
    """Load the flow that ``target`` names.

    Parameters
    ----------
    target
        ``flow.py`` or ``flow.py:Class``.
    cores, workers
        When given, numerical libraries get ``cores / workers`` threads in each process.

    Raises
    ------
    FlowLoadError
        When there is no such file, it can't be imported, or it isn't clear which flow
        is meant.
    """
    path, wanted = split_target(target)
    file = _existing_file(path)
    if cores and workers:
        limit_threads(cores, workers)
    module = _load_module(file, os.path.splitext(os.path.basename(file))[0], os.path.dirname(file))
    return LoadedFlow(_choose(module, path, wanted), file, module.__name__, target)


def load_again(target: dict[str, str]) -> type:
    """Load, in a fresh interpreter, the flow that `LoadedFlow.target` describes."""
    module = _load_module(target["file"], target["module"], target["path0"])
    found: Any = module
    for name in target["class"].split("."):
        found = getattr(found, name)
    seal(found)
    return found


def run_program(flow: type) -> NoReturn:
    """Run the command line for a flow whose file is the program: ``python flow.py …``."""
    main = sys.modules["__main__"]
    file = os.path.abspath(main.__file__ or sys.argv[0])
    spec = getattr(main, "__spec__", None)
    name = spec.name if spec is not None else os.path.splitext(os.path.basename(file))[0]
    flowspec.passive = True
    _take_names(main, name)
    sources.install()
    sources.keep_loaded()
    from flownote.shell import main as shell_main

    loaded = LoadedFlow(flow, file, name, sys.argv[0])
    sys.exit(shell_main([sys.argv[0], *sys.argv[1:]], flow=loaded))


def limit_threads(cores: int, workers: int) -> None:
    """Give numerical libraries ``cores / workers`` threads, unless the user said otherwise.

    It must be called before they are imported: they read the variables once.
    """
    threads = str(max(1, cores // max(1, workers)))
    if not any(variable in os.environ for variable in _THREAD_VARIABLES[:3]):
        for variable in _THREAD_VARIABLES:
            os.environ.setdefault(variable, threads)


def _existing_file(path: str) -> str:
    file = os.path.abspath(path)
    if os.path.isdir(file):
        raise FlowLoadError(
            f"`{path}` is a folder, not a flow",
            hint=f"name the file in it: `{os.path.join(path, 'flow.py')}`",
        )
    if not os.path.exists(file):
        raise FlowLoadError(f"no such file: `{path}`", hint=_similar_file(file))
    if not file.endswith(".py"):
        raise FlowLoadError(
            f"`{path}` is not a Python file", hint="a flow is a class in a file that ends in .py"
        )
    return file


def _similar_file(file: str) -> str:
    from difflib import get_close_matches

    folder = os.path.dirname(file)
    try:
        names = [name for name in os.listdir(folder) if name.endswith(".py")]
    except OSError:
        return f"there is no folder `{folder}` either"
    close = get_close_matches(os.path.basename(file), names, n=1, cutoff=0.5)
    if close:
        return f"did you mean `{close[0]}`?"
    notebook = f"{file[:-3]}.ipynb"
    if file.endswith(".py") and os.path.exists(notebook):
        return f"there is a notebook of that name: `{os.path.basename(notebook)}`"
    if names:
        return f"files there: {', '.join(sorted(names)[:8])}"
    return f"check the path: there is no .py file in `{folder}`"


def _load_module(file: str, name: str, path0: str) -> ModuleType:
    if path0 not in sys.path[:1]:
        sys.path.insert(0, path0)
    sources.install()
    present = sys.modules.get(name)
    if present is not None:
        if os.path.abspath(getattr(present, "__file__", None) or "") == file:
            return present
        if name != "__main__":
            raise FlowLoadError(
                f"`{name}.py` has the name of a module that Python has loaded already",
                file=file,
                hint="give the file another name",
            )
    if "." in name:
        from importlib import import_module

        return _running_user_code(lambda: import_module(name), file)
    module = ModuleType(name)
    module.__file__ = file
    _take_names(module, name)
    _running_user_code(lambda: _execute(module, file), file, name)
    return module


def _execute(module: ModuleType, file: str) -> None:
    with open(file, "rb") as stream:
        data = stream.read()
    code = compile(data, file, "exec", dont_inherit=True)
    sources.keep(file, data)
    from importlib.machinery import SourceFileLoader

    module.__loader__ = SourceFileLoader(module.__name__, file)
    exec(code, module.__dict__)


def _running_user_code(act: Any, file: str, name: str | None = None) -> Any:
    flowspec.passive = True
    try:
        return act()
    except Exception as error:
        sys.modules.pop(name or "", None)
        from flownote.load_errors import explain

        raise explain(error, file) from error
    except SystemExit as error:
        sys.modules.pop(name or "", None)
        from flownote.load_errors import explain_exit

        raise explain_exit(error, file) from error


def _take_names(module: ModuleType, name: str) -> None:
    """Let ``module`` be ``__main__`` and ``name``, and its classes say ``name``."""
    global _former_main
    if sys.modules.get("__main__") is not module:
        _former_main = sys.modules.get("__main__")
    sys.modules["__main__"] = sys.modules[name] = module
    if module.__name__ == "__main__":
        module.__name__ = name
        _rename(vars(module), name)


def _rename(members: Any, name: str) -> None:
    for value in list(members.values()):
        if getattr(value, "__module__", None) != "__main__" or not hasattr(value, "__qualname__"):
            continue
        try:
            value.__module__ = name
        except (AttributeError, TypeError):
            continue
        if isinstance(value, type):
            _rename(vars(value), name)


def _choose(module: ModuleType, path: str, wanted: str | None) -> type:
    flows = [value for value in vars(module).values() if flowspec.is_flow(value)]
    flows = list(dict.fromkeys(flows))
    if wanted is not None:
        for flow in flows:
            if flow.__name__ == wanted:
                return flow
        names = ", ".join(f"`{flow.__name__}`" for flow in flows) or "none"
        raise FlowLoadError(
            f"`{path}` holds no flow `{wanted}`", file=path, hint=f"flows in it: {names}"
        )
    own = [flow for flow in flows if flow.__module__ == module.__name__] or flows
    # A base class of another flow in the file is not the one that is meant.
    own = [flow for flow in own if not any(flow in other.__mro__[1:] for other in own)]
    if len(own) == 1:
        return own[0]
    if own:
        names = ", ".join(f"`{path}:{flow.__name__}`" for flow in own)
        raise FlowLoadError(
            f"`{path}` holds {len(own)} flows", file=path, hint=f"name one of them: {names}"
        )
    raise FlowLoadError(
        f"`{path}` holds no flow",
        file=path,
        hint="a flow is a class: `class MyFlow(FlowSpec):` with `@step` methods",
    )
