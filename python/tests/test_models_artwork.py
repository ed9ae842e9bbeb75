"""`flownote.models.artwork`: what is said of frames, held against OpenCV, scikit-image and SciPy.

OpenCV's numbers were made once (`core/models/tests/golden/make_opencv.py`), the others are
computed here from the definitions.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from scipy import fft, ndimage
from skimage.measure import blur_effect, shannon_entropy
from stills import still

from flownote.models import ModelError, artwork

GOLDEN = json.loads(
    (Path(__file__).parents[2] / "core/models/tests/golden/opencv.json").read_text("utf-8")
)
STILLS = list(GOLDEN)


def light(image: np.ndarray) -> np.ndarray:
    """Return the light of a picture in levels from 0 to 255, as OpenCV rounds it."""
    red, green, blue = np.moveaxis(image.astype(np.int64), -1, 0)
    return (red * 9798 + green * 19235 + blue * 3735 + (1 << 14)) >> 15


def covers(length: int, parts: int) -> np.ndarray:
    """Return which share of each part (row) each pixel is."""
    ends = np.linspace(0, length, parts + 1)
    pixel = np.arange(length)
    share = np.minimum(ends[1:, None], pixel + 1) - np.maximum(ends[:-1, None], pixel)
    return np.maximum(share, 0) * parts / length


def working(image: np.ndarray) -> np.ndarray:
    """Return the small picture: means of blocks, the last of them smaller."""
    grey = light(image)
    by = -(-max(grey.shape) // 512)
    rows, columns = (np.arange(0, length, by) for length in grey.shape)
    sums = np.add.reduceat(np.add.reduceat(grey, rows, 0), columns, 1)
    down, across = (np.diff([*at, n]) for at, n in zip((rows, columns), grey.shape, strict=True))
    return sums / np.outer(down, across) / 255


def resampled(image: np.ndarray, side: int) -> np.ndarray:
    """Return the working picture at another size, by areas."""
    small = working(image)
    return covers(small.shape[0], side) @ small @ covers(small.shape[1], side).T


def spectral_residual(image: np.ndarray) -> np.ndarray:
    """Return the saliency of a picture by SciPy."""
    spectrum = fft.fft2(resampled(image, 64))
    logarithm = np.log(np.maximum(np.abs(spectrum), 1e-9))
    residual = logarithm - ndimage.uniform_filter(logarithm, 3, mode="wrap")
    map_ = np.abs(fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    return ndimage.gaussian_filter(map_, 2.5, mode="reflect", radius=8)


@pytest.fixture(scope="module", params=STILLS)
def measured(request: pytest.FixtureRequest) -> tuple[str, dict[str, float], int]:
    """A still's name, what is said of it, and its hash."""
    measures = artwork.measure(still(request.param))
    return request.param, {name: column[0] for name, column in measures.items()}, measures.hashes[0]


def test_light_and_sharpness_are_what_opencv_says(measured) -> None:
    name, found, hash_ = measured
    golden = dict(GOLDEN[name])
    assert found["motion_blur"] / found["blur"] == pytest.approx(golden.pop("coherence"), rel=1e-6)
    assert int(hash_) == golden.pop("hash")
    # OpenCV keeps shares of levels in 32 bits.
    tolerance = {"entropy": 1e-6}
    for what, number in golden.items():
        assert found[what] == pytest.approx(number, rel=tolerance.get(what, 1e-9), abs=1e-9), what


def test_blur_and_entropy_are_what_scikit_image_says(measured) -> None:
    name, found, _ = measured
    assert found["blur"] == pytest.approx(blur_effect(working(still(name))), rel=1e-9)
    assert found["entropy"] == pytest.approx(shannon_entropy(light(still(name))), rel=1e-12)


def test_saliency_is_what_the_definition_says(measured) -> None:
    name, found, _ = measured
    map_ = spectral_residual(still(name))
    shares = map_ / map_.sum()
    at = (np.arange(64) + 0.5) / 64
    near = np.exp(-18 * np.minimum(abs(at - 1 / 3), abs(at - 2 / 3)) ** 2)
    assert found["saliency"] == pytest.approx(np.sort(shares.ravel())[-409:].sum(), rel=1e-7)
    assert found["saliency_x"] == pytest.approx(shares.sum(0) @ at, rel=1e-7)
    assert found["saliency_y"] == pytest.approx(shares.sum(1) @ at, rel=1e-7)
    assert found["thirds"] == pytest.approx(near @ shares @ near, rel=1e-7)


def test_symmetry_is_the_correlation_with_the_mirrored_picture(measured) -> None:
    name, found, _ = measured
    small = working(still(name))
    expected = np.corrcoef(small.ravel(), small[:, ::-1].ravel())[0, 1]
    assert found["symmetry"] == pytest.approx(expected, abs=1e-9)


def test_the_hash_is_of_the_low_frequencies(measured) -> None:
    name, _, hash_ = measured
    low = fft.dctn(resampled(still(name), 32), type=2)[:8, :8].ravel()
    bits = "".join("1" if it > np.median(low) else "0" for it in low)
    assert f"{hash_:064b}" == bits


def test_histograms_are_shares_of_colours() -> None:
    image = still("astronaut")
    [histogram] = artwork.measure(image).histograms
    cells = (image >> 6).astype(int) @ [16, 4, 1]
    assert histogram == pytest.approx(np.bincount(cells.ravel(), minlength=64) / cells.size)


# What a user notices.


def one(image: np.ndarray) -> dict[str, float]:
    """Return what is said of one picture."""
    return {name: column[0] for name, column in artwork.measure(image).items()}


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "ihc"])
def test_a_blurred_copy_is_less_sharp(name: str) -> None:
    image = still(name)
    sharp, blurred = one(image), one(ndimage.gaussian_filter(image, (3, 3, 0)))
    assert blurred["sharpness"] < 0.5 * sharp["sharpness"]
    assert blurred["tenengrad"] < sharp["tenengrad"]
    assert blurred["blur"] > sharp["blur"] + 0.1


@pytest.mark.parametrize(("axis", "angle"), [(1, 0.0), (0, 90.0)])
def test_motion_is_seen_along_its_way(axis: int, angle: float) -> None:
    image = still("astronaut")
    moved = one(ndimage.uniform_filter1d(image, 25, axis=axis))
    assert moved["motion_blur"] > 2 * one(image)["motion_blur"]
    apart = abs(moved["motion_angle"] - angle)
    assert min(apart, 180 - apart) < 8


def test_a_darker_copy_is_darker_and_less_contrasty() -> None:
    image = still("coffee")
    bright, dark = one(image), one(image // 4)
    assert dark["luminance"] == pytest.approx(bright["luminance"] / 4, rel=0.05)
    assert dark["contrast"] == pytest.approx(bright["contrast"] / 4, rel=0.05)


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee"])
def test_a_mirrored_copy_is_as_symmetric(name: str) -> None:
    image = still(name)
    plain, mirror = one(image), one(image[:, ::-1])
    assert mirror["symmetry"] == pytest.approx(plain["symmetry"], abs=1e-12)
    assert mirror["saliency_x"] == pytest.approx(1 - plain["saliency_x"], abs=0.02)
    both = np.concatenate([image, image[:, ::-1]], axis=1)
    assert one(both)["symmetry"] == pytest.approx(1)


def test_bars_are_what_is_black_on_both_sides() -> None:
    image = still("coffee")
    assert one(image)["letterbox"] == 0
    boxed = image.copy()
    boxed[:50] = boxed[-50:] = 16
    assert one(boxed)["letterbox"] == pytest.approx(100 / 400)
    night = image.copy()
    night[:150] = 8
    assert one(night)["letterbox"] == 0


def test_writing_is_told_from_pictures() -> None:
    pictures = ["astronaut", "camera", "chelsea", "coffee", "coins", "motorcycle_left", "brick"]
    assert max(one(still(name))["text"] for name in pictures) < 0.1
    assert one(still("page"))["text"] > 0.2
    credits = Image.new("RGB", (1280, 720))
    for line in range(8):
        text = "Directed by somebody, produced by someone else"
        font = ImageFont.load_default(32)
        ImageDraw.Draw(credits).text((200, 80 + 48 * line), text, font=font, fill=(255,) * 3)
    assert one(np.asarray(credits))["text"] > 0.12


def test_a_sharp_middle_is_a_low_depth_of_field() -> None:
    image = still("brick")
    assert one(image)["depth_of_field"] == pytest.approx(0.25, abs=0.05)
    behind = ndimage.gaussian_filter(image, (4, 4, 0))
    behind[128:384, 128:384] = image[128:384, 128:384]
    assert one(behind)["depth_of_field"] > 0.9


def test_the_hash_outlives_compression_and_light() -> None:
    def apart(first: np.ndarray, second: np.ndarray) -> int:
        a, b = (int(artwork.measure(image).hashes[0]) for image in (first, second))
        return (a ^ b).bit_count()

    image = still("chelsea")
    noise = np.random.default_rng(1).normal(0, 6, image.shape)
    assert apart(image, np.clip(image * 0.8 + 20 + noise, 0, 255).astype(np.uint8)) <= 4
    assert apart(image, image[::2, ::2]) <= 4
    assert apart(image, still("coffee")) > 16


# Inputs.


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 5), (700, 3)])
@pytest.mark.parametrize("level", [0, 77, 255])
def test_blank_and_tiny_pictures_have_numbers(size: tuple[int, int], level: int) -> None:
    found = one(np.full((*size, 3), level, np.uint8))
    assert all(np.isfinite(number) for number in found.values())
    assert found["luminance"] == pytest.approx(level / 255)
    for name in ("contrast", "sharpness", "tenengrad", "saliency", "symmetry", "entropy"):
        assert found[name] == 0, name


def test_random_sizes_have_finite_numbers() -> None:
    generator = np.random.default_rng(5)
    for _ in range(40):
        size = generator.integers(1, 90, 2)
        image = generator.integers(0, 256, (*size, 3), dtype=np.uint8)
        assert all(np.isfinite(number) for number in one(image).values()), size


def test_frames_are_measured_in_order_and_in_parts_alike() -> None:
    image = still("chelsea")
    film = np.stack([image // by for by in (1, 2, 3, 5, 8)])
    whole = artwork.measure(film)
    assert whole.n_frames == 5
    assert (np.diff(whole["luminance"]) < 0).all()
    parts = artwork.Measures.concat(artwork.measure(part) for part in (film[:2], film[2:]))
    assert parts == whole
    assert whole.take([3]) == artwork.measure(film[3])
    assert whole.take(whole["luminance"] < 0) == artwork.measure(film[:0])


def test_measures_become_a_data_frame() -> None:
    pandas = pytest.importorskip("pandas")
    measures = artwork.measure(still("coffee"))
    frame = pandas.DataFrame(measures.to_dict())
    assert list(frame.columns) == measures.names
    assert frame["sharpness"][0] == measures["sharpness"][0]
    assert "sharpness" in measures._repr_html_()
    assert repr(measures).startswith("<Measures of 1 frames: luminance, ")
    with pytest.raises(KeyError, match="no measure `beauty`"):
        measures["beauty"]


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        (np.zeros((2, 3, 3)), "float64, not of uint8"),
        (np.zeros((4, 5), np.uint8), r"the shape \(4, 5\)"),
        (np.zeros((1, 4, 5, 4), np.uint8), r"the shape \(1, 4, 5, 4\)"),
        (np.zeros((1, 0, 5, 3), np.uint8), "nothing to see"),
        ([[1, 2], [3]], "aren't one array"),
    ],
)
def test_what_is_no_frame_says_so(frames, message: str) -> None:
    with pytest.raises(ModelError, match=message) as raised:
        artwork.measure(frames)
    assert "(n, height, width, 3)" in str(raised.value.hint)


def test_no_copy_is_made_of_what_lies_in_one_piece() -> None:
    from flownote.models.artwork.frames import frames_of

    film = np.zeros((2, 4, 4, 3), np.uint8)
    assert frames_of(film) is film or np.shares_memory(frames_of(film), film)
    assert np.shares_memory(frames_of(film[0]), film)


def test_importing_flownote_imports_none_of_it() -> None:
    code = "import sys, flownote; print([m for m in sys.modules if 'artwork' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
