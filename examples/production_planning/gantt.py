"""Charts as SVG: who plays and who waits before and after, and predictions beside what was.

They are text of a few kilobytes without scripts, on a ground of their own in light and in
dark. Waiting is hatched, so that colour isn't the only signal.
"""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

import ordering
from production import Production, plays

STYLE = """
  .ground { fill: #ffffff } .text { fill: #1d2430 } .quiet { fill: #5b6472 }
  .line { stroke: #d5dae1 } .plays { fill: #2563c9 } .on { fill: #ffffff }
  .waits { fill: #fbe9d0; stroke: #b45f06 } .hatch { stroke: #b45f06 }
  .range { stroke: #2563c9 } .dot { fill: #1d2430 } .out { fill: #c2410c }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #15181e } .text { fill: #e7eaf0 } .quiet { fill: #a3acba }
    .line { stroke: #333a45 } .plays { fill: #6ea2f5 } .on { fill: #0e1218 }
    .waits { fill: #3a2a14; stroke: #f0a94b } .hatch { stroke: #f0a94b }
    .range { stroke: #6ea2f5 } .dot { fill: #e7eaf0 } .out { fill: #ff9a6b }
  }
"""

WIDTH, LEFT, RIGHT = 900, 130, 110
ROW, BAR, HEAD, GAP = 26, 18, 58, 34


def before_and_after(
    production: Production, times: np.ndarray, orders: list[tuple[str, list[int]]]
) -> str:
    """Returns one Gantt chart for each order, below each other.

    Parameters
    ----------
    times : float array of shape (scenes,)
        How long each scene takes.
    orders : list of (str, list of int)
        A heading and an order of the scenes.
    """
    block = HEAD + ROW * len(production["players"]) + GAP
    parts = []
    for number, (heading, order) in enumerate(orders):
        parts.extend(_schedule(production, times, heading, order, top=number * block))
    bottom = block * len(orders)
    parts.append(_legend(bottom))
    return _picture(parts, height=bottom + 30, title=f"{production['name']}: before and after")


def predictions(held_out: dict[str, Any], *, unit: str, scenes: str) -> str:
    """Returns scenes that the model didn't see: its ranges, and how long they took.

    `scenes` is what they are called: real ones, or synthetic ones.
    """
    rows = sorted(held_out["rows"], key=lambda row: row["predicted"])
    top, high = 62, 260
    highest = max(max(row["high"], row["took"]) for row in rows)
    step = _round_step(highest / 5)
    most = step * np.ceil(highest / step)
    left, right = 56, WIDTH - 20

    def y(value: float) -> str:
        return f"{top + high * (1 - value / most):.1f}"

    parts = [
        _text(
            16, 24, f"{held_out['tested']} {scenes} held out, sorted by prediction", "text", size=15
        ),
        _text(
            16,
            44,
            f"bar: 80 % range of the prediction ({unit}); dot: how long it took, ringed when "
            f"outside; {held_out['covered']} of {held_out['tested']} lie inside",
            "quiet",
        ),
    ]
    for value in np.arange(0, most + step / 2, step):
        parts.append(
            f'<line class="line" x1="{left}" x2="{right}" y1="{y(value)}" y2="{y(value)}"/>'
        )
        parts.append(_text(left - 8, float(y(value)) + 4, f"{value:g}", "quiet", anchor="end"))
    for index, row in enumerate(rows):
        x = f"{left + (index + 0.5) * (right - left) / len(rows):.1f}"
        inside = row["low"] <= row["took"] <= row["high"]
        parts.append(
            f'<line class="range" x1="{x}" x2="{x}" y1="{y(row["low"])}" y2="{y(row["high"])}" '
            f'stroke-width="6" stroke-opacity="0.5"/>'
        )
        parts.append(
            f'<circle class="{"dot" if inside else "out"}" cx="{x}" cy="{y(row["took"])}" r="3.5"/>'
        )
        if not inside:
            parts.append(
                f'<circle class="hatch" cx="{x}" cy="{y(row["took"])}" r="7" fill="none"/>'
            )
    return _picture(parts, height=top + high + 22, title="Predicted and actual times")


def _schedule(
    production: Production, times: np.ndarray, heading: str, order: list[int], *, top: int
) -> list[str]:
    playing = plays(production)
    waits = ordering.waiting(playing, order)
    lost = (waits @ times) * np.array(production["costs"])
    scale = (WIDTH - LEFT - RIGHT) / times.sum()
    starts = dict(zip(order, np.cumsum([0.0, *times[order]])[:-1] * scale + LEFT, strict=True))
    parts = [
        _text(16, top + 20, heading, "text", size=15),
        _text(WIDTH - 16, top + 44, "waiting costs", "quiet", anchor="end"),
    ]
    labels = []
    for scene in order:
        label = production["scenes"][scene]["name"].split()[0][:6]
        labels.append((starts[scene] + times[scene] * scale / 2, label))
    for middle, height, label in _apart(labels):
        parts.append(_text(middle, top + height, label, "quiet", anchor="middle", size=10))
    foot = top + HEAD + ROW * len(production["players"])
    for hour in np.arange(0, times.sum(), _round_step(times.sum() / 8)):
        x = LEFT + hour * scale
        parts.append(f'<line class="line" x1="{x:.1f}" x2="{x:.1f}" y1="{foot - 6}" y2="{foot}"/>')
        parts.append(_text(x, foot + 12, f"{hour:g}", "quiet", anchor="middle", size=10))
    parts.append(_text(WIDTH - RIGHT + 6, foot + 12, production["unit"], "quiet", size=10))
    for row, player in enumerate(production["players"]):
        y = top + HEAD + row * ROW - 6
        parts.append(_text(LEFT - 10, y + 14, _clip(player, 16), "text", anchor="end"))
        for scene in order:
            if playing[row, scene] or waits[row, scene]:
                kind = "plays" if playing[row, scene] else "waits"
                x, width = starts[scene] + 1, times[scene] * scale - 2
                box = f'x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" rx="3"'
                tip = f"{production['scenes'][scene]['name']}: {player} {kind}"
                parts.append(f'<rect class="{kind}" {box}><title>{escape(tip)}</title></rect>')
                if kind == "waits":
                    parts.append(f'<rect fill="url(#hatch)" {box}/>')
        parts.append(
            _text(WIDTH - 16, y + 14, f"{lost[row]:,.0f}" if lost[row] else "–", "text", "end")
        )
    return parts


def _apart(labels: list[tuple[float, str]]) -> list[tuple[float, int, str]]:
    """Returns labels with their heights: one that would run into another stands above it."""
    placed, ends = [], {44: -np.inf, 34: -np.inf}
    for middle, label in labels:
        half = 3.2 * len(label)
        height = next((it for it, end in ends.items() if middle - half > end + 4), 44)
        ends[height] = middle + half
        placed.append((middle, height, label))
    return placed


def _legend(y: int) -> str:
    return "".join(
        [
            f'<rect class="plays" x="{LEFT}" y="{y}" width="28" height="14" rx="3"/>',
            _text(LEFT + 36, y + 12, "plays", "quiet"),
            f'<rect class="waits" x="{LEFT + 90}" y="{y}" width="28" height="14" rx="3"/>',
            f'<rect fill="url(#hatch)" x="{LEFT + 90}" y="{y}" width="28" height="14" rx="3"/>',
            _text(LEFT + 126, y + 12, "is there and waits", "quiet"),
        ]
    )


def _picture(parts: list[str], *, height: int, title: str) -> str:
    body = "\n  ".join(parts)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" \
width="{WIDTH}" height="{height}" role="img" font-family="system-ui, sans-serif">
  <title>{escape(title)}</title>
  <style>{STYLE}</style>
  <defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" \
patternTransform="rotate(45)"><line class="hatch" y2="6" stroke-width="2"/></pattern></defs>
  <rect class="ground" width="{WIDTH}" height="{height}"/>
  {body}
</svg>
"""


def _text(
    x: float, y: float, text: str, kind: str, anchor: str = "start", *, size: int = 12
) -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{size}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )


def _clip(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _round_step(step: float) -> float:
    """Returns 1, 2 or 5 times a power of ten, not below `step`."""
    power = 10.0 ** np.floor(np.log10(step))
    return float(next(it * power for it in (1, 2, 5, 10) if it * power >= step))
