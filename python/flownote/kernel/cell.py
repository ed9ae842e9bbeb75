"""How a cell runs: statement by statement, the last expression shown."""

from __future__ import annotations
import __future__

import ast
import sys

from flownote.kernel import interrupts
from flownote.world import watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    from flownote.kernel.sourcecode import Source

_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
COROUTINE = 0x80  # inspect.CO_COROUTINE
_FUTURES = 0
for _name in __future__.all_feature_names:
    _FUTURES |= getattr(__future__, _name).compiler_flag


class Runner:
    """Runs cells in one namespace.

    Parameters
    ----------
    values
        The namespace.
    wait
        Runs a coroutine to its end in the notebook's event loop.
    """

    def __init__(self, values: dict[str, Any], wait: Callable[[Any], Any]) -> None:
        self._values = values
        self._wait = wait
        # `from __future__ import …` holds for the cells after it too, as in Jupyter.
        self._flags = 0
        # Change the syntax tree of a cell before it runs (`get_ipython().ast_transformers`).
        self.transformers: list[Any] = []
        self._interactivity = "last_expr"
        # IPython's class, once it is loaded: notebooks set the interactivity there.
        self.shell_class: Any = None
        # Names that the statements of the cell that runs bound for certain.
        self.stored: set[str] = set()
        # Whether the last statement runs, and is an expression.
        self.is_at_end = False

    @property
    def interactivity(self) -> str:
        """Which expressions are shown: ``last_expr``, ``all``, ``last``, ``none``…."""
        found = vars(self.shell_class).get("ast_node_interactivity") if self.shell_class else None
        return found if isinstance(found, str) else self._interactivity

    @interactivity.setter
    def interactivity(self, value: str) -> None:
        self._interactivity = value

    def run(self, code: str, source: Source) -> None:
        """Run a cell; `stored` has the names that its statements bound for certain.

        Parameters
        ----------
        code
            Its text.
        source
            Where the text is registered.

        Raises
        ------
        BaseException
            Whatever the cell raises.
        """
        stored = self.stored = set()  # type: ignore[var-annotated]
        statements, shown = self.parse(code, source.file)
        for place, statement in enumerate(statements):
            is_shown = place in shown
            tree: Any = ast.Interactive([statement]) if is_shown else ast.Module([statement], [])
            compiled = compile(
                tree,
                source.file,
                "single" if is_shown else "exec",
                flags=_AWAIT | self._flags,
                dont_inherit=True,
            )
            self._flags |= compiled.co_flags & _FUTURES
            self.is_at_end = place + 1 == len(statements) and isinstance(statement, ast.Expr)
            try:
                self.execute(compiled)
            finally:
                self.is_at_end = False
            bound_by(statement, stored)

    def parse(self, code: str, file: str) -> tuple[list[ast.stmt], range]:
        """Return a cell's statements, and the places of those whose values are shown."""
        flags = ast.PyCF_ONLY_AST | _AWAIT | self._flags
        # Python looks for a file of that name when the syntax is wrong: not a read of the cell's.
        with watch.covered():
            tree: Any = compile(code, file, "exec", flags=flags, dont_inherit=True)
        for transformer in self.transformers:
            tree = ast.fix_missing_locations(transformer.visit(tree))
        body = tree.body
        shown = self.interactivity
        if not body or shown == "none":
            return body, range(0)
        if shown == "all":
            return body, range(len(body))
        if shown == "last":
            return body, range(len(body) - 1, len(body))
        is_expression = isinstance(body[-1], ast.Expr)
        if shown == "last_expr_or_assign" and not is_expression:
            name = _assigned(body[-1])
            if name is not None:
                body.append(ast.fix_missing_locations(_expression(name, body[-1])))
                is_expression = True
        last = len(body) - 1
        return body, range(last, last + 1) if is_expression else range(0)

    def execute(self, compiled: CodeType) -> None:
        """Run compiled code as user code; an interrupt is for it."""
        with interrupts.user_code():
            if compiled.co_flags & COROUTINE:
                self._wait(eval(compiled, self._values))
            else:
                exec(compiled, self._values)


def ends_quietly(code: str) -> bool:
    """Whether a cell ends with a semicolon, so that its last value isn't shown."""
    end = code.rstrip()
    if not end.endswith(";") and "#" not in end.rpartition("\n")[2]:
        return False
    import io
    import tokenize

    last = None
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type not in _INVISIBLE:
                last = token
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return end.endswith(";")
    return last is not None and last.string == ";"


# COMMENT, NL, NEWLINE, ENDMARKER, INDENT, DEDENT: imported lazily, `tokenize` isn't free.
def _invisible() -> frozenset[int]:
    import token

    return frozenset(
        (token.COMMENT, token.NL, token.NEWLINE, token.ENDMARKER, token.INDENT, token.DEDENT)
    )


_INVISIBLE = _invisible()

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def bound_by(statement: ast.stmt, names: set[str]) -> None:
    """Note the names that a statement binds whenever it ends well.

    What it binds to the object that was bound before can't be told from the namespace.
    """
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            _targets(target, names)
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
        if statement.value is not None:
            _targets(statement.target, names)
    elif isinstance(statement, _DEFINITIONS):
        names.add(statement.name)
    elif isinstance(statement, (ast.Import, ast.ImportFrom)):
        for alias in statement.names:
            if alias.name != "*":
                names.add(alias.asname or alias.name.partition(".")[0])
    elif isinstance(statement, (ast.With, ast.AsyncWith)):
        for item in statement.items:
            if item.optional_vars is not None:
                _targets(item.optional_vars, names)
        for inner in statement.body:
            if not isinstance(inner, (ast.If, ast.For, ast.While, ast.Try, ast.With)):
                bound_by(inner, names)
    elif hasattr(ast, "TypeAlias") and isinstance(statement, ast.TypeAlias):
        _targets(statement.name, names)


def _targets(target: Any, names: set[str]) -> None:
    if isinstance(target, ast.Name):
        names.add(target.id)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for item in target.elts:
            _targets(item, names)
    elif isinstance(target, ast.Starred):
        _targets(target.value, names)


def _assigned(statement: ast.stmt) -> str | None:
    names: set[str] = set()
    if isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        bound_by(statement, names)
    return names.pop() if len(names) == 1 else None


def _expression(name: str, beside: ast.stmt) -> ast.Expr:
    return ast.copy_location(ast.Expr(ast.Name(name, ast.Load())), beside)


def set_display_hook(show: Callable[[Any], None]) -> None:
    """Have the values of shown expressions handed to ``show``."""
    sys.displayhook = show
