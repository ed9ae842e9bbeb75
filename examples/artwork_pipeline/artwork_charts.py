"""Charts as SVG: text of a few kilobytes without scripts, on their own ground, light and dark."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

STYLE = """
  .ground { fill: #ffffff } .text { fill: #1d2430 } .quiet { fill: #5b6472 }
  .bar { fill: #2563c9 } .band { fill: #eef1f5 } .fails { fill: #b45f06 }
  .axis { stroke: #8b94a3 } .line { fill: none; stroke: #2563c9; stroke-width: 1.5 }
  .chosen { fill: #ffffff; stroke: #1d2430; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #15181e } .text { fill: #e7eaf0 } .quiet { fill: #a3acba }
    .bar { fill: #6ea2f5 } .band { fill: #20252d } .fails { fill: #f0a94b }
    .axis { stroke: #6b7482 } .line { stroke: #6ea2f5 }
    .chosen { fill: #15181e; stroke: #e7eaf0 }
  }
"""


def reasons(shares: dict[str, float], *, rejected: int, looked: int) -> str:
    """Draws which share of the frames each reason rejected; the rest was chosen."""
    left, wide, high = 240, 560, 30
    title = f"Why {rejected:,} of {looked:,} frames were rejected"
    parts = [text(16, 28, title, "text", size=15)]
    for row, (name, share) in enumerate(shares.items()):
        y = 48 + row * high
        length = wide * share / max(shares.values())
        parts.append(text(left - 10, y + 15, name, "text", "end"))
        parts.append(
            f'<rect class="bar" x="{left}" y="{y}" width="{length:.1f}" height="{high - 10}" '
            'rx="2"/>'
        )
        parts.append(text(left + length + 8, y + 15, f"{share:.1%}"))
    return picture(parts, 880, 60 + high * len(shares), title)


def film(
    rows: list[dict[str, Any]], shots: list[dict[str, Any]], chosen: list[int], *, rate: float
) -> str:
    """Draws the score of each frame over the film's shots, and which were chosen."""
    left, top, wide, high = 50, 70, 800, 200
    frames = np.array([row["frame"] for row in rows])
    scores = np.array([row["score"] for row in rows])
    fails = np.array([row["kind"] == "filter" for row in rows])
    last = max(shot["end"] for shot in shots)

    def x(frame: float) -> float:
        return left + wide * frame / last

    def y(score: float) -> float:
        return top + high * (1 - score)

    title = "Score of each frame, and the shots that it is in"
    parts = [text(16, 26, title, "text", size=15)]
    parts.append('<circle class="chosen" cx="24" cy="46" r="5"/>')
    parts.append(text(36, 50, "chosen"))
    parts.append('<rect class="fails" x="100" y="43" width="16" height="5"/>')
    parts.append(text(124, 50, "fails a filter"))
    for number, shot in enumerate(shots):
        if number % 2 == 0:
            begin, end = x(shot["start"]), x(shot["end"])
            parts.append(
                f'<rect class="band" x="{begin:.1f}" y="{top}" width="{end - begin:.1f}" '
                f'height="{high}"/>'
            )
    order = np.argsort(frames)
    points = " ".join(f"{x(frames[at]):.1f},{y(scores[at]):.1f}" for at in order)
    parts.append(f'<polyline class="line" points="{points}"/>')
    for begin, end in runs(frames[order], fails[order]):
        parts.append(
            f'<rect class="fails" x="{x(begin):.1f}" y="{top + high - 2}" '
            f'width="{max(x(end) - x(begin), 1.5):.1f}" height="5"/>'
        )
    for row in rows:
        if row["frame"] in chosen:
            parts.append(
                f'<circle class="chosen" cx="{x(row["frame"]):.1f}" cy="{y(row["score"]):.1f}" '
                f'r="5"><title>frame {row["frame"]}: {row["score"]:.3f}</title></circle>'
            )
    for tick in (0.0, 0.5, 1.0):
        parts.append(text(left - 8, y(tick) + 4, f"{tick:g}", anchor="end"))
    step = max(1, round(last / rate / 8))
    for second in range(0, int(last / rate) + 1, step):
        parts.append(text(x(second * rate), top + high + 20, f"{second} s", anchor="middle"))
    parts.append(
        f'<line class="axis" x1="{left}" x2="{left + wide}" y1="{top + high}" y2="{top + high}"/>'
    )
    return picture(parts, 880, 310, title)


def runs(frames: np.ndarray, fails: np.ndarray) -> list[tuple[int, int]]:
    """Returns from which frame to which all fail, for each such stretch."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], fails, [False]]).astype(int)))
    return [
        (int(frames[begin]), int(frames[end - 1]) + 1)
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
    ]


def text(
    x: float, y: float, words: str, kind: str = "quiet", anchor: str = "start", size: int = 12
) -> str:
    """Returns words at a place."""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{size}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def picture(parts: list[str], width: float, height: float, title: str) -> str:
    """Returns the parts as one picture."""
    inside = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" role="img" font-family="system-ui, sans-serif">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
        f'<rect class="ground" width="{width:g}" height="{height:g}" rx="6"/>\n{inside}\n</svg>\n'
    )
