"""`flownote.models.artwork.detect_faces`: on the astronaut, and where nobody is."""

from __future__ import annotations

import numpy as np
import pytest
from stills import still

from flownote.models import ModelError
from flownote.models.artwork import Face, cluster_faces, detect_faces


@pytest.fixture(scope="module")
def face() -> Face:
    """The astronaut's face."""
    [[found]] = detect_faces(still("astronaut"))
    return found


def test_the_astronauts_face_is_found(face: Face) -> None:
    # By hand: from the hair line to the chin, from ear to ear.
    left, top, right, bottom = 175, 70, 270, 180
    x, y, width, height = face.box
    inside = max(min(x + width, right) - max(x, left), 0) * max(
        min(y + height, bottom) - max(y, top), 0
    )
    together = width * height + (right - left) * (bottom - top) - inside
    assert inside / together > 0.5
    assert face.score > 10
    assert face.shot_size == "medium close-up"
    assert -1 <= face.frontality <= 1
    assert face.histogram.sum() == pytest.approx(1)


def test_what_isnt_known_says_so(face: Face) -> None:
    assert not face.expression
    assert "no weights" in face.expression.why


@pytest.mark.parametrize("name", ["coffee", "brick", "coins", "chelsea", "text"])
def test_nobody_is_where_nobody_is(name: str) -> None:
    assert detect_faces(still(name)) == [[]]


def test_the_size_of_a_shot_follows_the_face() -> None:
    image = still("astronaut")
    wide = np.zeros((1080, 1080, 3), np.uint8)
    wide[400:912, 200:712] = image
    close = image[60:200, 150:290]
    assert [face.shot_size for face in detect_faces(wide)[0]] == ["medium wide"]
    assert [face.shot_size for face in detect_faces(close)[0]] == ["extreme close-up"]


def test_faces_of_one_scene_are_one_persons() -> None:
    image = still("astronaut")
    film = np.stack([np.roll(image, (2 * step, 3 * step), (0, 1)) for step in range(4)])
    faces = [face for faces in detect_faces(film) for face in faces]
    assert len(faces) == 4
    assert cluster_faces(faces).tolist() == [0] * 4
    assert cluster_faces(faces, apart=0.0).tolist() == [0, 1, 2, 3]
    assert cluster_faces([]).tolist() == []


def test_tiny_and_blank_and_noisy_frames_have_no_faces() -> None:
    generator = np.random.default_rng(2)
    for size in [(1, 1), (39, 80), (40, 40), (50, 50), (64, 41), (200, 40)]:
        assert detect_faces(np.full((*size, 3), 128, np.uint8)) == [[]]
        assert detect_faces(generator.integers(0, 256, (*size, 3), dtype=np.uint8)) == [[]]


def test_what_is_no_face_says_so(face: Face) -> None:
    with pytest.raises(ModelError, match="aren't all faces"):
        cluster_faces([face, None])  # type: ignore[list-item]
    with pytest.raises(ModelError, match="`apart` is 2"):
        cluster_faces([face], apart=2)
