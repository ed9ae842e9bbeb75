"""The contact sheet: pictures that were chosen and some that weren't, each with its reasons."""

from __future__ import annotations

import subprocess
import tempfile
from base64 import b64encode
from collections import defaultdict
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from flownote import FlownoteException
from flownote.video import Video

WIDTH = 320
"""Pixels from left to right that pictures have on the sheet."""


def pictures(path: str, frames: list[int]) -> dict[int, bytes]:
    """Returns frames of a film by number, as JPEG."""
    if not frames:
        return {}
    video = Video(path)
    wanted = sorted(set(frames))
    found = [next(iter(video.frames(first=it, stop=it + 1, width=WIDTH))) for it in wanted]
    encoded = _jpeg(np.concatenate([chunk.frames for chunk in found]))
    return dict(zip(wanted, encoded, strict=True))


def _jpeg(frames: np.ndarray) -> list[bytes]:
    """Returns pictures as JPEG, by ffmpeg, which read them."""
    _, height, width, _ = frames.shape
    with tempfile.TemporaryDirectory() as folder:
        command = ["ffmpeg", "-nostdin", "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24"]
        command += ["-s", f"{width}x{height}", "-i", "pipe:0", "-q:v", "4", f"{folder}/%d.jpg"]
        done = subprocess.run(command, input=frames.tobytes(), capture_output=True, check=False)
        if done.returncode:
            raise FlownoteException(
                f"ffmpeg could not make pictures: {done.stderr.decode(errors='replace').strip()}",
                hint="is there room in the folder for temporary files?",
            )
        return [Path(folder, f"{at + 1}.jpg").read_bytes() for at in range(len(frames))]


def some_of_each(rejected: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Returns rejected frames so that each reason is seen, those first that reject most.

    Of frames with one reason the best, the worst and some between them.
    """
    by_reason = defaultdict(list)
    for one in rejected:
        by_reason[one["why"]].append(one)
    kinds = sorted(by_reason.values(), key=len, reverse=True)
    if not kinds:
        return []
    places = [count // len(kinds) + (at < count % len(kinds)) for at in range(len(kinds))]
    picked = []
    for ones, wanted in zip(kinds, places, strict=True):
        spread = np.unique(np.linspace(0, len(ones) - 1, min(wanted, len(ones))).astype(int))
        picked += [ones[at] for at in spread]
    rest = [one for one in rejected if one not in picked]
    return picked + rest[: count - len(picked)]


def page(
    film: str,
    chosen: list[dict[str, Any]],
    rejected: list[dict[str, Any]],
    jpegs: dict[int, bytes],
    charts: list[str],
    said: str,
) -> str:
    """Returns the sheet: a page that needs no other file."""
    parts = [f"<h1>Artwork of {escape(film)}</h1>", f"<h2>Chosen: {len(chosen)}</h2>"]
    parts.append(cards(chosen, jpegs))
    parts.append(f"<h2>Rejected: {len(rejected)} of them</h2>")
    parts.append(cards(rejected, jpegs))
    parts += charts
    parts.append(f"<pre>{escape(said.strip())}</pre>")
    return PAGE.format(title=escape(film), style=STYLE, parts="\n".join(parts))


def cards(ones: list[dict[str, Any]], jpegs: dict[int, bytes]) -> str:
    """Returns pictures with their words."""
    made = []
    for one in ones:
        picture = b64encode(jpegs[one["frame"]]).decode("ascii")
        words = "".join(f"<li>{escape(reason)}</li>" for reason in one["reasons"])
        name = f"frame {one['frame']}, {clock(one['time'])}, shot {one['shot']}"
        made.append(
            f'<li><figure><img src="data:image/jpeg;base64,{picture}" alt="{escape(name)}">'
            f"<figcaption><b>{one['score']:.3f}</b> {escape(name)}<ul>{words}</ul>"
            "</figcaption></figure></li>"
        )
    return f'<style>{SHEET}</style><ol class="sheet">{"".join(made)}</ol>'


def clock(second: float) -> str:
    """Returns a place in a film as people say it."""
    minutes, seconds = divmod(second, 60)
    return f"{int(minutes)}:{seconds:05.2f}"


SHEET = """
.sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 1rem;
  list-style: none; padding: 0 }
.sheet figure { margin: 0; border: 1px solid #8b94a366; border-radius: 6px; overflow: hidden }
.sheet img { width: 100%; display: block }
.sheet figcaption { padding: .5rem .75rem; font-size: 13px }
.sheet figcaption ul { margin: .25rem 0 0; padding-left: 1.1rem; opacity: .75 }
"""

STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1180px; margin: 2rem auto; padding: 0 1rem }
pre { white-space: pre-wrap; font-size: 13px } svg { max-width: 100%; height: auto }
"""

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Artwork of {title}</title><style>{style}</style></head>
<body>
{parts}
</body>
</html>
"""
