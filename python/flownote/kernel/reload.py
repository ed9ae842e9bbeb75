"""Loading saved modules of the project again, where that is safe (notebook rule 10).

The code runs in the module that is loaded, so that ``helper.f`` is the new one wherever
``helper`` is held; so does that of the modules that import a saved one, which may have taken
names out of it. What hangs together is loaded as a whole or not at all. Not safe: values of
their classes that are in use, code that does something when it is loaded, code that fails.
"""

from __future__ import annotations

import ast
import gc
import linecache
import sys

from flownote import sources
from flownote.kernel.modules import imports_of, nearest, reached, text_on_disk
from flownote.provenance.modules import Modules, Project

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
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


class _Refused(Exception):  # noqa: N818 - an answer, not an error
    """A module can't be loaded again."""

    def __init__(self, module: str, reason: str) -> None:
        super().__init__(reason)
        self.module = module


class _Saved:
    """A module that is to run the code that its file has now."""

    def __init__(self, name: str, module: ModuleType, file: str) -> None:
        self.name = name
        self.module = module
        self.file = file
        text = text_on_disk(file)
        if text is None:
            raise _Refused(name, "it can't be read")
        try:
            self.tree = ast.parse(text, file)
        except (SyntaxError, ValueError) as error:
            raise _Refused(name, f"it is no Python: {error}") from error
        self.text = text
        self.before = dict(module.__dict__)
        self.text_before = sources.text_of(file)

    def run(self) -> None:
        """Run the code in the module."""
        try:
            exec(compile(self.tree, self.file, "exec", dont_inherit=True), self.module.__dict__)
        except BaseException as error:
            raise _Refused(self.name, f"it raised {type(error).__name__}: {error}") from error
        _drop_what_is_gone(self.module, self.tree, self.before)
        sources.keep(self.file, self.text)
        linecache.checkcache(self.file)

    def take_back(self) -> None:
        """Make the module what it was."""
        self.module.__dict__.clear()
        self.module.__dict__.update(self.before)
        if self.text_before is not None:
            sources.keep(self.file, self.text_before)


def reload(names: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """Load what was saved of modules, and of those that they import, again.

    Parameters
    ----------
    names
        Modules of the project, as cells import them.

    Returns
    -------
    tuple
        The modules that were loaded again, those that others import first, and those that
        weren't, with the reason. What is not loaded, or wasn't saved, is neither.
    """
    modules = Modules()
    firsts = [nearest(modules, name) for name in names]
    # Cells that import other modules may have what one of these took out of a saved one.
    loaded = [nearest(modules, name) for name in list(sys.modules) if _is_project(name)]
    around: dict[str, Project] = {}
    for first in (*firsts, *loaded):
        if isinstance(first, Project):
            around.update(reached(modules, first))
    done: list[str] = []
    refused: dict[str, str] = {}
    for group in _concerned(around):
        try:
            done += _together(group)
        except _Refused as why:
            refused[why.module] = str(why)
    return done, refused


def _together(group: list[Project]) -> list[str]:
    saved = [_Saved(one.name, one.live, one.file) for one in group if one.live and one.file]
    # What can be said against it, before anything is changed.
    for one in saved:
        reason = _does_something(one.tree) or _is_held(one.module)
        if reason is not None:
            raise _Refused(one.name, reason)
    _run(saved)
    return [one.name for one in saved]


def _is_project(name: str) -> bool:
    return sources.is_project_file(getattr(sys.modules.get(name), "__file__", None))


def _run(saved: list[_Saved]) -> None:
    for place, one in enumerate(saved):
        try:
            one.run()
        except BaseException:
            for done in reversed(saved[: place + 1]):
                done.take_back()
            raise


def _concerned(around: dict[str, Project]) -> list[list[Project]]:
    """Return the loaded modules that were saved or import one that was, imported ones first.

    Each list hangs together by imports.
    """
    inner = {
        name: {other for other in imports_of(one) if other in around and other != name}
        for name, one in around.items()
    }
    order: list[str] = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        if name not in seen:
            seen.add(name)
            for other in sorted(inner[name]):
                visit(other)
            order.append(name)

    for name in sorted(around):
        visit(name)
    concerned = {name for name in order if _was_saved(around[name])}
    # Modules that import each other need several rounds.
    while more := {name for name in order if inner[name] & concerned} - concerned:
        concerned |= more
    groups: list[set[str]] = []
    for name in order:
        if name in concerned:
            own = {name} | (inner[name] & concerned)
            joined = [group for group in groups if group & own]
            groups = [group for group in groups if not group & own]
            groups.append(own.union(*joined))
    return [[around[name] for name in order if name in group] for group in groups]


def _was_saved(module: Project) -> bool:
    if module.live is None or module.file is None:
        return False
    return text_on_disk(module.file) != sources.text_of(module.file)


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
    kinds = set(own)
    for kind in kinds.copy():
        kinds |= _subclasses(kind)
    # Those are made anew with it.
    its_own = {id(value) for value in vars(module).values()}
    for value in gc.get_objects():
        if type(value) in kinds and id(value) not in its_own:
            return f"values of its class `{type(value).__name__}` are in use"
    return None


def _subclasses(kind: type) -> set[type]:
    found: set[type] = set(type.__subclasses__(kind))
    for one in found.copy():
        found |= _subclasses(one)
    return found


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
