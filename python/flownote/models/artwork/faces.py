"""Faces: where they are, how large in the frame, and which are likely of one person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flownote.models.artwork.frames import frames_of
from flownote.models.base import ModelError, native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import ArrayLike

__all__ = ["Box", "Face", "NotAvailable", "cluster_faces", "detect_faces"]


class Box(NamedTuple):
    """A part of a frame in pixels."""

    x: int
    """The column of its left edge."""
    y: int
    """The row of its upper edge."""
    width: int
    """How many columns it has."""
    height: int
    """How many rows it has."""


@dataclass(frozen=True)
class NotAvailable:
    """What isn't known, and why. It is false."""

    why: str

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True)
class Face:
    """A face in a frame."""

    box: Box
    """Where it is."""
    score: float
    """How sure the detector is: 5 and more, without an upper end."""
    frontality: float
    """How much the left half is the right half mirrored, from −1 to 1: near 1 for who looks at
    the camera in even light. A proxy of pose: the detector tells no landmarks."""
    shot_size: str
    """How much of the person the camera shows, by the share of the frame's height that the face
    has: ``extreme close-up`` (60 %), ``close-up`` (30 %), ``medium close-up`` (16 %), ``medium``
    (10 %), ``medium wide`` (6 %) or ``wide``."""
    expression: NotAvailable
    """What the face expresses: it takes a network, and no weights come with this."""
    hash: int = field(repr=False)
    """The perceptual hash of the box."""
    histogram: np.ndarray = field(repr=False, compare=False)
    """Which share of the box's pixels have each colour (64,)."""


def detect_faces(frames: ArrayLike | Any) -> list[list[Face]]:
    """Find faces in frames: frontal ones of 40 pixels and more, by SeetaFace [1]_.

    Frames whose longest side is above 800 are searched at a half, a third and so on of their
    size: there the smallest face is as many times larger.

    Parameters
    ----------
    frames : (n, height, width, 3) of uint8
        Red, green and blue.

    Returns
    -------
    list of list of Face
        The faces of each frame, the surest first. The sizes of shots are after [2]_.

    Raises
    ------
    ModelError
        They aren't frames.

    References
    ----------
    .. [1] Wu, Kan, He, Shan, Chen (2017). Funnel-structured cascade for multi-view face detection
       with alignment-awareness. Neurocomputing 221.
    .. [2] Cherif, Solachidis, Pitas (2007). Shot type identification of movie content. ISSPA.
    """
    return [
        [
            Face(Box(*box), score, frontality, size, NotAvailable(why), hash_, histogram)
            for box, score, frontality, size, hash_, histogram, why in faces
        ]
        for faces in native().detect_faces(frames_of(frames))
    ]


def cluster_faces(faces: Iterable[Face], *, apart: float = 0.4) -> np.ndarray:
    """Group faces that look alike: likely of one actor in one scene.

    A proxy: light and colours of the boxes are compared, nothing is known of faces. The same
    actor in other light is another group.

    Parameters
    ----------
    faces : (n,)
        Of any frames; at most 5,000.
    apart : float
        The mean distance (0 to 1) from which two groups stay two.

    Returns
    -------
    (n,) of int
        The group of each, numbered from 0 by their first faces.

    Raises
    ------
    ModelError
        There are more, or they are no faces.
    """
    import numpy as np

    faces = list(faces)
    if not all(isinstance(face, Face) for face in faces):
        raise ModelError("`faces` aren't all faces", hint="give what `detect_faces` returned")
    hashes = np.array([face.hash for face in faces], dtype=np.uint64)
    histograms = np.array([face.histogram for face in faces], np.float32).reshape(len(faces), 64)
    return native().cluster_faces(hashes, histograms, float(apart))
