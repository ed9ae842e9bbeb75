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
def seen(path, truth) -> dict:
    """Its frames' measures and faces."""
    return choosing.look(path, 0, truth.frames, 1)


@pytest.fixture(scope="module")
def found(path) -> list[dict]:
    """Its shots."""
    return choosing.shots(path)


def f1(told: list[int], known: list[int]) -> float:
    """Returns the harmonic mean of precision and recall."""
    right = len(set(told) & set(known))
    return 2 * right / (len(told) + len(known))


# Shots.


def test_every_hard_cut_is_found_and_nothing_else_is_one(truth, found):
    told = [shot["start"] for shot in found if shot["transition"] == "cut"]
    assert told == truth.cuts
    assert f1(told, truth.cuts) == 1.0


@pytest.mark.parametrize(
    ("method", "least"), [("adaptive", 0.95), ("hash", 0.86), ("histogram", 0.78)]
)
def test_other_methods_are_worse_where_it_is_dark_and_fades(path, truth, method, least):
    detector = artwork.ShotDetector(method)
    shots = []
    for frames, _ in Video(path).frames(width=256, chunk=50):
        shots += detector.update(frames)
    shots += detector.finish()
    told = [shot.start for shot in shots if shot.transition == "cut"]
    assert least <= f1(told, truth.cuts) <= 1.0


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
    assert f1(ours, truth.cuts) == 1.0 >= f1(theirs, truth.cuts)


# Frames.


def test_faces_are_found_where_they_are(seen, truth):
    has_face = seen["faces"][:, 0] > 0
    for part in truth.faces:
        # Heads turn: in the other frames the detector isn't sure enough.
        assert has_face[part.start : part.stop].mean() > 0.75
    for name in ("coffee", "rocket", "dark street", "motorcycle", "grey", "page", "galaxies"):
        part = truth.shots[name]
        assert not has_face[part.start : part.stop].any(), name


def test_degraded_frames_are_told_from_what_they_were(seen, truth):
    measures = seen["measures"]

    def of(name: str, shot: str) -> np.ndarray:
        part = truth.shots[shot]
        return measures[name][part.start : part.stop]

    for degraded, good in (("blurred bunny", "bunny"), ("blurred cat", "cat")):
        assert of("sharpness", degraded).max() < of("sharpness", good).min()
        assert of("blur", degraded).min() > of("blur", good).max()
    assert of("luminance", "dark street").max() < of("luminance", "bicycle").min()
    blank = truth.mask(truth.blank)
    shown = ~(blank | truth.mask(truth.fades))
    assert measures["contrast"][blank].max() < 0.01 < measures["contrast"][shown].min()


def test_the_best_frames_rank_on_top_and_spoilt_ones_at_the_bottom(seen, found, truth):
    # Without filters: the score alone has to tell.
    weights = {"face_share": 2, "sharpness": 1, "blur": -1, "contrast": 1, "colourfulness": 1}
    given = choosing.candidates(seen, found)
    rows = choosing.rank(given, count=truth.frames, diversity=0, weights=weights, filters={})
    order = [row["frame"] for row in sorted(rows, key=lambda row: -row["score"])]
    # Sharp, well lit, in colour, and with a face or what the detector takes for one.
    best = truth.mask([truth.shots["astronaut"], truth.shots["bunny"]])
    assert best[order[:50]].mean() > 0.95
    assert truth.mask([truth.shots["astronaut"]])[order[:50]].mean() > 0.5
    spoilt = truth.mask([*truth.blurred, *truth.dark, *truth.blank])
    assert not spoilt[order[: truth.frames // 3]].any()
    assert spoilt[order[-np.count_nonzero(spoilt) // 2 :]].mean() > 0.95


def test_nothing_spoilt_is_chosen_and_each_says_why(seen, found, truth):
    rows = choosing.rank(choosing.candidates(seen, found), count=12, diversity=0.4)
    chosen = [row["frame"] for row in rows if row["chosen"]]
    assert len(chosen) == 12
    why = {row["frame"]: row["why"] for row in rows}
    spoilt = truth.mask([*truth.blurred, *truth.dark, *truth.blank, *truth.dissolves])
    assert not spoilt[chosen].any()
    assert truth.mask(truth.faces)[chosen].any()
    for ranges, words in (
        (truth.blurred, {"blurred"}),
        (truth.dark, {"too dark"}),
        (truth.blank, {"too dark", "of one colour"}),
    ):
        frames = np.flatnonzero(truth.mask(ranges))
        said = [why[frame] for frame in frames]
        assert set(said) <= {*words, "between two shots"}, set(said)
        assert np.mean([it in words for it in said]) > 0.9
    # Diversity: of no shot more than a third.
    shots = [row["shot"] for row in rows if row["chosen"]]
    assert max(shots.count(shot) for shot in shots) <= 4 and len(set(shots)) >= 6
