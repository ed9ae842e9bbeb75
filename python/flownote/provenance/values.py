"""Plain values in a form that is equal exactly when they are: for constants and closures."""

from __future__ import annotations

from flownote.digests import digest_of_bytes, digest_of_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Past it a value is told by the code that makes it.
MOST_ITEMS = 100_000

_SCALARS = (type(None), bool, int, float, complex, str, bytes, type(...))


def plain(value: Any) -> str | None:
    """Return the digest of a plain value: scalars and containers of them, types exact.

    None when it is something else, refers to itself or is very large.
    """
    out: list[str] = []
    try:
        if not _write(value, out, depth=0):
            return None
    except (RecursionError, ValueError):  # too deep, or an integer of too many digits
        return None
    return digest_of_text("\n".join(out))


def buffer(value: Any) -> str | None:
    """Return the digest of a numerical array (NumPy's or alike), None for anything else."""
    kind = type(value)
    if not (hasattr(kind, "__array_interface__") or kind.__name__ == "ndarray"):
        return None
    try:
        dtype, shape = str(value.dtype), tuple(value.shape)
        if value.dtype.hasobject:
            return None
        return digest_of_text(f"{dtype} {shape} {digest_of_bytes(value.tobytes())}")
    except Exception:
        return None


def pickled(value: Any) -> str | None:
    """Return the digest of a value's pickle; None when it can't be pickled."""
    import pickle

    try:
        return digest_of_bytes(pickle.dumps(value, 5))
    except Exception:  # the value's own code
        return None


def _write(value: Any, out: list[str], depth: int) -> bool:
    kind = type(value)
    if kind in _SCALARS:
        out.append(f"{kind.__name__} {value!r}")
        return len(out) <= MOST_ITEMS
    if depth > 50:
        return False
    if kind in (list, tuple):
        out.append(f"{kind.__name__} {len(value)}")
        return all(_write(item, out, depth + 1) for item in value)
    if kind is dict:
        out.append(f"dict {len(value)}")
        return all(
            _write(key, out, depth + 1) and _write(item, out, depth + 1)
            for key, item in value.items()
        )
    if kind in (set, frozenset):
        parts = []
        for item in value:
            part: list[str] = []
            if not _write(item, part, depth + 1):
                return False
            parts.append("\n".join(part))
        out.append(f"{kind.__name__} {len(parts)}")
        out.extend(sorted(parts))
        return len(out) <= MOST_ITEMS
    return False
