"""Frames as the native module takes them."""

from __future__ import annotations

from typing import Any

from flownote.models.base import ModelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

__all__ = ["frames_of"]

_HINT = "give an array of numpy.uint8 of shape (n, height, width, 3): red, green and blue"


def frames_of(frames: ArrayLike | Any) -> np.ndarray:
    """Return frames as one contiguous array, without a copy where they are one.

    Parameters
    ----------
    frames : (n, height, width, 3) or (height, width, 3)
        Bytes of red, green and blue; a frame alone is one of one.

    Raises
    ------
    ModelError
        They are something else.
    """
    import numpy as np

    try:
        array = np.asarray(frames)
    except ValueError as error:
        raise ModelError(f"`frames` aren't one array: {error}", hint=_HINT) from None
    if array.ndim == 3:
        array = array[np.newaxis]
    if array.ndim != 4 or array.shape[3] != 3:
        shape = ", ".join(str(length) for length in array.shape)
        raise ModelError(f"`frames` have the shape ({shape})", hint=_HINT)
    if array.dtype != np.uint8:
        raise ModelError(f"`frames` are of {array.dtype}, not of uint8", hint=_HINT)
    return np.ascontiguousarray(array)
