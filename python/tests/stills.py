"""The stills that scikit-image's wheel holds, as frames."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import skimage
from skimage.io import imread


@cache
def still(name: str) -> np.ndarray:
    """Read a still as red, green and blue (height, width, 3); it isn't to be written to."""
    image = imread(Path(skimage.__file__).parent / "data" / f"{name}.png")
    if image.ndim == 2:
        image = np.repeat(image[:, :, np.newaxis], 3, axis=2)
    image = np.ascontiguousarray(image[:, :, :3])
    image.flags.writeable = False
    return image
