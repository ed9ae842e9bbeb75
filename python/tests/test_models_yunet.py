"""`detect_faces` by a network of YuNet's form: beside OpenCV's, and what is no such network.

No package brings a YuNet that may be passed on, so the networks are made here: of its form, with
drawn weights. What is compared is all around it: pictures as they go in, boxes, landmarks and
scores as they come out, and which of those that overlap is kept. The peers, of which
``FLOWNOTE_TEST_PEERS`` names the Python, are opencv-python-headless and onnx.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from stills import still
from test_models_recommend_peers import peer

from flownote.models import ModelError
from flownote.models.artwork import Face, detect_faces

MADE = """
import sys
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

path, height, width, kinds = sys.argv[1], *map(int, sys.argv[2:4]), sys.argv[4].split(",")
random = np.random.default_rng(11)
nodes, values, outputs = [], [], []
for kind in kinds:
    count, end = {"cls": (1, "Sigmoid"), "obj": (1, "Sigmoid"), "bbox": (4, "Tanh"),
                  "kps": (10, "Tanh")}[kind]
    for stride in (8, 16, 32):
        name = f"{kind}_{stride}"
        weights = random.normal(0, 1, (count, 3, stride, stride))
        weights -= weights.mean(axis=(1, 2, 3), keepdims=True)
        weights *= (0.012 if end == "Sigmoid" else 0.004) / stride
        bias = np.full(count, 0.4 if end == "Sigmoid" else 0.0)
        for part, array in (("w", weights), ("b", bias)):
            values.append(numpy_helper.from_array(array.astype(np.float32), f"{name}.{part}"))
        values.append(numpy_helper.from_array(np.array([1, -1, count]), f"{name}.s"))
        nodes += [
            helper.make_node("Conv", ["input", f"{name}.w", f"{name}.b"], [f"{name}.c"],
                             kernel_shape=[stride, stride], strides=[stride, stride]),
            helper.make_node(end, [f"{name}.c"], [f"{name}.e"]),
            helper.make_node("Transpose", [f"{name}.e"], [f"{name}.t"], perm=[0, 2, 3, 1]),
            helper.make_node("Reshape", [f"{name}.t", f"{name}.s"], [name]),
        ]
        places = (height // stride) * (width // stride) or None
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, places, count]))
shape = [1, 3, height or "height", width or "width"]
inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)]
graph = helper.make_graph(nodes, "of YuNet's form", inputs, outputs, values)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
onnx.checker.check_model(model)
onnx.save(model, path)
"""

THEIRS = """
import sys
import cv2
import numpy as np

model, picture, found, threshold = sys.argv[1:5]
picture = np.ascontiguousarray(np.load(picture)[:, :, ::-1])
size = (picture.shape[1], picture.shape[0])
detector = cv2.FaceDetectorYN.create(model, "", size, float(threshold), 0.3, 5000)
_, faces = detector.detect(picture)
np.save(found, np.zeros((0, 15)) if faces is None else faces)
"""

ALL = "cls,obj,bbox,kps"


@pytest.fixture(scope="module")
def python() -> Path:
    pytest.importorskip("onnxruntime")
    return peer("cv2, onnx", "FLOWNOTE_TEST_PEERS", "flownote/bench/models/bin/python")


def run(python: Path, program: str, *arguments: object) -> None:
    command = [str(python), "-c", program, *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr


def made(python: Path, folder: Path, height: int, width: int, kinds: str = ALL) -> Path:
    path = folder / f"{height}x{width}-{kinds}.onnx"
    run(python, MADE, path, height, width, kinds)
    return path


def row(face: Face) -> list[float]:
    assert face.landmarks is not None
    return [*face.box, *(number for point in face.landmarks for number in point), face.score]


@pytest.mark.parametrize(("height", "width"), [(512, 512), (300, 401), (97, 130)])
def test_boxes_are_opencvs(python: Path, tmp_path: Path, height: int, width: int) -> None:
    picture = np.ascontiguousarray(still("astronaut")[:height, :width])
    sides = [-(-side // 32) * 32 for side in (height, width)]
    model = made(python, tmp_path, *sides)
    np.save(tmp_path / "picture.npy", picture)
    run(python, THEIRS, model, tmp_path / "picture.npy", tmp_path / "found.npy", 0.7)
    theirs = np.load(tmp_path / "found.npy").astype(float)
    assert len(theirs) > 3
    # Boxes end where the frame does here, and are in whole pixels.
    ends = np.minimum(np.round(theirs[:, :2] + theirs[:, 2:4]), [width, height])
    theirs[:, :2] = np.maximum(np.round(theirs[:, :2]), 0)
    theirs[:, 2:4] = ends - theirs[:, :2]
    theirs = theirs[(theirs[:, 2:4] > 0).all(axis=1)]

    [faces] = detect_faces(picture[None], network=model, threshold=0.7)
    ours = np.array([row(face) for face in faces])
    assert len(ours) == len(theirs)
    assert np.abs(ours[:, :4] - theirs[:, :4]).max() <= 2
    assert ours[:, 4:] == pytest.approx(theirs[:, 4:], abs=1e-3)


def test_a_network_of_any_size_takes_all(python: Path, tmp_path: Path) -> None:
    fixed, any_size = made(python, tmp_path, 512, 512), made(python, tmp_path, 0, 0)
    picture = still("astronaut")
    [expected], [found] = (
        detect_faces(picture, network=model, threshold=0.8) for model in (fixed, any_size)
    )
    assert [row(face) for face in found] == [row(face) for face in expected] != []
    # Twice as large is looked at in halves, and says the same at twice the size.
    larger = picture.repeat(2, axis=0).repeat(2, axis=1)
    [found] = detect_faces(larger, network=fixed, threshold=0.8)
    assert [face.score for face in found] == pytest.approx([face.score for face in expected])
    doubled = [[2 * x, 2 * y] for x, y in expected[0].landmarks or ()]
    assert np.array(found[0].landmarks) == pytest.approx(np.array(doubled), abs=1e-3)


def test_frames_of_a_film_are_the_same_on_all_threads(python: Path, tmp_path: Path) -> None:
    model = made(python, tmp_path, 256, 256)
    picture = still("astronaut")[:256, :256]
    film = np.stack([np.roll(picture, 16 * step, 1) for step in range(12)])
    together = detect_faces(film, network=model, threshold=0.8)
    alone = [detect_faces(frame[None], network=model, threshold=0.8)[0] for frame in film]
    assert together == alone
    assert any(together)


def test_what_is_no_yunet_says_so(python: Path, tmp_path: Path) -> None:
    picture = still("astronaut")
    with pytest.raises(ModelError, match="can't be read: No such file") as caught:
        detect_faces(picture, network=tmp_path / "none.onnx")
    assert "face_detection_yunet" in (caught.value.hint or "")
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(b"no network")
    with pytest.raises(ModelError, match="isn't a network for faces"):
        detect_faces(picture, network=damaged)
    without = made(python, tmp_path, 64, 64, "cls,obj,bbox")
    with pytest.raises(ModelError, match="no outputs kps_8, kps_16, kps_32"):
        detect_faces(picture, network=without)
    with pytest.raises(ModelError, match="`threshold` is 2"):
        detect_faces(picture, network=made(python, tmp_path, 64, 64), threshold=2)


def test_without_onnxruntime_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flownote.models.artwork.faces.find_spec", lambda name: None)
    (tmp_path / "a.onnx").touch()
    with pytest.raises(ModelError, match="`onnxruntime`, which is not installed") as caught:
        detect_faces(still("astronaut"), network=tmp_path / "a.onnx")
    assert caught.value.hint == "install it for this Python: pip install onnxruntime"
