"""The models of `flownote.models.artwork` over a film in which everything is known."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

import choosing
import sample_film
from flownote.models import artwork
from flownote.video import Video

pytestmark = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="films are made with ffmpeg, which isn't installed"
)


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> str:
    """The film."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    sample_film.make(path)
    return str(path)


@pytest.fixture(scope="module")
def truth() -> sample_film.Truth:
    """What is known of it."""
    return sample_film.truth()


@pytest.fixture(scope="module")
def found(path) -> list[dict]:
    """Its shots."""
    return choosing.shots(path)


def f1(told: list[int], known: list[int]) -> float:
    """Returns the harmonic mean of precision and recall."""
    right = len(set(told) & set(known))
    return 2 * right / (len(told) + len(known))


# Shots.


def test_hard_cuts_are_found_to_the_frame_and_nothing_else_is_one(truth, found):
    told = [shot["start"] for shot in found if shot["transition"] == "cut"]
    # From an even grey the hue says nothing, and the picture behind it is as bright.
    from_grey = truth.shots["grey"].stop
    assert set(truth.cuts) - set(told) <= {from_grey}
    assert set(told) <= set(truth.cuts)
    assert f1(told, truth.cuts) >= 0.96


def test_shots_are_the_same_in_whatever_chunks_they_come(path, found):
    frames = np.concatenate([frames for frames, _ in Video(path).frames(width=256)])
    assert [shot._asdict() for shot in artwork.detect_shots(frames)] == found


def test_dissolves_and_fades_are_found_where_they_are(truth, found):
    def told(transition: str) -> list[int]:
        return [shot["start"] for shot in found if shot["transition"] == transition]

    # The first and the last fade are the film's own begin and end.
    assert all(start in it for start, it in zip(told("fade"), truth.fades[1:-1], strict=True))
    # Halves of a fade may be told as dissolves, too.
    fading = truth.mask(truth.fades)
    dissolves = [start for start in told("dissolve") if not fading[start]]
    assert len(dissolves) == len(truth.dissolves)
    assert all(start in part for start, part in zip(dissolves, truth.dissolves, strict=True))


def test_scenedetect_is_no_better_at_hard_cuts(path, truth, found):
    scenedetect = pytest.importorskip("scenedetect", reason="the peer isn't installed")
    scenes = scenedetect.detect(path, scenedetect.ContentDetector())
    theirs = [begin.frame_num for begin, _ in scenes[1:]]
    ours = [shot["start"] for shot in found if shot["transition"] == "cut"]
    print(f"hard cuts, F1: ours {f1(ours, truth.cuts):.3f}, theirs {f1(theirs, truth.cuts):.3f}")
    assert f1(ours, truth.cuts) >= f1(theirs, truth.cuts)
