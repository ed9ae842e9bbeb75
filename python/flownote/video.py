"""Films, frame by frame.

::

    from flownote.video import Video

    video = Video("film.mp4")
    for frames, times in video.frames(start=60, end=120, every=5, width=320):
        ...  # frames: uint8 of shape (n, height, width, 3); times: seconds

``ffmpeg`` decodes in a process of its own, which waits for its reader: however long the film
and however slow the loop, two chunks are in memory. Leaving the loop ends it. Frames come with
the times that the film gives them, and the same frames come wherever reading begins, so a film
can be shared out among tasks by the numbers of its frames.
"""

from __future__ import annotations

import os
from fractions import Fraction
from typing import NamedTuple

from flownote.exceptions import FlownoteException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType, TracebackType
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Chunk", "DamagedVideo", "Frames", "Video", "VideoError"]


class VideoError(FlownoteException, ValueError):
    """A film can't be read: it says what, where, and what to do now."""

    headline = "A film can't be read"


class DamagedVideo(VideoError):  # noqa: N818 - as `DamagedArtifact`
    """A film can't be read any further; the frames before were given.

    Attributes
    ----------
    second
        After which second it is damaged; None when no frame came before.
    """

    second: float | None

    def __init__(self, message: str = "", *, second: float | None = None, **options: Any) -> None:
        super().__init__(message, **options)
        self.second = second


class Chunk(NamedTuple):
    """Frames one after the other."""

    frames: NDArray[np.uint8]
    """Red, green and blue: (n, height, width, 3)."""
    times: NDArray[np.float64]
    """When each is shown, in seconds after the film's first frame."""


class Video:
    """A film's file.

    Parameters
    ----------
    path
        Where it is: anything that ffmpeg reads, if it is a file on this machine.

    Attributes
    ----------
    path : str
        Where it is.
    width, height : int
        Its size as it is shown, in square pixels: turned and stretched as the film says.
    rate : Fraction
        Frames in a second, on average; 30000/1001 is exactly that.
    duration : float or None
        Seconds, when the film says so.
    frame_count : int or None
        How many frames there are, when the film says so; ``len(video.times())`` counts them.
    rotation : int
        By how many degrees (0, 90, 180, 270) the stored pictures are turned against the clock
        to be shown. Frames come turned.

    Raises
    ------
    VideoError
        There is no such file, it isn't a video, or ffmpeg isn't installed.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self._film = _native().Film(self.path)
        self.width, self.height, self.rotation = self._film.shape()
        self.rate = Fraction(*self._film.rate())
        self.duration = self._film.duration()
        self.frame_count = self._film.frame_count()

    def times(self) -> NDArray[np.float64]:
        """Return when each frame is shown, in seconds after the first.

        Found once; in most films without decoding them.
        """
        return self._film.times()

    def frames(
        self,
        start: float | None = None,
        end: float | None = None,
        *,
        first: int | None = None,
        stop: int | None = None,
        every: int = 1,
        rate: float | None = None,
        width: int | None = None,
        chunk: int = 32,
    ) -> Frames:
        """Return an iterator over chunks of frames.

        Parameters
        ----------
        start, end
            Seconds after the film's first frame: frames at ``start`` or later, before ``end``.
        first, stop
            The same in frames, as of a slice; instead of seconds.
        every
            Of the frames each so many'th, beginning with the first of them.
        rate
            Frames for each second of the film instead: of each second's so many parts the
            first frame. Frames are never repeated.
        width
            Pixels from left to right that frames are scaled to; the height follows.
        chunk
            How many frames a chunk has; the last may have fewer.

        Raises
        ------
        VideoError
            A value that makes no sense.
        DamagedVideo
            Raised while iterating, behind the last frame that can be read.
        """
        for seconds, frames, names in ((start, first, "start first"), (end, stop, "end stop")):
            if seconds is not None and frames is not None:
                by_seconds, by_frames = names.split()
                raise VideoError(
                    f"`{by_seconds}` and `{by_frames}` both say where",
                    hint=f"give `{by_seconds}` in seconds or `{by_frames}` in frames",
                )
        if rate is not None and every != 1:
            raise VideoError("`every` and `rate` both say which frames", hint="give one of the two")
        for name, value in (("first", first), ("stop", stop), ("every", every), ("width", width)):
            if value is not None and value < 0:
                raise VideoError(f"`{name}` is {value}", hint="give zero or more")
        if chunk < 1:
            raise VideoError(f"`chunk` is {chunk}", hint="give one frame or more")
        reading = self._film.frames(
            start=start,
            end=end,
            first=first,
            stop=stop,
            every=every,
            rate=rate,
            width=width,
            chunk=chunk,
        )
        return Frames(reading)

    def __reduce__(self) -> tuple[type[Video], tuple[str]]:
        return Video, (self.path,)

    def __repr__(self) -> str:
        lasts = "" if self.duration is None else f", {self.duration:.2f} s"
        rate = f"{float(self.rate):.6g} frames/s"
        return f"<Video({self.path!r}): {self.width} × {self.height}, {rate}{lasts}>"


class Frames:
    """Chunks of a film's frames, one after the other; ``close`` ends it early.

    ffmpeg ends with the last chunk, with ``close``, at the end of a ``with`` block, and when
    nobody holds the iterator any more.
    """

    def __init__(self, reading: Any) -> None:
        self._reading = reading

    def __iter__(self) -> Frames:
        return self

    def __next__(self) -> Chunk:
        found = self._reading.next()
        if found is None:
            raise StopIteration
        return Chunk(*found)

    def close(self) -> None:
        """End the reading, and ffmpeg with it."""
        self._reading.close()

    def __enter__(self) -> Frames:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _native() -> ModuleType:
    """Return the native module that reads films."""
    try:
        from flownote_studio import _studio
    except ModuleNotFoundError as error:
        if error.name != "flownote_studio":
            raise
        raise FlownoteException(
            "films are read by the package `flownote-studio`, which is not installed",
            hint="install it beside flownote: pip install flownote-studio",
        ) from None
    return _studio.video
