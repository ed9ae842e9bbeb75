"""`flownote.models.artwork.detect_shots`: cuts, fades and dissolves of films made of stills."""

from __future__ import annotations

import numpy as np
import pytest
from stills import still

from flownote.models import ModelError
from flownote.models.artwork import Shot, ShotDetector, detect_shots

STILLS = ["astronaut", "coffee", "chelsea", "motorcycle_left", "ihc", "camera", "coins"]
METHODS = ["content", "adaptive", "histogram", "hash"]
HEIGHT, WIDTH = 144, 240


def view(name: str, step: int = 0, down: int = 0) -> np.ndarray:
    """Return a view of a still, `step` pixels to the right of the first."""
    image = still(name)
    return image[20 + down : 20 + down + HEIGHT, 20 + step : 20 + step + WIDTH]


def pan(name: str, frames: int, speed: int = 0) -> np.ndarray:
    """Return a shot (frames, height, width, 3) with noise, in which the camera goes right."""
    noise = np.random.default_rng(len(name)).integers(-2, 3, (frames, HEIGHT, WIDTH, 3))
    shot = np.stack([view(name, step * speed) for step in range(frames)])
    return np.clip(shot + noise, 0, 255).astype(np.uint8)


def mixed(before: np.ndarray, after: np.ndarray, frames: int) -> np.ndarray:
    """Return the frames between two shots that are dissolved."""
    share = ((np.arange(frames) + 1) / (frames + 1))[:, None, None, None]
    return ((1 - share) * before[-1] + share * after[0]).round().astype(np.uint8)


def faded(frame: np.ndarray, frames: int) -> np.ndarray:
    """Return a frame that becomes black."""
    return mixed(frame[np.newaxis], np.zeros_like(frame)[np.newaxis], frames)


def starts(shots: list[Shot], transition: str = "cut") -> list[int]:
    """Return where shots begin in that way."""
    return [shot.start for shot in shots if shot.transition == transition]


@pytest.fixture(scope="module")
def cuts() -> tuple[np.ndarray, list[int]]:
    """A film of hard cuts with a moving camera, and where they are."""
    lengths = [20, 13, 31, 9, 25, 17, 12]
    shots = [
        pan(name, length, speed=number % 3)
        for number, (name, length) in enumerate(zip(STILLS, lengths, strict=True))
    ]
    return np.concatenate(shots), [int(at) for at in np.cumsum(lengths)[:-1]]


@pytest.mark.parametrize("method", METHODS)
def test_all_cuts_are_found_and_no_others(cuts, method: str) -> None:
    film, expected = cuts
    shots = detect_shots(film, method)
    assert starts(shots) == expected
    assert [shot.transition for shot in shots] == ["start", *["cut"] * len(expected)]
    assert [shot.start for shot in shots[1:]] == [shot.end for shot in shots[:-1]]
    assert shots[-1].end == len(film) == sum(len(shot) for shot in shots)


@pytest.mark.parametrize("method", METHODS)
def test_a_film_in_chunks_has_the_same_shots(cuts, method: str) -> None:
    film, _ = cuts
    detector = ShotDetector(method)
    shots = []
    for begin in range(0, len(film), 11):
        shots += detector.update(film[begin : begin + 11])
    assert shots, "shots are told before the film is over"
    shots += detector.finish()
    assert shots == detect_shots(film, method)
    assert detector.finish() == []


@pytest.mark.parametrize("frames", [10, 16, 24])
def test_dissolves_are_found_in_their_middle(frames: int) -> None:
    first, second = pan("astronaut", 40), pan("coffee", 40)
    shots = detect_shots(np.concatenate([first, mixed(first, second, frames), second]))
    assert [shot.transition for shot in shots] == ["start", "dissolve"]
    assert abs(shots[1].start - (40 + frames / 2)) <= 2


@pytest.mark.parametrize(("black", "frames"), [(1, 12), (5, 20)])
def test_fades_through_black_are_one_boundary(black: int, frames: int) -> None:
    first, second = pan("chelsea", 30), pan("coffee", 30)
    gone, come = faded(first[-1], frames), faded(second[0], frames)[::-1]
    dark = np.zeros((black, HEIGHT, WIDTH, 3), np.uint8)
    shots = detect_shots(np.concatenate([first, gone, dark, come, second]))
    assert [shot.transition for shot in shots] == ["start", "fade"]
    assert abs(shots[1].start - (30 + frames + black / 2)) <= 3


def test_a_film_that_fades_in_and_out_is_one_shot() -> None:
    shot = pan("coffee", 30)
    film = [faded(shot[0], 12)[::-1], shot, faded(shot[-1], 12)]
    assert [found.transition for found in detect_shots(np.concatenate(film))] == ["start"]


def test_a_brighter_light_is_no_dissolve() -> None:
    shot = pan("coffee", 40) // 2
    brighter = [(shot[0] * (1 + step / 20)).astype(np.uint8) for step in range(20)]
    film = np.concatenate([shot, brighter, np.repeat(brighter[-1][None], 30, axis=0)])
    assert len(detect_shots(film)) == 1


def test_the_camera_is_told_from_what_moves() -> None:
    still_shot, camera = (detect_shots(pan("astronaut", 30, speed))[0] for speed in (0, 3))
    assert still_shot.camera_motion < 0.002
    # The camera goes right by 3 pixels a frame: the picture goes left.
    assert camera.camera_motion == pytest.approx(3 / WIDTH, rel=0.2)
    assert camera.camera_angle == pytest.approx(180, abs=15)
    subject = pan("astronaut", 30)
    for step, frame in enumerate(subject):
        frame[60:90, 4 * step : 4 * step + 40] = [250, 40, 40]
    moved = detect_shots(subject)[0]
    assert moved.camera_motion < 0.004
    assert moved.subject_motion > 2 * still_shot.subject_motion


def test_short_shots_are_part_of_the_one_before() -> None:
    film = np.concatenate([pan("coffee", 20), pan("ihc", 4), pan("chelsea", 20)])
    assert starts(detect_shots(film, shortest=1)) == [20, 24]
    assert starts(detect_shots(film, shortest=8)) == [20]


def test_films_without_a_cut_and_without_a_frame() -> None:
    assert detect_shots(np.zeros((0, 4, 4, 3), np.uint8)) == []
    [alone] = detect_shots(np.full((1, 1, 1, 3), 9, np.uint8))
    assert (alone.start, alone.end, alone.transition, alone.camera_motion) == (0, 1, "start", 0)
    assert len(detect_shots(np.zeros((90, 3, 7, 3), np.uint8))) == 1


def test_what_is_no_method_says_so() -> None:
    with pytest.raises(ModelError, match="`method` is `magic`") as raised:
        ShotDetector("magic")
    assert "content, adaptive, histogram and hash" in str(raised.value.hint)
    with pytest.raises(ModelError, match="`threshold` is -1"):
        ShotDetector(threshold=-1)
    with pytest.raises(ModelError, match="`shortest` is 0"):
        ShotDetector(shortest=0)
    assert repr(ShotDetector("hash", threshold=0.3)) == (
        "ShotDetector('hash', threshold=0.3, shortest=8)"
    )
