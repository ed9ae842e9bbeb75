"""What a codec gives and takes, and the small helpers that all of them share."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

PREVIEW = 120

# Says in a record that its bytes, though in a codec that every language knows, give
# the value to Python only.
PYTHON_ONLY = {"readers": "python"}

# Encodings are written in pieces of this size.
PIECE = 4 << 20

# Sections of an encoding start at multiples of this, so that mapped arrays are aligned.
ALIGNMENT = 64


class Encoded:
    """A value's encoding, ready to be written.

    Parameters
    ----------
    codec
        The name under which the codec is registered.
    chunks
        The encoding as C-contiguous buffers, in order: large arrays give views of their
        own memory, so nothing is copied. Or a function that writes it: it is called with
        one that takes bytes.
    meta
        What decoding needs beyond the bytes, and what a listing may show.
    preview
        A short text for people.
    """

    __slots__ = ("chunks", "codec", "meta", "preview")

    def __init__(
        self,
        codec: str,
        chunks: Iterable[Any] | Callable[[Callable[[Any], object]], None],
        meta: dict[str, Any] | None = None,
        preview: str | None = None,
    ) -> None:
        self.codec = codec
        self.chunks = chunks
        self.meta = meta
        self.preview = preview

    def write(self, write: Callable[[Any], object]) -> None:
        """Write the encoding in pieces: each is then hashed and stored while in the cache."""
        if callable(self.chunks):
            self.chunks(lambda data: _write_pieces(write, data))
            return
        for chunk in self.chunks:
            _write_pieces(write, chunk)


def _write_pieces(write: Callable[[Any], object], data: Any) -> None:
    if type(data) is bytes and len(data) <= PIECE:
        write(data)
        return
    view = memoryview(data)
    if view.format != "B" or view.ndim != 1:
        view = view.cast("B") if view.nbytes else memoryview(b"")
    for start in range(0, max(view.nbytes, 1), PIECE):
        write(view[start : start + PIECE])


def clip(text: str) -> str:
    """Return ``text`` as a preview: one line of at most 120 characters, safe to print."""
    if len(text) > PREVIEW:
        text = text[: PREVIEW - 1] + "…"
    if not text.isprintable():
        text = "".join(char if char.isprintable() else _escape(char) for char in text)
        if len(text) > PREVIEW:
            text = text[: PREVIEW - 1] + "…"
    return text


def _escape(char: str) -> str:
    return ascii(char)[1:-1]


def with_article(kind: str) -> str:
    """Return a type's name with `a` or `an` before it."""
    return f"{'an' if kind[:1].lower() in ('a', 'e', 'i', 'o') else 'a'} {kind}"


def type_name(kind: type) -> str:
    """Return a type's name as its users write it: ``int``, ``pandas.DataFrame``."""
    name, module = kind.__qualname__, kind.__module__
    if module == "builtins":
        return name
    root = module.partition(".")[0]
    if root != module and getattr(sys.modules.get(root), name, None) is kind:
        return f"{root}.{name}"
    public = module.partition("._")[0]
    if public != module and getattr(sys.modules.get(public), name, None) is kind:
        return f"{public}.{name}"
    return f"{module}.{name}"


def padding(length: int) -> int:
    """Return how many bytes bring ``length`` to the next section."""
    return -length % ALIGNMENT


class Sections:
    """Buffers laid one after the other, each at a multiple of `ALIGNMENT`.

    ``places`` tells where each begins and how long it is: ``[[0, 12], [64, 800]]``.
    """

    def __init__(self) -> None:
        self.chunks: list[Any] = []
        self.places: list[list[int]] = []
        self._length = 0

    def add(self, *parts: Any) -> None:
        """Append C-contiguous buffers as one section."""
        fill = padding(self._length)
        if fill:
            self.chunks.append(bytes(fill))
        size = sum(memoryview(part).nbytes for part in parts)
        self.places.append([self._length + fill, size])
        self.chunks += parts
        self._length += fill + size


def sections(data: Any, places: list[list[int]]) -> list[memoryview]:
    """Return the sections of ``data`` as views of it."""
    view = memoryview(data)
    return [view[start : start + length] for start, length in places]
