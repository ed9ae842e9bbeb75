"""What a file is made of: its definitions and statements, scanned once.

A `FileIndex` holds no syntax trees, only texts and numbers, so that the index of a file
can be kept beside the user's caches and read back in a twentieth of the time. It is
found there by the digest of the file's text; a stale one can't be met.
"""

from __future__ import annotations

import ast

from flownote import sources
from flownote.digests import digest_of_text
from flownote.provenance import kept
from flownote.provenance.scan import Scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# A smaller file's index is made in less than half a millisecond.
KEPT_FROM_BYTES = 2_000

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)

_indexes: dict[str, FileIndex] = {}


class FileIndex:
    """The pieces of a file.

    Attributes
    ----------
    units
        Key → piece. Keys are qualified names (``clean``, ``Model``, ``Model.fit``); a
        name that is defined again gets ``#2``; other statements are ``=0``, ``=1``….
        Each piece is a dict: ``line``, ``digest``, ``bare`` (the digest without the
        name), ``loads``, ``attributes``, ``own``, ``escapes``, ``above``, ``imports``,
        ``blind``, ``parts`` (a class's members, by key), ``literal``, ``binds``.
    bindings
        Name → keys of the pieces that bind it at the top level.
    touches
        Name → keys of the top-level statements that may change its value.
    imports
        Name → ``[module, level, name or None]``.
    stars
        ``[module, level]`` of each ``from m import *``.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.units: dict[str, dict[str, Any]] = data["units"]
        self.bindings: dict[str, list[str]] = data["bindings"]
        self.touches: dict[str, list[str]] = data["touches"]
        self.imports: dict[str, list[Any]] = data["imports"]
        self.stars: list[list[Any]] = data["stars"]
        self._named: dict[str, list[str]] | None = None

    def at(self, qualname: str, line: int) -> str | None:
        """Return the key of the definition of that name which begins at a line.

        A function inside a function has no piece of its own: the outer one's is returned.
        """
        if self._named is None:
            self._named = {}
            for key in self.units:
                self._named.setdefault(key.partition("#")[0], []).append(key)
        parts = qualname.split(".<locals>")[0].split(".")
        for length in range(len(parts), 0, -1):
            keys = self._named.get(".".join(parts[:length]))
            if keys:
                exact = [key for key in keys if self.units[key]["line"] == line]
                return exact[0] if exact else keys[-1]
        around = [key for key in self.units if self.holds(key, line)]
        return max(around, key=lambda key: self.units[key]["line"], default=None)

    def holds(self, key: str, line: int) -> bool:
        """Whether a line is within a piece: where a lambda is found."""
        return self.units[key]["line"] <= line <= self.units[key]["end"]


def index_of(file: str) -> FileIndex | None:
    """Return the index of a file as loaded; None when it can't be parsed."""
    text = sources.text_of(file)
    if text is None:
        return None
    digest = digest_of_text(text)
    if digest not in _indexes:
        data = kept.read(digest) if len(text) >= KEPT_FROM_BYTES else None
        if data is None:
            tree = sources.tree_of(file, keep=False)
            if tree is None:
                return None
            data = _Builder(tree).data
            if len(text) >= KEPT_FROM_BYTES:
                kept.write(digest, data)
        _indexes[digest] = FileIndex(data)
    return _indexes[digest]


class _Builder:
    """Makes the data of an index from a syntax tree."""

    def __init__(self, tree: ast.Module) -> None:
        self.units: dict[str, dict[str, Any]] = {}
        self.bindings: dict[str, list[str]] = {}
        self.touches: dict[str, list[str]] = {}
        self.imports: dict[str, list[Any]] = {}
        self.stars: list[list[Any]] = []
        self._dropped = _names_of_flownote(tree)
        self._statements(tree.body)
        self.data = {
            "units": self.units,
            "bindings": self.bindings,
            "touches": self.touches,
            "imports": self.imports,
            "stars": self.stars,
        }

    def _statements(self, body: list[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                self._bind(node.name, self._class(node))
            elif isinstance(node, _FUNCTIONS):
                self._bind(node.name, self._unit(node.name, node, Scan(self._dropped).piece(node)))
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    target = alias.name if alias.asname else top
                    self.imports[alias.asname or top] = [target, 0, None]
            elif isinstance(node, ast.ImportFrom):
                self._import_from(node)
            elif isinstance(node, ast.If):  # whichever branch ran, both are looked at
                if not _never_runs_here(node.test):
                    self._statements(node.body)
                self._statements(node.orelse)
            elif isinstance(node, ast.Try):
                for part in (node.body, node.orelse, node.finalbody):
                    self._statements(part)
                for handler in node.handlers:
                    self._statements(handler.body)
            elif not isinstance(node, ast.Pass) and not _is_text(node):
                self._statement(node)

    def _import_from(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.stars.append([node.module or "", node.level])
            else:
                name = alias.asname or alias.name
                self.imports[name] = [node.module or "", node.level, alias.name]

    def _statement(self, node: ast.stmt) -> None:
        scan = Scan(self._dropped).piece(node)
        key = self._unit(f"={len(self.units)}", node, scan)
        bound = _bound(node)
        self.units[key]["binds"] = bound[0] if bound else None
        for name in bound:
            self._bind(name, key)
        value = getattr(node, "value", None)
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and len(bound) == 1 and value is not None:
            self.units[key]["literal"] = _literal(value)
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or not bound:
            for load in scan.loads:
                self.touches.setdefault(load.partition(".")[0], []).append(key)

    def _bind(self, name: str, key: str) -> None:
        self.bindings.setdefault(name, []).append(key)

    def _class(self, node: ast.ClassDef, prefix: str = "") -> str:
        """Index a class: its members one by one, and the whole as what they are together."""
        name = prefix + node.name
        head = Scan(self._dropped).class_head(node)
        rest = Scan(self._dropped)
        rest._enter(is_class=True)
        parts = []
        for member in node.body:
            if isinstance(member, ast.ClassDef):
                parts.append(self._class(member, f"{name}."))
            elif isinstance(member, _FUNCTIONS):
                scan = Scan(self._dropped).piece(member, method=True)
                parts.append(self._unit(f"{name}.{member.name}", member, scan))
            elif not _is_text(member) and not isinstance(member, ast.Pass):
                rest._visit(member)
                for bound in _bound(member):
                    scan = Scan(self._dropped).piece(member)
                    parts.append(self._unit(f"{name}.{bound}", member, scan))
        own = {member.name for member in node.body if isinstance(member, _DEFINITIONS)}
        rest._scope.stores |= own
        rest._leave()
        digests = [self.units[part]["digest"] for part in parts]
        whole = "\n".join([head.text, rest.text, *digests])
        key = self._unit(name, node, head, whole)
        unit = self.units[key]
        unit["parts"] = parts
        unit["loads"] = sorted(head.loads | rest.loads)
        unit["attributes"] = sorted(head.attributes | rest.attributes)
        unit["imports"] = rest.imports
        unit["blind"] = head.blind or rest.blind
        return key

    def _unit(self, name: str, node: Any, scan: Scan, text: str | None = None) -> str:
        key, again = name, 2
        while key in self.units:
            key, again = f"{name}#{again}", again + 1
        text = scan.text if text is None else text
        lines = [node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))]
        _, _, without_name = text.partition("\n")
        unit = {
            "line": min(lines),
            "shown": node.lineno,
            "end": node.end_lineno,
            "digest": digest_of_text(text),
            "bare": digest_of_text(without_name),
            "loads": sorted(scan.loads),
            "attributes": sorted(scan.attributes),
            "own": sorted(scan.own),
            "escapes": scan.own_escapes,
            "above": sorted(scan.above),
            "imports": scan.imports,
            "blind": scan.blind,
        }
        self.units[key] = unit
        return key


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _never_runs_here(test: ast.expr) -> bool:
    """Whether a condition is that of the program's own start, or of type checkers."""
    if isinstance(test, ast.Compare):
        return isinstance(test.left, ast.Name) and test.left.id == "__name__"
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", None)
    return name == "TYPE_CHECKING"


def _bound(node: ast.stmt) -> list[str]:
    """Return the names that a statement binds, in order."""
    names = []
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names.append(part.id)
        elif isinstance(part, _DEFINITIONS):
            names.append(part.name)
    return list(dict.fromkeys(names))


def _literal(node: ast.expr) -> str | None:
    """Return the value of a literal in the form of `flownote.provenance.values`."""
    from flownote.provenance.values import plain

    try:
        return plain(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _names_of_flownote(tree: ast.Module) -> frozenset[str]:
    """Return the decorators by which a module calls Flownote's own, which change no result.

    `@environment` and `@secrets` do: what they set, a step may read.
    """
    dropped = []
    unimportant = ("step", "retry", "catch", "timeout", "resources", "isolate")
    for node in ast.walk(tree) if len(tree.body) < 2 else tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("flownote"):
            dropped += [a.asname or a.name for a in node.names if a.name in unimportant]
            if any(alias.name == "*" for alias in node.names):
                dropped += unimportant
        elif isinstance(node, ast.Import):
            names = [a.asname or a.name for a in node.names if a.name == "flownote"]
            dropped += [f"{name}.{one}" for name in names for one in unimportant]
    return frozenset(dropped)
