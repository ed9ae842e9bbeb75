"""Loading changed modules of the project again, where that is safe (notebook rule 10).

The code runs in the module that is loaded, so that ``helper.f`` is the new one wherever
``helper`` is held. Not safe: values of its classes that are in use, code that does
something when it is loaded, code that fails.
"""

from __future__ import annotations

import ast
import gc
import linecache
import sys

from flownote import sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

_DEFINITIONS = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.AnnAssign,
)


def reload(names: list[str], values: dict[str, Any]) -> tuple[list[str], dict[str, str]]:
    """Load modules again; return those that were, and why the others weren't.

    Parameters
    ----------
    names
        Modules of the project, those that others import first.
    values
        The user's names.
    """
    done, refused = [], {}
    for name in names:
        module = sys.modules.get(name)
        reason = None if module is None else _reload(module)
        if reason is None:
            done.append(name)
        else:
            refused[name] = reason
    return done, refused


def _reload(module: ModuleType) -> str | None:
    """Load one module again; return why not, when it wasn't."""
    file = getattr(module, "__file__", None)
    if not sources.is_project_file(file):
        return "it is not a Python file of the project"
    try:
        with open(file, "rb") as stream:  # type: ignore[arg-type]
            text = sources.decode(stream.read())
        tree = ast.parse(text, file)  # type: ignore[arg-type]
    except OSError as error:
        return f"it can't be read: {error.strerror}"
    except (SyntaxError, ValueError) as error:
        return f"it is no Python: {error}"
    reason = _does_something(tree) or _is_held(module)
    if reason is not None:
        return reason
    before = dict(module.__dict__)
    try:
        exec(compile(tree, file, "exec"), module.__dict__)  # type: ignore[arg-type]
    except BaseException as error:
        module.__dict__.clear()
        module.__dict__.update(before)
        return f"it raised {type(error).__name__}: {error}"
    _drop_what_is_gone(module, tree, before)
    sources.keep(file, text)  # type: ignore[arg-type]
    linecache.checkcache(file)
    return None


def _does_something(tree: ast.Module) -> str | None:
    for statement in tree.body:
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not (is_text or isinstance(statement, (*_DEFINITIONS, ast.If, ast.Try))):
            return f"its line {statement.lineno} does something when it is loaded"
    return None


def _is_held(module: ModuleType) -> str | None:
    """Say which of a module's classes has values in use: they would stay of the old one."""
    name = module.__name__
    own = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == name]
    if not own:
        return None
    kinds = tuple(own)
    for value in gc.get_objects():
        if type(value) in kinds:
            return f"values of its class `{type(value).__name__}` are in use"
    return None


def _drop_what_is_gone(module: ModuleType, tree: ast.Module, before: dict[str, Any]) -> None:
    """Unbind the functions and classes that the new text doesn't define any more."""
    defined = {one.name for one in tree.body if hasattr(one, "name")}
    for name, value in before.items():
        is_own = getattr(value, "__module__", None) == module.__name__
        if (
            is_own
            and callable(value)
            and name not in defined
            and module.__dict__.get(name) is value
        ):
            del module.__dict__[name]
