"""``get_ipython()``: what libraries and rewritten lines ask of a notebook.

The class has the name that libraries look for (rich, tqdm, plotly), and those of its
attributes that they use.
"""

from __future__ import annotations

import ast
import sys
import types

from flownote.exceptions import FlownoteException
from flownote.kernel import cell, faults, running, sourcecode, transform
from flownote.kernel.systems import Systems

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from flownote.kernel.process import Kernel


# What cells are written in beside Python, each under a first line `%%name` of its own.
_LANGUAGES = ("rust", "sql", "wasm")


class UsageError(FlownoteException):
    """A magic that doesn't exist, or isn't used so."""


class _Publisher:
    """``get_ipython().display_pub``."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def publish(self, data: Any, metadata: Any = None, **kwargs: Any) -> None:
        """Show data by MIME type."""
        self._kernel.display.publish(data, metadata, **kwargs)

    def clear_output(self, wait: bool = False) -> None:
        """Take away what the cell has shown."""
        self._kernel.display.clear_output(wait)


class _Result:
    """What `run_cell` returns."""

    def __init__(self) -> None:
        self.result: Any = None
        self.error_in_exec: BaseException | None = None
        self.error_before_exec: BaseException | None = None

    @property
    def success(self) -> bool:
        """Whether the cell ended well."""
        return self.error_in_exec is None and self.error_before_exec is None

    def raise_error(self) -> None:
        """Raise what the cell raised."""
        error = self.error_before_exec or self.error_in_exec
        if error is not None:
            raise error


class ZMQInteractiveShell(Systems):
    """The notebook's shell, as code sees it.

    Attributes
    ----------
    user_ns
        The user's names.
    user_module
        ``__main__``.
    events
        Callbacks around cells.
    display_formatter
        The forms of values.
    display_pub
        Shows data by MIME type.
    kernel
        Has the ``comm_manager``.
    """

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self.user_module = kernel.names.module
        self.user_ns = self.user_global_ns = kernel.names.values
        self.user_ns_hidden: dict[str, Any] = {}
        self.events = kernel.events
        self.display_formatter = kernel.formatters
        self.display_pub = _Publisher(kernel)
        self.configurables: list[Any] = []
        self.input_transformers_cleanup: list[Any] = []
        self.input_transformers_post: list[Any] = []
        self.colors = "linux"
        self.banner = ""
        self.magics: dict[str, dict[str, Callable[..., Any]]] = {"line": {}, "cell": {}}
        self._config: dict[str, Any] = {"IPKernelApp": {"connection_file": ""}}
        self._hides_config = False
        self.kernel = types.SimpleNamespace(
            comm_manager=kernel.comms, shell=self, session=None, do_one_iteration=lambda: None
        )

    def __repr__(self) -> str:
        return "<the notebook's shell (Flownote)>"

    # What is asked.

    @property
    def config(self) -> dict[str, Any]:
        """Settings; that there is an ``IPKernelApp`` says that this is a notebook."""
        if self._hides_config:
            raise AttributeError("config")
        return self._config

    @property
    def execution_count(self) -> int:
        """The number of the cell that runs."""
        return self._kernel.history.count

    @property
    def ast_transformers(self) -> list[Any]:
        """What changes cells' syntax trees before they run."""
        return self._kernel.runner.transformers

    @property
    def ast_node_interactivity(self) -> str:
        """Which expressions are shown: ``last_expr``, ``all``, ``last``, ``none``…."""
        return self._kernel.runner.interactivity

    @ast_node_interactivity.setter
    def ast_node_interactivity(self, value: str) -> None:
        self._kernel.runner.interactivity = value

    def has_trait(self, name: str) -> bool:
        """Whether there is such an attribute."""
        return hasattr(self, name)

    # Running.

    def run_line_magic(self, name: str, line: str, _stack_depth: int = 1) -> Any:
        """Run a line magic (``%name line``)."""
        function = self.find_line_magic(name)
        if function is None:
            if self.find_cell_magic(name) is not None:
                raise UsageError(
                    f"`%{name}` is a magic of whole cells",
                    hint=f"write `%%{name}` in the first line of a cell of its own",
                )
            raise self._unknown(f"%{name}", "line")
        return function(line)

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        """Run a cell magic (``%%name line`` and the cell below it)."""
        function = self.find_cell_magic(name)
        if function is None:
            if self.find_line_magic(name) is not None:
                raise UsageError(
                    f"`%%{name}` is no magic of whole cells", hint=f"did you mean `%{name}`?"
                )
            raise self._unknown(f"%%{name}", "cell")
        return function(line, cell)

    def magic(self, text: str) -> Any:
        """Run a line magic, given as text."""
        name, _, line = text.lstrip("%").partition(" ")
        return self.run_line_magic(name, line)

    def find_line_magic(self, name: str) -> Callable[..., Any] | None:
        """Return the function of a line magic."""
        return self.find_magic(name, "line")

    def find_cell_magic(self, name: str) -> Callable[..., Any] | None:
        """Return the function of a cell magic."""
        return self.find_magic(name, "cell")

    def find_magic(self, name: str, magic_kind: str = "line") -> Callable[..., Any] | None:
        """Return the function of a magic; None when there is none."""
        found = self.magics[magic_kind].get(name)
        if found is None:
            from flownote.kernel import magics

            own = magics.find(name, magic_kind)
            if own is not None:
                found = self.magics[magic_kind][name] = types.MethodType(own, self)
        return found

    def register_magic_function(
        self, func: Callable[..., Any], magic_kind: str = "line", magic_name: str | None = None
    ) -> None:
        """Add a magic."""
        name = magic_name or func.__name__
        for kind in ("line", "cell") if magic_kind == "line_cell" else (magic_kind,):
            self.magics[kind][name] = func

    def register_magics(self, *classes: Any) -> None:
        """Add the magics of IPython's ``Magics`` classes or instances."""
        for one in classes:
            instance = self._magics_of(one)
            for kind in ("line", "cell"):
                for name, method in instance.magics[kind].items():
                    function = getattr(instance, method) if isinstance(method, str) else method
                    self.magics[kind][name] = function

    def _magics_of(self, one: Any) -> Any:
        if not isinstance(one, type):
            return one
        # IPython's base class makes whoever has a configuration its parent, by traits.
        self._hides_config = True
        try:
            return one(self)
        finally:
            self._hides_config = False

    @property
    def magics_manager(self) -> Any:
        """Has ``magics`` and the functions that add to them."""
        return types.SimpleNamespace(
            magics=self.magics,
            register=self.register_magics,
            register_function=self.register_magic_function,
            lsmagic=lambda: self.magics,
        )

    def transform_cell(self, raw_cell: str) -> str:
        """Return a text with IPython's lines as Python."""
        return transform.transform(raw_cell)

    def run_body(self, body: str) -> Any:
        """Run the cell below a cell magic; return the value of its last expression.

        Its lines are those of the cell that it stands in: the magic is the first.
        """
        code = self.transform_cell(body)
        execution = running.starter()
        number = execution.number if execution is not None else 0
        id_, label = (execution.cell, execution.label) if execution is not None else ("", "cell")
        source = sourcecode.register(f"\n{code}", number, id_, label, part="body")
        tree = self._kernel.runner.parse(f"\n{code}", source.file)[0]
        return self.run_statements(tree, source.file)

    def run_statements(self, statements: list[ast.stmt], file: str) -> Any:
        """Run statements; return the value of the last when it is an expression."""
        last = statements[-1] if statements else None
        if isinstance(last, ast.Expr):
            self._run_tree(ast.Module(statements[:-1], []), file, "exec")
            return self._run_tree(ast.Expression(last.value), file, "eval")
        self._run_tree(ast.Module(statements, []), file, "exec")
        return None

    def _run_tree(self, tree: Any, file: str, mode: str) -> Any:
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(tree, file, mode, flags=flags, dont_inherit=True)
        value = eval(code, self.user_ns)
        for statement in getattr(tree, "body", ()) if mode == "exec" else ():
            cell.bound_by(statement, self._kernel.runner.stored)
        if code.co_flags & cell.COROUTINE:
            return self._kernel.loop.wait(value)
        return value

    def run_cell(self, raw_cell: str, *_: Any, silent: bool = False, **__: Any) -> _Result:
        """Run code as if it were a cell; errors are shown and returned."""
        result = _Result()
        try:
            result.result = self.run_body(raw_cell)
            if not silent:
                sys.displayhook(result.result)
        except SyntaxError as error:
            result.error_before_exec = error
            self.showtraceback()
        except Exception as error:
            result.error_in_exec = error
            self.showtraceback()
        return result

    def ev(self, expr: str) -> Any:
        """Return the value of an expression."""
        return eval(expr, self.user_ns)

    def ex(self, cmd: str) -> None:
        """Execute statements."""
        exec(cmd, self.user_ns)

    def push(self, variables: Any, interactive: bool = True) -> None:
        """Bind names."""
        if isinstance(variables, (str, list, tuple)):
            names = variables.split() if isinstance(variables, str) else variables
            frame = sys._getframe(1)
            variables = {name: eval(name, frame.f_globals, frame.f_locals) for name in names}
        self.user_ns.update(variables)

    # Showing.

    def showtraceback(self, exc_tuple: Any = None, *_: Any, **__: Any) -> None:
        """Show an exception: the one that is handled, or the one that is given."""
        error = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
        if error is not None:
            self._kernel.outputs.show(faults.output_of(error))

    def set_next_input(self, text: str, replace: bool = False) -> None:
        """Put text into the next cell."""
        self.payload({"source": "set_next_input", "text": text, "replace": replace})

    def payload(self, payload: dict[str, Any]) -> None:
        """Hand something to whoever shows the notebook."""
        if running.now is not None:
            running.now.payload.append(payload)

    def enable_gui(self, gui: str | None = None) -> None:
        """Do nothing: there are no windows here."""

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str | None, str]:
        """Draw in the notebook."""
        self._kernel.figures.use()
        return gui, "inline"

    def set_custom_exc(self, exc_tuple: Any, handler: Any) -> None:
        """Refuse: errors are shown the same way for everybody."""
        raise UsageError("`set_custom_exc` is not there", hint="catch the exception in the cell")

    def ask_exit(self, code: object = 0) -> None:
        """End the kernel after this cell."""
        if running.now is not None:
            running.now.exit = {"code": code if isinstance(code, (int, str)) else None}
        self.payload({"source": "ask_exit", "keepkernel": False})

    def _unknown(self, called: str, kind: str) -> UsageError:
        import difflib

        from flownote.kernel import magics

        name, sign = called.lstrip("%"), "%" if kind == "line" else "%%"
        if kind == "cell" and name in _LANGUAGES:
            hint = f"a cell in another language begins with `%%{name}` and nothing else on the line"
            return UsageError(f"`{called}` takes nothing on its line", hint=hint)
        languages = _LANGUAGES if kind == "cell" else ()
        known = {*magics.names(kind), *self.magics[kind], *languages}
        near = difflib.get_close_matches(name, sorted(known), 1)
        listed = "`%lsmagic` lists them"
        if kind == "cell":
            listed += "; cells in other languages begin with `%%sql`, `%%rust` or `%%wasm`"
        hint = f"did you mean `{sign}{near[0]}`?" if near else listed
        return UsageError(f"there is no magic `{called}`", hint=hint)


Shell = ZMQInteractiveShell
