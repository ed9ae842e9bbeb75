"""`--with retry:times=4,minutes_between_retries=1`: a decorator for every step of a run."""

from __future__ import annotations

import json

from flownote.decorators import REGISTRY
from flownote.decorators.base import ATTRIBUTE, StepDecorator, decorators_of
from flownote.exceptions import DecoratorError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def parse(text: str) -> StepDecorator:
    """Return the decorator that ``name:attribute=value,…`` means.

    A value is JSON where it reads as JSON (``3``, ``0.5``, ``true``, ``["a"]``), else
    text.

    Raises
    ------
    DecoratorError
        When the name, an attribute or a value is wrong.

    Examples
    --------
    >>> parse("retry:times=4")
    @retry(times=4)
    """
    name, _, rest = text.partition(":")
    kind = REGISTRY.get(name.strip())
    if kind is None:
        raise DecoratorError(
            f"`--with {text}`: there is no decorator `{name.strip()}`", hint=_nearest(name.strip())
        )
    attributes: dict[str, Any] = {}
    for part in _split(rest):
        key, equals, value = part.partition("=")
        if not equals:
            if kind.positional is not None and not attributes:
                key, value = kind.positional, part
            else:
                raise DecoratorError(
                    f"`--with {text}`: `{part}` is not `attribute=value`",
                    hint=f"write `--with {kind.name}:attribute=value,attribute=value`",
                )
        attributes[key.strip()] = _value(value.strip(), kind.types.get(key.strip()))
    try:
        return kind(**attributes)
    except DecoratorError as error:
        error.message = f"`--with {text}`: {error.message}"
        raise


def attach(flow: type, texts: Iterable[str]) -> None:
    """Put decorators on every step that doesn't have one of the same name already.

    Raises
    ------
    DecoratorError
        When one of ``texts`` is wrong.
    """
    from flownote.flowspec import step_names

    for decorator in [parse(text) for text in texts]:
        for name in step_names(flow):
            function = getattr(flow, name)
            present = decorators_of(function)
            if any(other.name == decorator.name for other in present):
                continue
            # A step that splits can't be caught: nobody would know where to go on.
            if decorator.name != "catch" or not _splits(function):
                setattr(function, ATTRIBUTE, [*present, decorator])


def _splits(function: Any) -> bool:
    from flownote.class_source import of_function
    from flownote.transitions import transitions_of

    place = of_function(function)
    transitions = transitions_of(place.node) if place else []
    return any(one["has_foreach"] or len(one["targets"]) > 1 for one in transitions)


def _split(text: str) -> list[str]:
    """Split at commas that stand outside brackets and quotes."""
    parts, depth, quote, current = [], 0, "", ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "[{(":
            depth += 1
        elif character in "]})":
            depth -= 1
        if character == "," and depth == 0 and not quote:
            parts.append(current)
            current = ""
        else:
            current += character
    return [part for part in [*parts, current] if part.strip()]


def _value(text: str, types: tuple[type, ...] | None) -> Any:
    if types and str in types and not text.startswith('"'):
        return text
    if text in ("True", "False", "None"):
        return {"True": True, "False": False, "None": None}[text]
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    if types and list in types and isinstance(value, str):
        return [value]
    return value


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, REGISTRY, n=1)
    known = ", ".join(f"`{known}`" for known in REGISTRY)
    return f"did you mean `{close[0]}`? There are {known}" if close else f"there are {known}"
