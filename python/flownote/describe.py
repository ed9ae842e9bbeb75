"""A flow's class → its description, as ``core/flow/src/description.rs`` defines it.

What a step *is* comes from the class as Python made it (so decorators, mixins and
wrapped functions are seen as they are); what it *says* (every ``self.next``) comes from
the source as loaded. Nothing is judged here: the description holds right and wrong
alike, and the linter in Rust says what is wrong.
"""

from __future__ import annotations

import ast
import os

from flownote import class_source
from flownote.decorators.base import decorators_of
from flownote.exceptions import DecoratorError, FlowDefinitionError
from flownote.flowspec import FlowSpec
from flownote.transitions import transitions_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["constants_of", "describe", "parameters_of"]


def describe(flow: type) -> dict[str, Any]:
    """Return the description of a flow, ready for ``json.dumps``.

    Raises
    ------
    FlowDefinitionError
        When the class has no source to read.
    DecoratorError
        When a decorator's attribute is not JSON, or stands on what is no step.
    """
    place = class_source.of_class(flow)
    if place is None:
        raise FlowDefinitionError(
            f"the source of the flow `{flow.__name__}` can't be read",
            hint="define the flow in a file, not in an interactive session",
        )
    return {
        "name": flow.__name__,
        "file": shown(place.file),
        "line": place.node.lineno,
        "doc": _clean(flow.__dict__.get("__doc__")),
        "parameters": [_parameter(flow, name, value) for name, value in parameters_of(flow)],
        "steps": _steps(flow),
        "constants": list(constants_of(flow)),
        "decorators": [],
    }


def parameters_of(flow: type) -> list[tuple[str, Any]]:
    """Return ``(attribute, Parameter)`` of a flow, in the order of their definition."""
    return [
        (name, value)
        for name, value in _members(flow).items()
        if getattr(value, "is_flownote_parameter", False)
    ]


def constants_of(flow: type) -> dict[str, Any]:
    """Return the class attributes that are plain values: neither steps nor parameters.

    Names that begin with an underscore, functions, classes, modules and descriptors are
    no constants.
    """
    from types import ModuleType

    return {
        name: getattr(value, "constant_value", value)
        for name, value in _members(flow).items()
        if not name.startswith("_")
        and (
            hasattr(value, "constant_value")
            or not (
                isinstance(value, (type, ModuleType))
                or callable(value)
                or hasattr(type(value), "__get__")
                or getattr(value, "is_flownote_parameter", False)
            )
        )
    }


def shown(file: str) -> str:
    """Return a file's path as a user would type it: relative below the current folder."""
    here = os.getcwd().rstrip(os.sep) + os.sep
    return file[len(here) :] if file.startswith(here) else file


def _members(flow: type) -> dict[str, Any]:
    """Return what the class and its bases define, a subclass's definition winning."""
    found: dict[str, Any] = {}
    for base in _bases(flow):
        for name, value in vars(base).items():
            found.pop(name, None)
            found[name] = value
    return found


def _bases(flow: type) -> list[type]:
    return [base for base in reversed(flow.__mro__) if base not in (object, FlowSpec)]


def _parameter(flow: type, attribute: str, parameter: Any) -> dict[str, Any]:
    owner = next(base for base in flow.__mro__ if attribute in vars(base))
    place = class_source.of_class(owner)
    line = class_source.line_of(place, attribute) if place else None
    return {"attribute": attribute, "line": line or 0, **parameter.describe()}


def _steps(flow: type) -> list[dict[str, Any]]:
    winners = {name: value for name, value in _members(flow).items() if _is_step(value)}
    steps = []
    for base in _bases(flow):
        place = class_source.of_class(base)
        file = place.file if place else ""
        nodes = class_source.methods_of(place) if place else []
        own = {node.name: node for node in nodes}
        for node in nodes:
            live = vars(base).get(node.name)
            if class_source.first_line(live) == class_source.first_line_of_node(node):
                own[node.name] = node
        for node in nodes:
            live = vars(base).get(node.name)
            if own[node.name] is node:
                if winners.get(node.name) is live and _is_step(live):
                    steps.append(_step(file, node, decorators_of(live)))
                elif decorators_of(live) and not _is_step(live):
                    _no_step(file, node, live)
            elif class_source.has_step_decorator(node) and _still_wins(flow, base, node.name):
                # Defined twice in one body: the class holds only the last of them.
                steps.append(_step(file, node, class_source.literal_decorators(node)))
        steps += [
            _made_step(name, value)
            for name, value in vars(base).items()
            if _is_step(value) and name not in own and winners.get(name) is value
        ]
    return steps


def _is_step(value: Any) -> bool:
    return getattr(value, "is_step", False) is True


def _still_wins(flow: type, base: type, name: str) -> bool:
    return next((owner for owner in flow.__mro__ if name in vars(owner)), None) is base


def _step(file: str, node: ast.FunctionDef, decorators: list[Any]) -> dict[str, Any]:
    arguments = [*node.args.posonlyargs, *node.args.args]
    names = [argument.arg for argument in arguments]
    if node.args.vararg:
        names.append(node.args.vararg.arg)
    names += [argument.arg for argument in node.args.kwonlyargs]
    return {
        "name": node.name,
        "file": shown(file),
        "line": node.lineno,
        "doc": _clean(ast.get_docstring(node, clean=False)),
        "arguments": names,
        "decorators": [_decorator(node.name, decorator) for decorator in decorators],
        "transitions": transitions_of(node),
    }


def _made_step(name: str, function: Any) -> dict[str, Any]:
    """Describe a step that a function call made: its source stands outside the class."""
    found = class_source.of_function(function)
    if found is None:
        raise FlowDefinitionError(
            f"the source of the step `{name}` can't be read",
            hint="define steps in a file, not with `exec`",
        )
    described = _step(found.file, found.node, decorators_of(function))
    described["name"] = name
    return described


def _decorator(step: str, decorator: Any) -> dict[str, Any]:
    import json

    described = decorator.describe()
    for key, value in described["attributes"].items():
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError):
            raise DecoratorError(
                f"step `{step}`: `@{decorator.name}({key}=…)` can't be kept as JSON",
                hint="use text, numbers, lists and dicts",
            ) from None
    return described


def _no_step(file: str, node: ast.FunctionDef, live: Any) -> None:
    raise DecoratorError(
        f"`@{decorators_of(live)[0].name}` stands on `{node.name}`, which is not a step",
        file=shown(file),
        line=node.lineno,
        hint="add `@step` below it, or take it away",
    )


def _clean(doc: str | None) -> str | None:
    if not doc:
        return None
    lines = doc.expandtabs().splitlines()
    margins = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    margin = min(margins, default=0)
    text = [lines[0].strip(), *(line[margin:].rstrip() for line in lines[1:])]
    return "\n".join(text).strip() or None
