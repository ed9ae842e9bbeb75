"""Shots: where one ends and the next begins, and what moves in each."""

from __future__ import annotations

from typing import Any, NamedTuple

from flownote.models.arguments import count, number
from flownote.models.artwork.frames import frames_of
from flownote.models.base import native
from flownote.models.progress import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Shot", "ShotDetector", "detect_shots"]


class Shot(NamedTuple):
    """Frames that were filmed in one."""

    start: int
    """The first frame; of a fade or dissolve, that in its middle."""
    end: int
    """The first frame behind it."""
    transition: str
    """How it begins: ``start`` (the film does), ``cut``, ``fade`` or ``dissolve``."""
    camera_motion: float
    """How far the picture moves as a whole from frame to frame on average, in its sides."""
    camera_angle: float
    """Where to it moves in degrees: 0 to the right, 90 down. The camera goes the other way."""
    subject_motion: float
    """The mean difference from frame to frame (light, 0 to 1) that this doesn't explain."""

    def __len__(self) -> int:
        return self.end - self.start


class ShotDetector:
    """Finds the shots of a film that comes in chunks.

    Cuts are told by ``method``; fades to, from and through black and dissolves are always looked
    for. The motion of the camera is the peak of the phase correlation of small pictures [1]_.

    Parameters
    ----------
    method : str
        What is compared from frame to frame; as PySceneDetect 0.7 has it [2]_:

        ``content``
            The mean difference of hue, saturation and value; at least 24 (of 255) is a cut. The
            hue and saturation of dark pixels and the hue of grey ones count less than there.
        ``adaptive``
            At least 15, and 3 times that of the two frames on each side: for moving cameras.
        ``histogram``
            One less the correlation of the histograms of light: above 0.2 is a cut.
        ``hash``
            Perceptual hashes (8 × 8): at least 0.35 of the bits differ.
    threshold : float, optional
        In place of 24, 3, 0.2 or 0.35.
    shortest : int
        Shots of fewer frames are part of the one before them.

    References
    ----------
    .. [1] Kuglin, Hines (1975). The phase correlation image alignment method. IEEE Conference on
       Cybernetics and Society.
    .. [2] https://www.scenedetect.com/docs/latest/api/detectors.html

    Examples
    --------
    >>> detector = ShotDetector("adaptive")
    >>> for chunk in chunks:
    ...     for shot in detector.update(chunk):
    ...         print(shot.start, shot.end, shot.transition)
    >>> shots = detector.finish()
    """

    def __init__(
        self, method: str = "content", *, threshold: float | None = None, shortest: int = 8
    ) -> None:
        self.method = method
        self.threshold = threshold
        self.shortest = shortest
        self._native = native().ShotDetector(
            str(method),
            None if threshold is None else number("threshold", threshold),
            count("shortest", shortest),
        )

    def update(self, frames: ArrayLike | Any, *, show_progress: bool | None = None) -> list[Shot]:
        """Take in the next frames.

        Parameters
        ----------
        frames : (n, height, width, 3) of uint8
            Red, green and blue.
        show_progress : bool, optional
            Show a bar where this lasts longer than a second; by default in terminals and
            notebooks only.

        Returns
        -------
        list of Shot
            The shots that are over, in order. One is told about 64 frames behind its end:
            until then a fade or dissolve may turn out to have begun in it.

        Raises
        ------
        ModelError
            They aren't frames, or another thread uses the detector.
        """
        pixels = frames_of(frames)
        with shown(show_progress, "shots", unit=" frames") as progress:
            return [Shot(*told) for told in self._native.update(pixels, progress)]

    def finish(self) -> list[Shot]:
        """Return the shots that are left. The film is over: the detector is as new."""
        return [Shot(*told) for told in self._native.finish()]

    def __repr__(self) -> str:
        given = f", threshold={self.threshold!r}" if self.threshold is not None else ""
        return f"ShotDetector({self.method!r}{given}, shortest={self.shortest})"


def detect_shots(
    frames: ArrayLike | Any,
    method: str = "content",
    *,
    threshold: float | None = None,
    shortest: int = 8,
    show_progress: bool | None = None,
) -> list[Shot]:
    """Return the shots of a film that is one array; see `ShotDetector` for one that isn't.

    Each frame is of one shot, and they are in order.

    Parameters
    ----------
    frames : (n, height, width, 3) of uint8
        All frames of the film.
    method, threshold, shortest
        As of `ShotDetector`.
    show_progress : bool, optional
        Show a bar where this lasts longer than a second; by default in terminals and
        notebooks only.

    Raises
    ------
    ModelError
        They aren't frames, or there is no such method.
    """
    detector = ShotDetector(method, threshold=threshold, shortest=shortest)
    return detector.update(frames, show_progress=show_progress) + detector.finish()
