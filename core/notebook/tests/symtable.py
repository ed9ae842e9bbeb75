"""Prints what Python itself says of the names of cells, for the test beside this file.

The cells are the top-level statements of modules that come with Python, cut where a reader
would cut them. Python's own `symtable` knows which names a piece of code binds, and which
it looks up as globals, at once or in its functions; `ast` knows in which order.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import pathlib
import symtable
import sys
from collections.abc import Iterator

MODULES = [
    "idlelib",
    "turtledemo",
    "json",
    "asyncio",
    "unittest",
    "collections",
    "concurrent.futures",
    "http",
    "email",
    "logging",
    "xml.dom",
    "importlib",
    "multiprocessing",
    "sqlite3",
    "wsgiref",
]
SINGLE = [
    "argparse",
    "dataclasses",
    "functools",
    "heapq",
    "random",
    "statistics",
    "fractions",
    "difflib",
    "inspect",
    "textwrap",
    "shutil",
    "tempfile",
    "pathlib",
    "typing",
    "enum",
    "csv",
    "calendar",
    "datetime",
    "decimal",
    "pickle",
    "subprocess",
    "tarfile",
    "zipfile",
    "this",
]


def files() -> Iterator[pathlib.Path]:
    """Source files of the standard library, the same ones on every machine."""
    for name in [*MODULES, *SINGLE]:
        try:
            spec = importlib.util.find_spec(name)
        except ImportError:
            continue
        if spec is None or not spec.origin:
            continue
        origin = pathlib.Path(spec.origin)
        if origin.suffix == ".py":
            yield from sorted(origin.parent.glob("*.py")) if name in MODULES else [origin]


def pieces(source: str) -> Iterator[str]:
    """Cut a module into cells of one to four statements; long classes stay whole."""
    lines = source.splitlines(keepends=True)
    body = ast.parse(source).body
    at = 0
    size = 1
    while at < len(body):
        group = body[at : at + size]
        decorators = getattr(group[0], "decorator_list", [])
        start = min([group[0].lineno, *(node.lineno for node in decorators)])
        yield "".join(lines[start - 1 : group[-1].end_lineno])
        at += size
        size = size % 4 + 1


def tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    """Every table below this one."""
    for child in table.get_children():
        yield child
        yield from tables(child)


def at_once(table: symtable.SymbolTable) -> set[str]:
    """Globals that class bodies and comprehensions look up while the cell runs."""
    found: set[str] = set()
    for child in table.get_children():
        name = child.get_name()
        runs_now = child.get_type() == "class" or name in {"listcomp", "setcomp", "dictcomp"}
        if runs_now:
            found |= {
                s.get_name() for s in child.get_symbols() if s.is_global() and s.is_referenced()
            }
            found |= at_once(child)
    return found


def oracle(source: str) -> dict[str, list[str]] | None:
    """Names that a cell binds, that it looks up in any way, and that functions look up."""
    try:
        table = symtable.symtable(source, "cell", "exec")
    except SyntaxError:
        return None
    symbols = table.get_symbols()
    binds = {
        s.get_name() for s in symbols if s.is_assigned() or s.is_imported() or s.is_namespace()
    }
    reads = {s.get_name() for s in symbols if s.is_referenced()}
    below: set[str] = set()
    written: set[str] = set()
    maybe: set[str] = set()
    for child in tables(table):
        if child.get_name() in {"__annotate__", "__annotations__"}:
            continue
        for symbol in child.get_symbols():
            # `IO = IO` in a class reads the global one.
            if child.get_type() == "class" and symbol.is_local() and symbol.is_referenced():
                maybe.add(symbol.get_name())
            if symbol.is_global() and symbol.is_referenced():
                below.add(symbol.get_name())
            if symbol.is_declared_global() and symbol.is_assigned():
                written.add(symbol.get_name())
    # `x: int` is an annotation and binds nothing; a `del` alone binds nothing either.
    tree = ast.parse(source)
    stored = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    bare = {
        n.target.id
        for n in ast.walk(tree)
        if isinstance(n, ast.AnnAssign) and n.value is None and isinstance(n.target, ast.Name)
    }
    assigned_otherwise = {
        n.id
        for statement in ast.walk(tree)
        if not (isinstance(statement, ast.AnnAssign) and statement.value is None)
        for n in ast.iter_child_nodes(statement)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    binds -= bare - assigned_otherwise
    handled = {n.name for n in ast.walk(tree) if isinstance(n, ast.ExceptHandler) and n.name}
    return {
        "binds": sorted(binds - (handled - stored)),
        "reads": sorted(reads),
        "now": sorted(at_once(table)),
        "below": sorted(below),
        "written": sorted(written),
        "handled": sorted(handled),
        "maybe": sorted(maybe),
    }


def main() -> None:
    """Write one JSON object a line: the cell and what is true of it."""
    wanted = int(sys.argv[1])
    candidates: list[str] = []
    for path in files():
        try:
            candidates.extend(pieces(path.read_text(encoding="utf-8")))
        except (SyntaxError, UnicodeDecodeError):
            continue
    step = max(1, len(candidates) // wanted)
    for source in candidates[::step]:
        answer = oracle(source)
        if answer is not None:
            print(json.dumps({"source": source, **answer}))


main()
