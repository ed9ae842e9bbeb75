"""Writes `opencv.json`: what OpenCV says of scikit-image's stills, which its wheel holds.

python -m venv cv && cv/bin/pip install opencv-python-headless==5.0.0.93 scikit-image==0.26.0
cv/bin/python core/models/tests/golden/make_opencv.py
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import skimage

STILLS = ["astronaut", "brick", "camera", "chelsea", "clock_motion", "coffee", "coins", "color"]
STILLS += ["ihc", "moon", "motorcycle_left", "page", "text"]


def still(name: str) -> np.ndarray:
    """Returns a still as blue, green and red, as OpenCV has it."""
    path = Path(skimage.__file__).parent / "data" / f"{name}.png"
    return cv2.imread(str(path), cv2.IMREAD_COLOR)


def colourfulness(image: np.ndarray) -> float:
    """Returns Hasler and Süsstrunk's M3."""
    blue, green, red = cv2.split(image.astype(np.float64))
    (mean_a, std_a), (mean_b, std_b) = (
        (float(mean[0, 0]), float(std[0, 0]))
        for mean, std in (
            cv2.meanStdDev(red - green),
            cv2.meanStdDev(0.5 * (red + green) - blue),
        )
    )
    return float(np.hypot(std_a, std_b) + 0.3 * np.hypot(mean_a, mean_b))


def angle(image: np.ndarray) -> tuple[float, float]:
    """Returns the coherence of gradients, and where light changes least in degrees."""
    across, down = (cv2.Sobel(image, cv2.CV_64F, *way, ksize=3) for way in ((1, 0), (0, 1)))
    xx, yy, xy = (across**2).mean(), (down**2).mean(), (across * down).mean()
    values, vectors = np.linalg.eigh([[xx, xy], [xy, yy]])
    x, y = vectors[:, 0]
    return (values[1] - values[0]) / values.sum(), float(np.degrees(np.arctan2(y, x)) % 180)


def shrunk(image: np.ndarray) -> np.ndarray:
    """Returns the working picture: means of whole blocks, the last of them smaller."""
    by = -(-max(image.shape) // 512)
    if by == 1:
        return image / 255
    rows, columns = (np.arange(0, length, by) for length in image.shape)
    sums = np.add.reduceat(np.add.reduceat(image.astype(np.int64), rows, 0), columns, 1)
    counts = np.outer(
        *(np.diff([*ends, n]) for ends, n in zip((rows, columns), image.shape, strict=True))
    )
    return sums / counts / 255


def hashed(image: np.ndarray) -> int:
    """Returns the perceptual hash by OpenCV's transform."""
    small = cv2.resize(shrunk(image), (32, 32), interpolation=cv2.INTER_AREA)
    low = cv2.dct(small)[:8, :8]
    # OpenCV's transform is orthonormal: the first row and column are smaller by √2.
    low[0] *= np.sqrt(2)
    low[:, 0] *= np.sqrt(2)
    return int("".join("1" if it else "0" for it in (low > np.median(low)).ravel()), 2)


def measured(name: str) -> dict[str, float | int]:
    """Returns what is said of a still."""
    image = still(name)
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    mean, deviation = cv2.meanStdDev(grey)
    shares = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel().astype(np.float64)
    shares = shares[shares > 0] / grey.size
    laplacian = cv2.Laplacian(grey, cv2.CV_64F)
    height, width = grey.shape
    middle = laplacian[height // 4 : height - height // 4, width // 4 : width - width // 4]
    sobel = [cv2.Sobel(grey, cv2.CV_64F, *way, ksize=3) for way in ((1, 0), (0, 1))]
    coherence, least = angle(grey)
    return {
        "luminance": float(mean[0, 0]) / 255,
        "contrast": float(deviation[0, 0]) / 255,
        "entropy": float(-(shares * np.log2(shares)).sum()),
        "colourfulness": colourfulness(image),
        "sharpness": float(laplacian.var()),
        "tenengrad": float((sobel[0] ** 2 + sobel[1] ** 2).mean()),
        "coherence": float(coherence),
        "motion_angle": least,
        "depth_of_field": float((middle**2).sum() / (laplacian**2).sum()),
        "hash": hashed(grey),
    }


if __name__ == "__main__":
    path = Path(__file__).with_name("opencv.json")
    found = {name: measured(name) for name in STILLS}
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
