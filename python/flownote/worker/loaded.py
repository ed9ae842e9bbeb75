"""Which loaded values did the step change? (engine rule 5)

Immutable values can't be. Arrays over a private map are unchanged while the kernel holds
no page of the map that is this process's own. Everything else is encoded again and
compared with the encoding it was loaded from.
"""

from __future__ import annotations

import mmap

from flownote import codecs
from flownote._native import buffer_address
from flownote.worker.staging import digest_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Codecs whose loaded values are nothing but views of the map.
_VIEWS = frozenset(("npy", "csr", "csc"))


class Loaded:
    """A value that was loaded, and what tells whether it is still the same.

    Parameters
    ----------
    value
        The value.
    record
        What it was loaded from.
    data
        The buffer that it was decoded from.
    """

    __slots__ = ("_baseline", "_form", "_map", "record", "value")

    def __init__(self, value: Any, record: dict[str, Any], data: Any) -> None:
        self.value = value
        self.record = record
        self._map: mmap.mmap | None = None
        self._baseline: str | None = None
        if codecs.is_immutable(value):
            return
        if record["codec"] in _VIEWS and isinstance(data, mmap.mmap):
            self._map = data
            self._form = codecs.form(value)
        elif codecs.is_canonical(record):
            self._baseline = record["digest"]
        else:
            self._baseline = digest_of(codecs.encode(value))

    def is_changed(self, pages: PrivatePages) -> bool:
        """Whether the value was changed in place."""
        if self._map is not None:
            return codecs.form(self.value) != self._form or pages.touched(self._map)
        if self._baseline is None:
            return False
        try:
            encoded = codecs.encode(self.value)
            return encoded.codec != self.record["codec"] or digest_of(encoded) != self._baseline
        except Exception:  # it can't be stored any more: writing it will say why
            return True


class PrivatePages:
    """The kernel's account of this process's own pages, read once and only when asked."""

    def __init__(self) -> None:
        self._maps: list[tuple[int, int, int]] | None = None

    def touched(self, mapped: mmap.mmap) -> bool:
        """Whether any page of a private map was written to."""
        if self._maps is None:
            self._maps = _private_kilobytes()
        start = buffer_address(mapped)
        end = start + len(mapped)
        return any(own for low, high, own in self._maps if low < end and start < high)


def _private_kilobytes() -> list[tuple[int, int, int]]:
    """Return (start, end, kB of own pages) of every map, from ``/proc/self/smaps``."""
    maps: list[tuple[int, int, int]] = []
    low = high = 0
    with open("/proc/self/smaps", "rb") as file:
        for line in file:
            if line.startswith((b"Anonymous:", b"Swap:")):
                maps.append((low, high, int(line.split()[1])))
            elif b"-" in line[:17] and not line[:1].isupper():
                low, high = (int(part, 16) for part in line.split(b" ", 1)[0].split(b"-"))
    return maps
