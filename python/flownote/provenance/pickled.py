"""Objects that a step reads bring code with them: the methods of their classes.

A pickle holds a class's name and not its code, so that the same stored object may behave
otherwise once its class was edited. The project's classes among the values that a task
read are therefore recorded beside its own code, as things of the world (``class``).
"""

from __future__ import annotations

import sys

from flownote import sources
from flownote.digests import digest_of_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from flownote.reads import Reads

# Containers are looked through this far, objects' attributes as well.
_MOST_ITEMS = 1_000
_DEPTH = 4

_digests: dict[type, str] = {}


def note_classes(reads: Reads, values: dict[str, Any]) -> None:
    """Note the classes behind the pickled artifacts that were read.

    Parameters
    ----------
    reads
        The task's reads; its externals are added to.
    values
        The flow's attributes by name, as far as they are loaded.
    """
    for name, identity in list(reads.artifacts.items()):
        if identity is None or not identity.startswith("pickle:"):
            continue
        classes = set(_classes(values[name], _DEPTH)) if name in values else set()
        named = _named(identity.split(":")[1])
        for kind in classes | ({named} if named else set()):
            reads.external("class", f"{kind.__module__}:{kind.__qualname__}", digest_of(kind))


def digest_of(kind: type) -> str:
    """Return the digest of a class of the project and of everything that it reaches."""
    if kind not in _digests:
        from flownote.provenance import root_of
        from flownote.provenance.modules import Modules
        from flownote.provenance.reach import Reach

        reach = Reach(Modules(), root_of(kind))
        reach.class_(kind)
        named = sorted({(called, digest) for called, digest, _ in reach.parts.values()})
        _digests[kind] = digest_of_text("\n".join(f"{name} {digest}" for name, digest in named))
    return _digests[kind]


def digests_behind(value: Any) -> set[str]:
    """Return the digests of the project's classes that an object brings with it."""
    return {digest_of(kind) for kind in _classes(value, _DEPTH)}


def _classes(value: Any, depth: int) -> Iterator[type]:
    kind = type(value)
    if _is_project(kind):
        yield kind
    if depth == 0:
        return
    inside: list[Any] = []
    if kind in (list, tuple, set, frozenset):
        inside = list(value)[:_MOST_ITEMS]
    elif kind is dict:
        inside = [*value.keys(), *value.values()][:_MOST_ITEMS]
    elif type(getattr(value, "__dict__", None)) is dict:
        inside = list(value.__dict__.values())[:_MOST_ITEMS]
    for item in inside:
        yield from _classes(item, depth - 1)


def _named(name: str) -> type | None:
    """Return the project's class of a dotted name."""
    module, _, rest = name.rpartition(".")
    while module:
        found: Any = sys.modules.get(module)
        if found is not None:
            for part in rest.split("."):
                found = getattr(found, part, None)
            return found if isinstance(found, type) and _is_project(found) else None
        module, _, last = module.rpartition(".")
        rest = f"{last}.{rest}"
    return None


def _is_project(kind: type) -> bool:
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    return sources.is_project_file(file)
