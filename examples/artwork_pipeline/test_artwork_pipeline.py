"""The flow and the notebook as they run: what they choose, say and draw, and the README."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest

import choosing
import contact_sheet
import sample_film

HERE = Path(__file__).resolve().parent

pytestmark = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="films are read with ffmpeg, which isn't installed"
)


def run(folder: Path, *command: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs a command in a folder; fails unless it ends with `code`."""
    line = [sys.executable, *command]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A folder with one run of the flow as it stands, and what it told."""
    folder = tmp_path_factory.mktemp("artwork_pipeline")
    return folder, run(folder, str(HERE / "flow.py"), "run")


@pytest.fixture
def data(ran, monkeypatch):
    """What the run's last step has."""
    from flownote import Run, namespace

    folder, told = ran
    (pathspec,) = re.findall(r"run (ArtworkPipeline/\S+) started", told.stderr)
    monkeypatch.chdir(folder)
    namespace(None)
    return Run(pathspec)["sheet"].task.data


# The flow.


def test_twelve_are_chosen_and_each_other_frame_is_told_why(data):
    truth = sample_film.truth()
    assert [row["frame"] for row in sorted(data.ranked, key=lambda it: it["frame"])] == list(
        range(truth.frames)
    )
    assert len(data.chosen) == 12 and all(1 <= len(row["reasons"]) <= 3 for row in data.chosen)
    assert all(row["reasons"] and row["why"] for row in data.rejected)
    spoilt = truth.mask([*truth.blurred, *truth.dark, *truth.blank, *truth.dissolves])
    assert not spoilt[[row["frame"] for row in data.chosen]].any()
    assert sum(data.shares.values()) == pytest.approx(len(data.rejected) / truth.frames)
    assert {"blurred", "too dark", "like a chosen one"} <= set(data.shares)


def test_what_is_seen_is_the_same_in_other_parts(data):
    first, stop = data.ranges[0][1] - 20, data.ranges[0][1] + 20
    again = choosing.look(data.path, first, stop, 1)
    assert np.array_equal(again["frames"], data.seen["frames"][first:stop])
    for name, values in again["measures"].items():
        assert np.array_equal(values, data.seen["measures"][name][first:stop]), name
    assert np.array_equal(again["faces"], data.seen["faces"][first:stop])


def test_the_sheet_shows_what_was_chosen_and_what_each_reason_rejected(data):
    pictures = re.findall(r"data:image/jpeg;base64,([^\"]+)", data.page)
    assert len(pictures) == 24
    assert all(b64decode(picture).startswith(b"\xff\xd8") for picture in pictures)
    named = [int(frame) for frame in re.findall(r'alt="frame (\d+),', data.page)]
    assert named[:12] == [row["frame"] for row in data.chosen]
    why = {row["frame"]: row["why"] for row in data.rejected}
    assert set(map(why.get, named[12:])) == set(data.shares)
    assert data.reasons in data.page and data.scores in data.page


def test_charts_show_what_was_computed(data):
    shares = " ".join(ElementTree.fromstring(data.reasons).itertext())
    assert f"Why {len(data.rejected)} of {len(data.ranked)} frames were rejected" in shares
    for why, share in data.shares.items():
        assert why in shares and f"{share:.1%}" in shares
    circles = [it for it in ElementTree.fromstring(data.scores).iter() if it.tag.endswith("circle")]
    # The legend has one.
    assert len(circles) == 12 + 1


def test_pictures_are_those_of_the_film(data):
    jpegs = contact_sheet.pictures(data.path, [300, 5, 300])
    assert list(jpegs) == [5, 300] and jpegs[5] != jpegs[300]
    # Black is black: nearly nothing to store.
    assert len(jpegs[5]) < len(jpegs[300]) / 3


def test_some_of_each_reason_are_shown():
    rows = [{"frame": at, "why": why} for at, why in enumerate("aaaaaaaaaaaaaaaaabbc")]
    shown = contact_sheet.some_of_each(rows, 6)
    assert len(shown) == 6 and {row["why"] for row in shown} == set("abc")
    assert len({row["frame"] for row in shown}) == 6
    assert contact_sheet.some_of_each(rows[:2], 6) == rows[:2]
    assert contact_sheet.some_of_each([], 6) == []


def test_the_commands_that_it_ends_with_work(ran):
    folder, told = ran
    commands = re.findall(r"flownote (dump \S+)", told.stdout)
    assert len(commands) == 3
    for command in commands:
        assert run(folder, "-m", "flownote", *command.split()).stdout.strip()


def test_a_film_of_ones_own_is_taken_and_one_that_is_none_is_told(tmp_path):
    source = "testsrc2=size=128x96:rate=10:duration=3"
    command = ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", source]
    subprocess.run([*command, str(tmp_path / "-mine.mp4")], check=True)
    flow = str(HERE / "flow.py")
    told = run(tmp_path, flow, "run", "--film=-mine.mp4", "--count", "2", "--parts", "3")
    assert "30 frames of 128 × 96, 10 a second; every frame is looked at, in 3 parts" in told.stdout
    (tmp_path / "words.mp4").write_text("just words")
    told = run(tmp_path, flow, "run", "--film", "words.mp4", code=1)
    assert "words.mp4 is not a video" in told.stderr
    told = run(tmp_path, flow, "run", "--count", "0", code=1)
    assert "`--count` 0" in told.stderr


# The notebook.


def test_the_notebook_chooses_what_the_flow_does(data, tmp_path):
    for file in [*HERE.glob("*.py"), HERE / "artwork.ipynb"]:
        shutil.copy(file, tmp_path)
    run(tmp_path, "-m", "flownote", "run", "artwork.ipynb", "--output", "done.ipynb")
    cells = json.loads((tmp_path / "done.ipynb").read_text("utf-8"))["cells"]
    outputs = {cell["id"]: cell.get("outputs") for cell in cells}
    (sheet,) = outputs["sheet"]
    page = "".join(sheet["data"]["text/html"])
    named = [int(frame) for frame in re.findall(r'alt="frame (\d+),', page)]
    assert named[:12] == [row["frame"] for row in data.chosen] and len(named) == 24
    (shares,) = outputs["shares"]
    table = "".join(shares["data"]["text/html"])
    for why, share in data.shares.items():
        assert why in table and f"{100 * share:.1f}" in table
