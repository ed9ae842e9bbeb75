"""Films read from Python: chunks, times, errors, and the end of ffmpeg however a loop ends."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from flownote.exceptions import FlownoteException
from flownote.video import Chunk, DamagedVideo, Video, VideoError

pytestmark = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="films are made with ffmpeg, which isn't installed"
)


def make(path: Path, *, seconds: int = 4, rate: str = "25", size: str = "64x48") -> Path:
    """Make a film whose frames differ."""
    source = f"testsrc2=size={size}:rate={rate}:duration={seconds},noise=alls=30:allf=t"
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", source]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("film") / "film.mp4")


@pytest.fixture(scope="module")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("film") / "long.mp4", seconds=40, size="320x240")


def decoders(path: Path) -> list[int]:
    """Return the processes of ffmpeg that read a film."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if command[0] == b"ffmpeg" and f"file:{path}".encode() in command:
                found.append(int(entry.name))
    return found


def test_a_film_says_what_it_is(film: Path) -> None:
    video = Video(film)
    assert (video.width, video.height, video.rotation) == (64, 48, 0)
    assert video.rate == Fraction(25) and video.frame_count == 100
    assert video.duration == pytest.approx(4.0)
    assert repr(video) == f"<Video({str(film)!r}): 64 × 48, 25 frames/s, 4.00 s>"
    assert pickle.loads(pickle.dumps(video)).path == video.path


def test_frames_come_in_chunks_with_their_times(film: Path) -> None:
    video = Video(film)
    chunks = list(video.frames(chunk=30))
    assert [len(chunk.times) for chunk in chunks] == [30, 30, 30, 10]
    assert all(isinstance(chunk, Chunk) for chunk in chunks)
    frames, times = chunks[0]
    assert frames.shape == (30, 48, 64, 3) and frames.dtype == np.uint8
    assert frames.flags["C_CONTIGUOUS"] and frames.flags["WRITEABLE"]
    assert times.dtype == np.float64
    together = np.concatenate([chunk.times for chunk in chunks])
    assert np.array_equal(together, video.times())
    assert together == pytest.approx(np.arange(100) / 25)


def test_parts_of_a_film_put_together_are_the_film(film: Path) -> None:
    video = Video(film)
    whole = np.concatenate([frames for frames, _ in video.frames()])
    parts = [
        frames
        for first in range(0, 100, 33)
        for frames, _ in Video(film).frames(first=first, stop=first + 33, chunk=10)
    ]
    assert np.array_equal(np.concatenate(parts), whole)
    by_seconds = [frames for frames, _ in video.frames(1.0, 2.0)]
    assert np.array_equal(np.concatenate(by_seconds), whole[25:50])
    (small,) = video.frames(start=2, every=10, width=32)
    assert small.frames.shape == (5, 24, 32, 3)
    assert small.times == pytest.approx([2.0, 2.4, 2.8, 3.2, 3.6])
    (sampled,) = video.frames(rate=2)
    assert sampled.times == pytest.approx([0, 0.52, 1, 1.52, 2, 2.52, 3, 3.52])
    assert list(video.frames(start=100)) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"chunk": 0}, "`chunk` is 0"),
        ({"every": 0}, "`every` is 0"),
        ({"every": 2, "rate": 1.0}, "`every` and `rate`"),
        ({"rate": float("nan")}, "`rate` is NaN"),
        ({"start": 1.0, "first": 25}, "`start` and `first`"),
        ({"end": 1.0, "stop": 25}, "`end` and `stop`"),
        ({"start": -1.0}, "`start` is -1"),
        ({"first": -1}, "`first` is -1"),
        ({"width": 0}, "`width` is 0"),
        ({"width": 100_000}, "`width` is 100000"),
    ],
)
def test_what_makes_no_sense_is_refused(film: Path, options: dict, said: str) -> None:
    with pytest.raises(VideoError, match=said) as error:
        Video(film).frames(**options)
    assert error.value.hint


def test_what_is_no_film_is_told(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="there is no film"):
        Video(tmp_path / "nothing.mp4")
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(VideoError, match="has zero bytes"):
        Video(tmp_path / "empty.mp4")
    (tmp_path / "words.mp4").write_text("just words")
    with pytest.raises(ValueError, match="is not a video"):
        Video(tmp_path / "words.mp4")


def test_a_cut_film_gives_what_comes_before(film: Path, tmp_path: Path) -> None:
    whole = np.concatenate([frames for frames, _ in Video(film).frames()])
    matroska = tmp_path / "film.mkv"
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(film), "-c", "copy", str(matroska)]
    subprocess.run(command, check=True)
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(matroska.read_bytes()[: matroska.stat().st_size // 2])
    read: list[Chunk] = []
    with pytest.raises(DamagedVideo, match="is damaged after second") as error:
        read.extend(Video(cut).frames(chunk=8))
    frames = np.concatenate([chunk.frames for chunk in read])
    assert 20 < len(frames) < 80 and np.array_equal(frames, whole[: len(frames)])
    latest = read[-1].times[-1]
    assert error.value.second and latest - 0.2 < error.value.second <= latest
    assert error.value.hint and "end=" in error.value.hint


def test_without_ffmpeg_it_says_what_to_install(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = Video(film)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VideoError, match="`ffprobe`, which is not installed") as error:
        Video(film)
    assert error.value.hint and "install the package `ffmpeg`" in error.value.hint
    with pytest.raises(VideoError, match="`ffmpeg`, which is not installed"):
        list(video.frames())


def test_without_the_studio_it_says_what_to_install(
    film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "flownote_studio", None)
    monkeypatch.delitem(sys.modules, "flownote_studio._studio", raising=False)
    with pytest.raises(FlownoteException, match="`flownote-studio`") as error:
        Video(film)
    assert error.value.hint == "install it beside flownote: pip install flownote-studio"


# How a loop ends.


def test_a_loop_that_is_left_ends_the_decoder(long_film: Path) -> None:
    video = Video(long_film)
    frames = video.frames(chunk=5)
    next(frames)
    assert len(decoders(long_film)) == 1
    del frames
    assert decoders(long_film) == []
    with video.frames(chunk=5) as frames:
        next(frames)
    assert decoders(long_film) == [] and list(frames) == []


def test_other_threads_run_while_one_waits(long_film: Path) -> None:
    counted = 0
    stop = threading.Event()

    def count() -> None:
        nonlocal counted
        while not stop.wait(0.001):
            counted += 1

    thread = threading.Thread(target=count)
    thread.start()
    before = counted
    # One chunk of all: the wait is a single call.
    list(Video(long_film).frames(chunk=1000))
    during = counted - before
    stop.set()
    thread.join()
    assert during > 10


PROGRAM = """
import sys
from flownote.video import Video

print("ready", flush=True)
try:
    while True:
        for chunk in Video(sys.argv[1]).frames(chunk=1000):
            pass
except KeyboardInterrupt:
    print("stopped", flush=True)
    sys.stdin.read()
"""


def test_ctrl_c_stops_it_and_ends_the_decoder(long_film: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(long_film)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout and program.stdin
        assert program.stdout.readline() == "ready\n"
        while not decoders(long_film):
            time.sleep(0.005)
        program.send_signal(signal.SIGINT)
        assert program.stdout.readline() == "stopped\n"
        # It lives on, and holds no child.
        assert decoders(long_film) == []
        program.stdin.close()
        assert program.wait() == 0


def test_a_forked_process_reads_films_of_its_own(film: Path, long_film: Path) -> None:
    parents = Video(long_film).frames(chunk=5)
    first = next(parents)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            count = sum(len(times) for _, times in Video(film).frames(chunk=7))
            try:
                next(parents)
                said = "read"
            except VideoError as error:
                said = str(error)
            parents.close()
            os.write(theirs, f"{count} {said}".encode())
        finally:
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as pipe:
        assert pipe.read() == (
            "100 these frames are read by another process, which this one was forked from"
        )
    os.waitpid(child, 0)
    # The parent's goes on.
    rest = sum(len(chunk.times) for chunk in parents)
    assert len(first.times) + rest == 1000
