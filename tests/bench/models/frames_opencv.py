"""The measures of `flownote.models.artwork` by OpenCV and NumPy, and shots by PySceneDetect.

Each measure is by the fastest of OpenCV's functions that does it; hashes and histograms, which
`measure` makes too, are made here as well.
"""

import cv2
import frames
import numpy as np
from repeated import report
from scenedetect import FrameTimecode
from scenedetect.detectors import AdaptiveDetector, ContentDetector, HashDetector

film = frames.film(4)
PLACES = (np.arange(64) + 0.5) / 64
NEAR = np.exp(-18 * np.minimum(abs(PLACES - 1 / 3), abs(PLACES - 2 / 3)) ** 2)


def shrunk(grey: np.ndarray) -> np.ndarray:
    """Returns the working picture: means of blocks, the last of them smaller."""
    by = -(-max(grey.shape) // 512)
    rows, columns = (np.arange(0, length, by) for length in grey.shape)
    sums = np.add.reduceat(np.add.reduceat(grey.astype(np.float32), rows, 0), columns, 1)
    down, across = (np.diff([*at, n]) for at, n in zip((rows, columns), grey.shape, strict=True))
    return sums / np.outer(down, across).astype(np.float32) / 255


def along(light: np.ndarray, kernel: tuple[int, int], way: tuple[int, int]) -> float:
    """Returns Crété's blur of one direction."""
    blurred = cv2.blur(light, kernel, borderType=cv2.BORDER_REFLECT)
    edges = [
        np.abs(cv2.Sobel(it, -1, *way, ksize=3, borderType=cv2.BORDER_REFLECT))[2:-1, 2:-1]
        for it in (light, blurred)
    ]
    total = edges[0].sum()
    return float((total - np.maximum(edges[0] - edges[1], 0).sum()) / total)


def saliency(light: np.ndarray) -> np.ndarray:
    """Returns the spectral residual (64, 64)."""
    spectrum = np.fft.fft2(cv2.resize(light, (64, 64), interpolation=cv2.INTER_AREA))
    logarithm = np.log(np.maximum(np.abs(spectrum), 1e-9))
    wide = np.pad(logarithm, 1, mode="wrap")
    residual = logarithm - cv2.blur(wide, (3, 3))[1:-1, 1:-1]
    found = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    return cv2.GaussianBlur(found, (17, 17), 2.5, borderType=cv2.BORDER_REFLECT)


def bars(grey: np.ndarray) -> float:
    """Returns the share of black bars."""
    inner = 1.0
    for most in (grey.max(1), grey.max(0)):
        bright = np.flatnonzero(most > 32)
        ends = (bright[0], len(most) - 1 - bright[-1]) if len(bright) else (len(most),) * 2
        inner *= 1 - min(2 * min(ends), len(most)) / len(most)
    return 1 - inner


def writing(light: np.ndarray) -> float:
    """Returns the share of blocks that look like writing."""
    rows, columns = light.shape[0] // 8, light.shape[1] // 16

    def blocks(found: np.ndarray) -> np.ndarray:
        wide = np.zeros((rows * 8, columns * 16), np.float32)
        cut = found[: rows * 8, : columns * 16]
        wide[: cut.shape[0], : cut.shape[1]] = cut
        return wide.reshape(rows, 8, columns, 16).sum((1, 3))

    across, down = np.diff(light, axis=1), np.diff(light, axis=0)
    up, fall = blocks(across > 0.12), blocks(across < -0.12)
    edges = up + fall
    steps = np.full((rows, columns), 128.0)
    if columns * 16 == light.shape[1]:
        steps[:, -1] = 120
    found = edges >= 0.18 * steps
    found &= np.minimum(up, fall) >= 0.35 * edges
    found &= blocks(np.abs(down) > 0.12) >= 0.06 * steps
    beside = np.zeros_like(found)
    beside[:, 1:] |= found[:, :-1]
    beside[:, :-1] |= found[:, 1:]
    return float((found & beside).mean())


def one(image: np.ndarray) -> list[float]:
    """Returns what is said of a frame."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    mean, deviation = cv2.meanStdDev(grey)
    shares = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel() / grey.size
    shares = shares[shares > 0]
    red, green, blue = cv2.split(image.astype(np.float32))
    first, second = cv2.meanStdDev(red - green), cv2.meanStdDev(0.5 * (red + green) - blue)
    colours = np.hypot(first[1], second[1]) + 0.3 * np.hypot(first[0], second[0])
    laplacian = cv2.Laplacian(grey, cv2.CV_32F)
    squares = laplacian**2
    height, width = grey.shape
    middle = squares[height // 4 : height - height // 4, width // 4 : width - width // 4]
    across, down = (cv2.Sobel(grey, cv2.CV_32F, *way, ksize=3) for way in ((1, 0), (0, 1)))
    xx, yy, xy = (
        float(np.mean(it, dtype=np.float64)) for it in (across**2, down**2, across * down)
    )
    spread = np.hypot(xx - yy, 2 * xy)
    light = shrunk(grey)
    blur = max(along(light, (11, 1), (1, 0)), along(light, (1, 11), (0, 1)))
    map_ = saliency(light)
    map_ /= map_.sum()
    flat = light - light.mean()
    small = cv2.resize(light, (32, 32), interpolation=cv2.INTER_AREA)
    low = cv2.dct(small)[:8, :8]
    _ = low > np.median(low)
    colour = image[::3, ::3] >> 6
    _ = cv2.calcHist([colour], [0, 1, 2], None, [4, 4, 4], [0, 4] * 3)
    return [
        float(mean[0, 0]) / 255,
        float(deviation[0, 0]) / 255,
        float(-(shares * np.log2(shares)).sum()),
        float(colours[0, 0]),
        float(cv2.meanStdDev(laplacian)[1][0, 0]) ** 2,
        xx + yy,
        blur,
        blur * spread / (xx + yy),
        float((np.degrees(0.5 * np.arctan2(2 * xy, xx - yy)) + 90) % 180),
        float(np.sort(map_.ravel())[-409:].sum()),
        float(map_.sum(0) @ PLACES),
        float(map_.sum(1) @ PLACES),
        float((flat * flat[:, ::-1]).sum() / (flat**2).sum()),
        float(NEAR @ map_ @ NEAR),
        float(middle.sum() / squares.sum()),
        bars(grey),
        writing(light),
    ]


def measured() -> list[float]:
    """Returns the mean of each measure."""
    return np.mean([one(image) for image in film], axis=0).tolist()


def cuts(detector) -> list[float]:
    """Returns where shots begin. As PySceneDetect's manager, frames are made smaller first."""
    found = [0.0]
    for number, image in enumerate(film):
        small = cv2.resize(image, (256, 144), interpolation=cv2.INTER_LINEAR)
        small = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
        found += [
            float(at.frame_num) for at in detector.process_frame(FrameTimecode(number, 25.0), small)
        ]
    return found


report(
    {
        "measures": measured,
        "content": lambda: cuts(ContentDetector(min_scene_len=8)),
        "adaptive": lambda: cuts(AdaptiveDetector(min_scene_len=8)),
        "hash": lambda: cuts(HashDetector(min_scene_len=8)),
    }
)
