"""The types of the nested module ``_studio.video``: what `flownote.video` stands on.

Errors are `flownote.video.VideoError`.
"""

import os

import numpy as np
from numpy.typing import NDArray

class Film:
    """A film's file, looked at."""

    def __init__(self, path: str | os.PathLike[str]) -> None: ...
    def shape(self) -> tuple[int, int, int]:
        """Return width, height, and by how many degrees the stored pictures are turned."""

    def rate(self) -> tuple[int, int]:
        """Return frames in seconds, as a ratio."""

    def duration(self) -> float | None: ...
    def frame_count(self) -> int | None: ...
    def times(self) -> NDArray[np.float64]: ...
    def frames(
        self,
        *,
        start: float | None,
        end: float | None,
        first: int | None,
        stop: int | None,
        every: int,
        rate: float | None,
        width: int | None,
        chunk: int,
    ) -> Frames:
        """Begin to read; ``start`` and ``end`` are seconds, ``first`` and ``stop`` frames."""

class Frames:
    """Chunks of a film's frames."""

    def next(self) -> tuple[NDArray[np.uint8], NDArray[np.float64]] | None: ...
    def close(self) -> None: ...
