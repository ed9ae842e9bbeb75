"""One piece of source → its normal form and what it refers to.

The normal form of a piece leaves out what can't change a result: comments, layout, line
numbers, docstrings and other bare constants, ``pass``, plain functions' annotations, and
statements that only print or log (see `flownote.provenance.talk`). One walk over the
syntax tree writes it and collects the names that the piece takes from its surroundings,
each with the attributes that are asked of it: ``np.log``, ``features.clean``, ``LIMIT``.
"""

from __future__ import annotations

import ast

from flownote.provenance.calls import Calls
from flownote.provenance.scope import Scope
from flownote.provenance.talk import only_talks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

_SKIPPED = frozenset(("ctx", "type_comment", "type_ignores", "kind"))
# Kind of node → how it begins, and its fields with whether they are a body.
_shapes: dict[type, tuple[str, tuple[tuple[str, bool], ...]]] = {}


class Scan(Calls):
    """The normal form of a piece of source, and its references.

    Attributes
    ----------
    text
        The normal form.
    loads
        Names from outside, with the attributes asked of them, dotted.
    attributes
        Every attribute name in the piece, whatever it is asked of.
    own
        For a method: the attributes asked of its first argument.
    own_escapes
        For a method: whether its first argument is used as a value itself.
    above
        The attributes asked of ``super()``.
    imports
        Local name → ``[module, level, name or None]`` of the imports inside the piece.
    blind
        Why it can't be seen what the piece reaches: ``[what, line]``, or None.
    """

    def __init__(self, dropped: frozenset[str] = frozenset()) -> None:
        self._dropped = dropped
        self._out: list[str] = []
        self._scope = Scope(None)
        self._self: str | None = None
        self.attributes: set[str] = set()
        self.own: set[str] = set()
        self.own_escapes = False
        self.above: set[str] = set()
        self.imports: dict[str, list[Any]] = {}
        self.blind: list[Any] | None = None

    @property
    def text(self) -> str:
        return "\n".join(self._out)

    @property
    def loads(self) -> set[str]:
        return self._scope.loads | self._scope.passing

    def piece(self, node: ast.AST, *, method: bool = False, name: bool = True) -> Scan:
        """Walk a definition or a statement; ``name`` says whether its name is part of it."""
        if method and isinstance(node, _FUNCTIONS):
            arguments = [*node.args.posonlyargs, *node.args.args]
            self._self = arguments[0].arg if arguments else None
        if isinstance(node, _FUNCTIONS):
            self._function(node, name=name)
        else:
            self._visit(node)
        return self

    def class_head(self, node: ast.ClassDef) -> Scan:
        """Walk a class's name, bases and decorators, not its body."""
        self._out.append(f"class {node.name}")
        self._decorators(node)
        for part in (*node.bases, *node.keywords):
            self._visit(part)
        return self

    def _visit(self, node: Any) -> None:
        handler = _HANDLERS.get(node.__class__)
        if handler is not None:
            handler(self, node)
        else:
            self._generic(node)

    def _generic(self, node: Any) -> None:
        kind = node.__class__
        shape = _shapes.get(kind)
        if shape is None:
            shape = _shapes[kind] = _shape(kind)
        out = self._out
        out.append(shape[0])
        for name, is_body in shape[1]:
            value = getattr(node, name, None)
            if value.__class__ is list:
                out.append("[")
                if is_body:
                    self._body(value)
                else:
                    for item in value:
                        if item is None or item.__class__ is str:
                            out.append(repr(item))
                        else:
                            self._visit(item)
                out.append("]")
            elif isinstance(value, ast.AST):
                handler = _HANDLERS.get(value.__class__)
                if handler is not None:
                    handler(self, value)
                elif value._fields:
                    self._generic(value)
                else:  # an operator
                    out.append(f"({value.__class__.__name__}")
                    out.append(")")
            else:
                out.append(repr(value))
        out.append(")")

    def _body(self, statements: Any) -> None:
        if statements.__class__ is not list:
            self._visit(statements)  # a lambda's, a conditional expression's
            return
        for statement in statements:
            kind = statement.__class__
            if kind is ast.Pass:
                continue
            if kind is ast.Expr and (
                statement.value.__class__ is ast.Constant or only_talks(statement.value)
            ):
                continue
            self._visit(statement)

    def _name(self, node: ast.Name) -> None:
        name = node.id
        self._out.append(name)
        if node.ctx.__class__ is ast.Load:
            self._load(name)
        else:
            self._scope.stores.add(name)

    def _load(self, dotted: str) -> None:
        self._scope.loads.add(dotted)

    def _constant(self, node: ast.Constant) -> None:
        self._out.append(repr(node.value))

    def _attribute(self, node: ast.Attribute) -> None:
        names = []
        value: Any = node
        while value.__class__ is ast.Attribute:
            names.append(value.attr)
            value = value.value
        names.reverse()
        self.attributes.update(names)
        if value.__class__ is ast.Name:
            dotted = f"{value.id}.{'.'.join(names)}"
            self._out.append(dotted)
            self._load(dotted)
            if dotted.startswith("sys.modules"):
                self._cannot_see("sys.modules", node)
            return
        if value.__class__ is ast.Call and value.func.__class__ is ast.Name:
            self._attribute_of_call(value, names[0])
        self._out.append(f"(.{'.'.join(names)}")
        self._visit(value)
        self._out.append(")")

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            top = alias.name.partition(".")[0]
            bound = alias.asname or top
            self.imports[bound] = [alias.name if alias.asname else top, 0, None]
            self._out.append(f"import {alias.name} as {bound}")

    def _import_from(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            bound = alias.asname or alias.name
            self.imports[bound] = [node.module or "", node.level, alias.name]
            self._out.append(f"from {'.' * node.level}{node.module} import {alias.name} as {bound}")

    def _enter(self, is_class: bool = False) -> Scope:
        self._scope = Scope(self._scope, is_class)
        return self._scope

    def _leave(self) -> None:
        scope = self._scope
        above = scope.above
        assert above is not None
        free = scope.free()
        if self._self is not None and self._self in scope.stores and above.above is None:
            self._take_own(scope)
        if above.is_class and not scope.is_class:
            above.passing |= free
        else:
            above.loads |= free
        self._scope = above

    def _take_own(self, scope: Scope) -> None:
        for load in scope.loads | scope.passing:
            root, _, rest = load.partition(".")
            if root != self._self:
                continue
            if not rest:
                self.own_escapes = True
            elif rest.startswith("__class__."):
                self.own.add(rest.split(".")[1])
            else:
                self.own.add(rest.partition(".")[0])

    def _decorators(self, node: Any) -> bool:
        """Walk the decorators that matter; returns whether there are any."""
        kept = [part for part in node.decorator_list if _root(part) not in self._dropped]
        self._out.append("@[")
        for part in kept:
            self._visit(part)
        self._out.append("]")
        return bool(kept)

    def _function(self, node: Any, name: bool = True) -> None:
        out = self._out
        out.append(f"({node.__class__.__name__} {node.name if name else ''}")
        self._scope.stores.add(node.name)
        decorated = self._decorators(node)
        self._arguments(node.args, annotations=decorated)
        if decorated and node.returns is not None:
            self._visit(node.returns)
        self._enter()
        self._bind_arguments(node.args)
        self._body(node.body)
        self._leave()
        out.append(")")

    def _lambda(self, node: ast.Lambda) -> None:
        self._out.append("(lambda")
        self._arguments(node.args, annotations=False)
        self._enter()
        self._bind_arguments(node.args)
        self._visit(node.body)
        self._leave()
        self._out.append(")")

    def _arguments(self, args: ast.arguments, annotations: bool) -> None:
        """Walk what is evaluated where the function is defined: defaults, annotations."""
        out = self._out
        for kind, group in (
            ("/", args.posonlyargs),
            ("", args.args),
            ("*", [args.vararg] if args.vararg else []),
            ("=", args.kwonlyargs),
            ("**", [args.kwarg] if args.kwarg else []),
        ):
            for argument in group:
                out.append(f"{kind}{argument.arg}")
                if annotations and argument.annotation is not None:
                    self._visit(argument.annotation)
        for default in (*args.defaults, *args.kw_defaults):
            if default is None:
                out.append("-")
            else:
                self._visit(default)

    def _bind_arguments(self, args: ast.arguments) -> None:
        bound = [*args.posonlyargs, *args.args, *args.kwonlyargs]
        bound += [extra for extra in (args.vararg, args.kwarg) if extra is not None]
        self._scope.stores.update(argument.arg for argument in bound)

    def _class(self, node: ast.ClassDef) -> None:
        self._out.append("(")
        self._scope.stores.add(node.name)
        self.class_head(node)
        self._enter(is_class=True)
        self._body(node.body)
        self._leave()
        self._out.append(")")

    def _comprehension(self, node: Any) -> None:
        self._out.append(f"({node.__class__.__name__}")
        generators = node.generators
        # The first iterable is evaluated outside.
        self._visit(generators[0].iter)
        self._enter()
        for place, generator in enumerate(generators):
            self._out.append("for" if not generator.is_async else "async for")
            if place:
                self._visit(generator.iter)
            self._visit(generator.target)
            for condition in generator.ifs:
                self._out.append("if")
                self._visit(condition)
        for part in ("key", "value", "elt"):
            value = getattr(node, part, None)
            if value is not None:
                self._visit(value)
        self._leave()
        self._out.append(")")

    def _annotated(self, node: ast.AnnAssign) -> None:
        if self._scope.is_class:
            self._generic(node)  # what a dataclass's fields are
            return
        self._out.append("(Assign")
        self._visit(node.target)
        if node.value is not None:
            self._visit(node.value)
        self._out.append(")")

    def _outer(self, node: Any) -> None:
        self._scope.outer.update(node.names)
        self._out.append(f"{node.__class__.__name__} {' '.join(node.names)}")

    def _handler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._scope.stores.add(node.name)
        self._generic(node)

    def _match_name(self, node: Any) -> None:
        name = getattr(node, "name", None) or getattr(node, "rest", None)
        if name:
            self._scope.stores.add(name)
        self._generic(node)


def _shape(kind: type[ast.AST]) -> tuple[str, tuple[tuple[str, bool], ...]]:
    bodies = ("body", "orelse", "finalbody")
    fields = ((name, name in bodies) for name in kind._fields if name not in _SKIPPED)
    return f"({kind.__name__}", tuple(fields)


def _root(node: Any) -> str:
    """Return the dotted name of a decorator, its call left out."""
    if isinstance(node, ast.Call):
        node = node.func
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        names.append(node.id)
    return ".".join(reversed(names))


_HANDLERS: dict[type, Any] = {
    ast.Name: Scan._name,
    ast.Constant: Scan._constant,
    ast.Attribute: Scan._attribute,
    ast.Call: Scan._call,
    ast.Import: Scan._import,
    ast.ImportFrom: Scan._import_from,
    ast.FunctionDef: Scan._function,
    ast.AsyncFunctionDef: Scan._function,
    ast.Lambda: Scan._lambda,
    ast.ClassDef: Scan._class,
    ast.AnnAssign: Scan._annotated,
    ast.Global: Scan._outer,
    ast.Nonlocal: Scan._outer,
    ast.ExceptHandler: Scan._handler,
    ast.MatchAs: Scan._match_name,
    ast.MatchStar: Scan._match_name,
    ast.MatchMapping: Scan._match_name,
} | dict.fromkeys(_COMPREHENSIONS, Scan._comprehension)
