"""The namespace: whose runs the client shows.

A namespace is a tag. Flows and runs without it are left out of listings, and naming one
raises `NamespaceMismatch`. It begins as ``user:NAME``; ``namespace(None)`` shows all.
"""

from __future__ import annotations

import os

from flownote import _native
from flownote.current import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_chosen: list[str | None] = []


def namespace(name: str | None) -> str | None:
    """Switch to a namespace; None shows everybody's runs.

    Parameters
    ----------
    name
        A tag, such as ``user:ana`` or ``production``.

    Returns
    -------
    str or None
        The namespace that holds now.
    """
    _chosen[:] = [name]
    return name


def get_namespace() -> str | None:
    """Return the namespace that holds now; None when everything is shown."""
    return _chosen[0] if _chosen else _default()


def default_namespace() -> str | None:
    """Switch to the default namespace, ``user:NAME``, and return it.

    ``FLOWNOTE_NAMESPACE`` overrides it; within a step it is that of the run.
    """
    _chosen.clear()
    return _default()


def _default() -> str | None:
    inherited = current._origin("namespace") or os.environ.get("FLOWNOTE_NAMESPACE")
    return inherited or f"user:{_native.user_name()}"


def is_within(tags: Iterable[str]) -> bool:
    """Whether what has these tags lies in the namespace."""
    chosen = get_namespace()
    return chosen is None or chosen in tags
