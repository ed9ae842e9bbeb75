"""The leaderboard as SVG, light and dark: text of a few kilobytes without scripts.

What was measured on validation is hollow, on test filled: colour is never the only signal.
"""

from __future__ import annotations

from html import escape
from typing import Any

STYLE = """
  .ground { fill: #ffffff } .text { fill: #1d2430 } .quiet { fill: #5b6472 }
  .grid { stroke: #e3e7ec } .hollow { fill: #ffffff; stroke: #5b6472; stroke-width: 2 }
  .test { fill: #2563c9; stroke: #2563c9; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #15181e } .text { fill: #e7eaf0 } .quiet { fill: #a3acba }
    .grid { stroke: #2a303a } .hollow { fill: #15181e; stroke: #a3acba }
    .test { fill: #6ea2f5; stroke: #6ea2f5 }
  }
"""

LEFT, RIGHT, TOP, HIGH, WIDTH = 190, 30, 92, 22, 760
STEP = 0.05


def leaderboard(rows: list[dict[str, Any]], families: list[dict[str, Any]]) -> str:
    """Returns each model's nDCG@10 on validation, and the best of each family's on test."""
    tested = {family["name"]: family for family in families}
    highest = max(
        *(row["ndcg@10"] for row in rows), *(family["interval"][1] for family in families)
    )
    end = STEP * (int(highest / STEP) + 1)

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * value / end

    bottom = TOP + HIGH * len(rows)
    parts = [
        text(16, 28, "nDCG@10 of each model on MovieLens-100K, best first", "text", size=15),
        circle(24, 50, "hollow"),
        text(36, 54, "on validation, by which models were chosen"),
        circle(340, 50, "test"),
        '<line class="test" x1="328" x2="352" y1="50" y2="50"/>',
        text(360, 54, "the best of each family on test, 95 % over members"),
    ]
    for number in range(round(end / STEP) + 1):
        place = x(number * STEP)
        parts.append(
            f'<line class="grid" x1="{place:.1f}" x2="{place:.1f}" y1="{TOP - 12}" y2="{bottom}"/>'
        )
        parts.append(text(place, bottom + 18, f"{number * STEP:.2f}", anchor="middle"))
    for place, row in enumerate(rows):
        name, y = row["candidate"]["name"], TOP + HIGH * place
        family = tested.get(name)
        parts.append(text(LEFT - 14, y + 4, name, "text" if family else "quiet", "end"))
        if family:
            low, high = (x(value) for value in family["interval"])
            parts.append(
                f'<line class="test" x1="{low:.1f}" x2="{high:.1f}" y1="{y + 5}" y2="{y + 5}"/>'
            )
            parts.append(circle(x(family["mean"]), y + 5, "test"))
        parts.append(circle(x(row["ndcg@10"]), y - (3 if family else 0), "hollow"))
    inside = "\n".join(parts)
    height = bottom + 34
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" role="img" font-family="system-ui, sans-serif">'
        f"<title>Leaderboard of {len(rows)} recommenders</title><style>{STYLE}</style>"
        f'<rect class="ground" width="{WIDTH}" height="{height}" rx="6"/>\n{inside}\n</svg>\n'
    )


def circle(x: float, y: float, kind: str) -> str:
    """Returns a dot."""
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'


def text(
    x: float, y: float, words: str, kind: str = "quiet", anchor: str = "start", size: int = 12
) -> str:
    """Returns words at a place."""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{size}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )
