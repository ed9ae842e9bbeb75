"""``%matplotlib``, ``%config``, ``%load_ext``, ``%precision``…."""

from __future__ import annotations

import sys
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.shell import Shell

_INLINE = ("", "inline", "agg", "notebook", "auto")


def _matplotlib(shell: Shell, line: str) -> None:
    """Draw in the notebook, or with a backend that has a name."""
    line = line.strip().strip("\"'")
    figures = shell._kernel.figures
    if line in ("-l", "--list"):
        print("Available matplotlib backends: ['inline', 'agg', 'widget']")
        return
    if line in _INLINE:
        figures.use()
        return
    import matplotlib

    backend = {"widget": "module://ipympl.backend_nbagg", "ipympl": "module://ipympl.backend_nbagg"}
    matplotlib.use(backend.get(line, line))


def _pylab(shell: Shell, line: str) -> None:
    """Draw in the notebook, with NumPy and pyplot at hand."""
    _matplotlib(shell, "inline")
    code = "import numpy\nimport matplotlib\nfrom matplotlib import pyplot as plt\n"
    code += "import numpy as np\nfrom pylab import *\nfrom numpy import *\n"
    exec(code, shell.user_ns)
    print("Populating the interactive namespace from numpy and matplotlib")


def _config(shell: Shell, line: str) -> Any:
    """Set how figures are drawn, and which expressions are shown."""
    from flownote.kernel.shell import UsageError

    name, equals, text = line.partition("=")
    owner, _, setting = name.strip().partition(".")
    kernel = shell._kernel
    if not equals:
        if owner == "InlineBackend" and setting in ("figure_format", "figure_formats"):
            return set(kernel.figures.formats)
        if owner == "InteractiveShell" and setting == "ast_node_interactivity":
            return shell.ast_node_interactivity
        raise UsageError(f"there is no setting `{line.strip()}` here", hint=_SETTINGS)
    try:
        value = eval(text.strip(), shell.user_ns)
    except Exception:
        value = text.strip()
    if owner == "InlineBackend" and setting in ("figure_format", "figure_formats"):
        kernel.figures.choose(value)
    elif owner == "InlineBackend" and setting == "print_figure_kwargs":
        kernel.figures.choose(kernel.figures.formats, **value)
    elif owner == "InlineBackend" and setting == "close_figures":
        kernel.figures.closes = bool(value)
    elif owner == "InlineBackend" and setting == "rc":
        import matplotlib

        matplotlib.rcParams.update(value)
    elif owner == "InteractiveShell" and setting == "ast_node_interactivity":
        shell.ast_node_interactivity = value
    elif owner not in _IGNORED:
        raise UsageError(f"there is no setting `{owner}.{setting}` here", hint=_SETTINGS)
    return None


_SETTINGS = (
    "`InlineBackend.figure_format`, `.close_figures`, `.rc`, `.print_figure_kwargs` and "
    "`InteractiveShell.ast_node_interactivity` can be set"
)
# Settings of IPython's completer and history do no harm and mean nothing here.
_IGNORED = ("IPCompleter", "Completer", "HistoryManager", "TerminalInteractiveShell", "Application")


def _load_ext(shell: Shell, line: str) -> str | None:
    """Load an extension of IPython's kind."""
    from flownote.kernel.shell import UsageError

    name = line.strip()
    if name == "autoreload":
        print("Flownote watches the project's modules itself: autoreload isn't needed.")
        return None
    try:
        module = import_module(name)
    except ImportError as error:
        raise UsageError(f"there is no extension `{name}`: {error}") from None
    load = getattr(module, "load_ipython_extension", None)
    if load is None:
        raise UsageError(f"the module `{name}` is no extension: it has no load_ipython_extension")
    load(shell)
    return None


def _unload_ext(shell: Shell, line: str) -> None:
    """Unload an extension."""
    unload = getattr(sys.modules.get(line.strip()), "unload_ipython_extension", None)
    if unload is not None:
        unload(shell)


def _autoreload(shell: Shell, line: str) -> None:
    """Do nothing: changed modules of the project are loaded again anyway (notebook rule 10)."""


def _precision(shell: Shell, line: str) -> str:
    """Set how many digits of a float results show; returns the format."""
    formatter: Any = shell.display_formatter.formatters["text/plain"]
    text = line.strip()
    form = f"%.{text}f" if text.isdigit() else text
    formatter.float_format = form
    formatter.pop(float, None)
    if form:
        form % 3.14159  # raises when it is no format
        formatter.for_type(float, lambda value, p, cycle: p.text(form % value))
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.set_printoptions(precision=int(text) if text.isdigit() else 8)
    return form or "%r"


def _pprint(shell: Shell, line: str) -> None:
    """Switch pretty printing on or off."""
    formatter: Any = shell.display_formatter.formatters["text/plain"]
    formatter.pprint = not formatter.pprint
    print(f"Pretty printing has been turned {'ON' if formatter.pprint else 'OFF'}")


def _nothing(shell: Shell, line: str) -> None:
    """Accept what changes nothing here (``%colors``, ``%xmode``)."""


LINE = {
    "matplotlib": _matplotlib,
    "pylab": _pylab,
    "config": _config,
    "load_ext": _load_ext,
    "reload_ext": _load_ext,
    "unload_ext": _unload_ext,
    "autoreload": _autoreload,
    "aimport": _autoreload,
    "precision": _precision,
    "Pprint": _pprint,
    "pprint": _pprint,
    **dict.fromkeys(
        ("colors", "xmode", "gui", "automagic", "autocall", "logstart", "logstop"), _nothing
    ),
}
CELL: dict[str, Any] = {}
