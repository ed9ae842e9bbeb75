"""Calls whose meaning a walk over source must know: ``getattr``, ``exec``, imports by name,
``self.next``, ``super()``.
"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Calls that can reach anything in the module they stand in.
_REACHES_ALL = frozenset(("exec", "eval", "globals"))
_BY_NAME = frozenset(("getattr", "setattr", "delattr"))
_IMPORTS = frozenset(("__import__", "importlib.import_module", "import_module"))


class Calls:
    """The part of a `Scan` that reads calls."""

    _self: str | None
    _out: list[str]
    attributes: set[str]
    own: set[str]
    above: set[str]
    imports: dict[str, list[Any]]
    blind: list[Any] | None

    def _visit(self, node: Any) -> None:
        raise NotImplementedError

    def _generic(self, node: Any) -> None:
        raise NotImplementedError

    def _load(self, dotted: str) -> None:
        raise NotImplementedError

    def _attribute_of_call(self, call: ast.Call, name: str) -> None:
        """``super().x`` and ``type(self).x`` ask for the flow's own."""
        function = call.func.id  # type: ignore[attr-defined]
        if function == "super":
            self.above.add(name)
        elif function == "type" and len(call.args) == 1:
            argument = call.args[0]
            if argument.__class__ is ast.Name and argument.id == self._self:  # type: ignore[attr-defined]
                self.own.add(name)

    def _call(self, node: ast.Call) -> None:
        function = node.func
        if function.__class__ is ast.Name:
            self._call_by_name(node, function.id)  # type: ignore[attr-defined]
        elif function.__class__ is ast.Attribute and isinstance(function.value, ast.Name):  # type: ignore[attr-defined]
            dotted = f"{function.value.id}.{function.attr}"  # type: ignore[attr-defined]
            if dotted in _IMPORTS:
                self._import_by_name(node)
            elif function.value.id == self._self and function.attr == "next":  # type: ignore[attr-defined]
                self._next(node)
                return
        self._generic(node)

    def _next(self, node: ast.Call) -> None:
        """``self.next(self.b)`` names the step b; it doesn't reach its code."""
        self._out.append("(next")
        for argument in node.args:
            if isinstance(argument, ast.Attribute) and isinstance(argument.value, ast.Name):
                self._out.append(argument.attr)
            else:
                self._visit(argument)
        for keyword in node.keywords:
            self._visit(keyword)
        self._out.append(")")

    def _call_by_name(self, node: ast.Call, name: str) -> None:
        if name in _REACHES_ALL:
            self._cannot_see(name, node)
        elif name in _IMPORTS:
            self._import_by_name(node)
        elif name in _BY_NAME and len(node.args) >= 2:
            owner, asked = node.args[0], node.args[1]
            if asked.__class__ is ast.Constant:
                if owner.__class__ is ast.Name and isinstance(asked.value, str):  # type: ignore[attr-defined]
                    self.attributes.add(asked.value)  # type: ignore[attr-defined]
                    self._load(f"{owner.id}.{asked.value}")  # type: ignore[attr-defined]
            elif name == "getattr":
                self._cannot_see("getattr", node)

    def _import_by_name(self, node: ast.Call) -> None:
        first = node.args[0] if node.args else None
        if first.__class__ is ast.Constant and isinstance(first.value, str):  # type: ignore[union-attr]
            name = first.value  # type: ignore[union-attr]
            # Who holds the module can't be seen: all of it is taken.
            key = f"import {name.replace('.', '/')}"
            self.imports[key] = [name, 0, None]
            self._load(key)
        else:
            self._cannot_see("an import of a computed name", node)

    def _cannot_see(self, what: str, node: Any) -> None:
        if self.blind is None:
            self.blind = [what, node.lineno]
