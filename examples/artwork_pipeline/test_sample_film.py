"""The film is what its truth says: seen in its pixels, without the models."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

import sample_film
from flownote.video import Video

pytestmark = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="films are made with ffmpeg, which isn't installed"
)


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> tuple[np.ndarray, sample_film.Truth]:
    """The film's frames, smaller, and what is known of them."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    truth = sample_film.make(path)
    video = Video(path)
    assert (video.width, video.height) == (sample_film.WIDTH, sample_film.HEIGHT)
    assert float(video.rate) == sample_film.RATE
    return np.concatenate([frames for frames, _ in video.frames(width=160)]), truth


def test_it_has_the_frames_that_it_should(film):
    frames, truth = film
    assert len(frames) == truth.frames
    covered = truth.mask([*truth.shots.values(), *truth.dissolves, *truth.fades])
    assert covered.all()
    assert truth == sample_film.truth()


def test_cuts_are_where_pictures_change(film):
    frames, truth = film
    changes = np.abs(np.diff(frames.astype(int), axis=0)).mean(axis=(1, 2, 3))
    # `changes[n]` is between the frames n and n + 1.
    cuts = np.array(truth.cuts) - 1
    assert len(cuts) == 13
    others = np.delete(changes, cuts)
    assert changes[cuts].min() > 1.5 * others.max()


def test_dissolves_and_fades_change_little_by_little(film):
    frames, truth = film
    light = frames.mean(axis=(1, 2, 3))
    for fade in truth.fades:
        darkest = light[fade.start : fade.stop].argmin() + fade.start
        assert light[darkest] < 1
        assert (np.diff(light[fade.start : darkest]) <= 0.6).all()
        assert (np.diff(light[darkest : fade.stop]) >= -0.6).all()
    for dissolve in truth.dissolves:
        before, after = frames[dissolve.start - 1], frames[dissolve.stop]
        middle = frames[(dissolve.start + dissolve.stop) // 2].astype(float)
        apart = np.abs(before.astype(float) - after).mean()
        assert np.abs(middle - (before.astype(float) + after) / 2).mean() < 0.5 * apart


def test_blank_dark_and_blurred_frames_are_so(film):
    frames, truth = film
    light = frames.mean(axis=3)
    detail = np.abs(np.diff(light, axis=2)).mean(axis=(1, 2))
    spread = light.std(axis=(1, 2))
    blank, dark, blurred = (truth.mask(it) for it in (truth.blank, truth.dark, truth.blurred))
    assert spread[blank].max() < 1 < spread[~blank].min()
    assert light[dark].mean(axis=(1, 2)).max() < 0.1 * 255
    assert detail[blurred].max() < 0.6 * np.median(detail[~(blurred | blank | dark)])


def test_a_wheel_that_is_missing_is_named(monkeypatch):
    from flownote import FlownoteException

    monkeypatch.setattr(sample_film, "STILLS", ("no-such-wheel", "1.0", "data"))
    with pytest.raises(FlownoteException, match="`no-such-wheel`, which is not installed") as error:
        list(sample_film._shot(sample_film.SCRIPT[4]))
    assert error.value.hint == "pip install --no-deps no-such-wheel==1.0"
