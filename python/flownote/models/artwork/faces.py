"""Faces: where they are, how large in the frame, and which are likely of one person."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from flownote.models.arguments import number
from flownote.models.artwork.frames import frames_of
from flownote.models.base import ModelError, native
from flownote.models.progress import shown

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
    """How sure the detector is: 5 and more, without an upper end; of a network up to 1."""
    frontality: float
    """How much the left half is the right half mirrored, from −1 to 1: near 1 for who looks at
    the camera in even light. A proxy of pose."""
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
    landmarks: tuple[tuple[float, float], ...] | None = None
    """The right eye, the left eye, the tip of the nose, the right and the left corner of the
    mouth, (x, y) in pixels, of a network: the person's right and left."""


def detect_faces(
    frames: ArrayLike | Any,
    *,
    network: str | os.PathLike[str] | None = None,
    threshold: float = 0.9,
    overlap: float = 0.3,
    show_progress: bool | None = None,
) -> list[list[Face]]:
    """Find faces in frames: frontal ones of 40 pixels and more, by SeetaFace [1]_.

    Or by a YuNet [3]_, which finds smaller and turned ones, too, and their landmarks: the file of
    a network is given by ``network``, and the package ``onnxruntime`` computes it.

    Frames whose longest side is above 800 are searched at a half, a third and so on of their
    size: there the smallest face is as many times larger.

    Parameters
    ----------
    frames : (n, height, width, 3) of uint8
        Red, green and blue.
    network : path, optional
        An ONNX file of YuNet's form, such as ``face_detection_yunet_2023mar.onnx`` of OpenCV's
        model zoo. Frames that are larger than it takes, or than 1280 pixels where it takes any,
        are then searched at a half, a third and so on.
    threshold : float
        With a network: what is less sure, from 0 to 1, is no face.
    overlap : float
        With a network: of boxes that share more of their area, the surest is kept.
    show_progress : bool, optional
        Show a bar where this lasts longer than a second; by default in terminals and
        notebooks only.

    Returns
    -------
    list of list of Face
        The faces of each frame, the surest first. The sizes of shots are after [2]_.

    Raises
    ------
    ModelError
        They aren't frames, or the network can't be computed.

    References
    ----------
    .. [1] Wu, Kan, He, Shan, Chen (2017). Funnel-structured cascade for multi-view face detection
       with alignment-awareness. Neurocomputing 221.
    .. [2] Cherif, Solachidis, Pitas (2007). Shot type identification of movie content. ISSPA.
    .. [3] Wu, Peng, Yu (2023). YuNet: A Tiny Millisecond-level Face Detector. Machine
       Intelligence Research 20.
    """
    given = None if network is None else _network(network, threshold, overlap)
    pixels = frames_of(frames)
    with shown(show_progress, "faces", unit=" frames") as progress:
        found = native().detect_faces(pixels, given, progress)
    return [
        [
            Face(
                Box(*box),
                score,
                frontality,
                size,
                NotAvailable(why),
                hash_,
                histogram,
                None if points is None else tuple((x, y) for x, y in points),
            )
            for box, score, frontality, size, points, hash_, histogram, why in faces
        ]
        for faces in found
    ]


def _network(path: str | os.PathLike[str], threshold: float, overlap: float) -> Any:
    """Return what finds faces by the network of a file."""
    path = Path(path)
    try:
        written = path.stat().st_mtime_ns
    except OSError as error:
        raise ModelError(
            f"`network` can't be read: {error.strerror}: {path}",
            hint="give the path of a YuNet model, such as face_detection_yunet_2023mar.onnx of "
            "OpenCV's model zoo",
        ) from None
    given = number("threshold", threshold), number("overlap", overlap)
    return _loaded(path, written, *given)


@lru_cache(maxsize=2)
def _loaded(path: Path, written: int, threshold: float, overlap: float) -> Any:
    """Return the network that a file held at a time: films come in chunks."""
    return native().FaceNetwork(_runtime(), path.read_bytes(), threshold, overlap)


def _runtime() -> str:
    """Return the path of ONNX Runtime's library, which its package brings."""
    spec = find_spec("onnxruntime")
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        for name in ("libonnxruntime.so*", "libonnxruntime*.dylib", "onnxruntime.dll"):
            if found := sorted(Path(folder, "capi").glob(name)):
                return str(found[-1])
    raise ModelError(
        "a network is computed by the package `onnxruntime`, which is not installed",
        hint="install it for this Python: pip install onnxruntime",
    )


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
    return native().cluster_faces(hashes, histograms, number("apart", apart))
