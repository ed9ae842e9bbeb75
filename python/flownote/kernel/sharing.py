"""Objects that several names hold: a stored value has its own copy of what it holds.

Names of one object are one object again when they are read (`flownote.kernel.names`). Not so
a list in a dict and the name of that list: ``a = [1]; d = {"x": a}`` would be two lists
after a restore, and a change of one would leave the other as it was. A cell that leaves such
values is made again instead.
"""

from __future__ import annotations

from flownote.kernel.snapshots import is_constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

# Items of a container that are looked at, and how deep.
_LOOKED_AT = 50
_DEPTH = 3


def shared(defined: Iterable[str], values: dict[str, Any], is_own: Any) -> str | None:
    """Return why what a cell defined can't be taken apart; None when it can.

    Parameters
    ----------
    defined
        The names that it bound or changed.
    values
        All names.
    is_own
        Whether a name isn't the user's.
    """
    holders = {name: list(_held(values[name])) for name in defined}
    holders = {name: held for name, held in holders.items() if held}
    if not holders:
        return None
    named: dict[int, str] = {}
    for name, value in values.items():
        if not is_own(name) and not is_constant(value):
            named.setdefault(id(value), name)
    for name, held in holders.items():
        for item in held:
            other = named.get(id(item))
            if other is not None and item is not values[name]:
                return f"`{name}` holds `{other}`, and would hold another one when it is read"
    return _in_two(holders, values, is_own)


def _in_two(holders: dict[str, list[Any]], values: dict[str, Any], is_own: Any) -> str | None:
    """Return why containers can't be taken apart that hold the same object."""
    seen: dict[int, tuple[str, Any]] = {}
    for name, value in values.items():
        if is_own(name):
            continue
        for item in holders[name] if name in holders else _held(value):
            other, container = seen.setdefault(id(item), (name, value))
            if container is not value and (name in holders or other in holders):
                return f"`{other}` and `{name}` hold one object, and would hold two"
    return None


def _held(value: Any, depth: int = _DEPTH) -> Iterator[Any]:
    """Iterate over what a value holds that can be changed in place."""
    kind = type(value)
    if kind is dict:
        items: Iterable[Any] = value.values()
    elif kind in (list, tuple):
        items = value
    elif kind.__module__ == "__main__":
        items = getattr(value, "__dict__", {}).values()
    else:
        return
    for count, item in enumerate(items):
        if count == _LOOKED_AT or depth == 0:
            return
        if is_constant(item) or isinstance(item, type) or callable(item):
            continue
        if type(item) is not tuple:
            yield item
        yield from _held(item, depth - 1)
