"""Charts as SVG: text of a few kilobytes without scripts, on their own ground, light and dark.

Series differ in dash and shape, too: colour is never the only signal.
"""

from __future__ import annotations

from html import escape

import numpy as np

STYLE = """
  .ground { fill: #ffffff } .text { fill: #1d2430 } .quiet { fill: #5b6472 }
  .grid { stroke: #e3e7ec } .axis { stroke: #8b94a3 }
  .s0 { stroke: #1d2430; fill: #1d2430 } .s1 { stroke: #2563c9; fill: #2563c9 }
  .s2 { stroke: #b45f06; fill: #b45f06 } .s3 { stroke: #7a8494; fill: #7a8494 }
  .line { fill: none; stroke-width: 2 } .hollow { fill: #ffffff; stroke-width: 2 }
  .cell { fill: #2563c9 } .on { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #15181e } .text { fill: #e7eaf0 } .quiet { fill: #a3acba }
    .grid { stroke: #2a303a } .axis { stroke: #6b7482 }
    .s0 { stroke: #e7eaf0; fill: #e7eaf0 } .s1 { stroke: #6ea2f5; fill: #6ea2f5 }
    .s2 { stroke: #f0a94b; fill: #f0a94b } .s3 { stroke: #8d97a6; fill: #8d97a6 }
    .hollow { fill: #15181e } .line { fill: none } .cell { fill: #6ea2f5 } .on { fill: #0e1218 }
  }
"""

DASHES = ["", ' stroke-dasharray="7 4"', ' stroke-dasharray="2 3"', ' stroke-dasharray="9 3 2 3"']


class Panel:
    """A rectangle with two scales: from data to places in the picture."""

    def __init__(
        self,
        place: tuple[float, float, float, float],
        x: tuple[float, float],
        y: tuple[float, float],
    ) -> None:
        self.left, self.top, self.width, self.height = place
        self.x_range, self.y_range = x, y

    def x(self, value: float) -> float:
        low, high = self.x_range
        return self.left + self.width * (value - low) / (high - low)

    def y(self, value: float) -> float:
        low, high = self.y_range
        return self.top + self.height * (1 - (value - low) / (high - low))

    def frame(self, heading: str, x_ticks, y_ticks, *, x_name: str, y_format: str) -> list[str]:
        """Returns heading, grid and ticks."""
        right, bottom = self.left + self.width, self.top + self.height
        parts = [text(self.left, self.top - 14, heading, "text", size=13)]
        for tick in y_ticks:
            y = self.y(tick)
            parts.append(line(self.left, y, right, y, "grid"))
            parts.append(text(self.left - 8, y + 4, format(tick, y_format), anchor="end"))
        for tick in x_ticks:
            parts.append(text(self.x(tick), bottom + 16, f"{tick:g}", anchor="middle"))
        parts.append(line(self.left, bottom, right, bottom, "axis"))
        middle = self.left + self.width / 2
        parts.append(text(middle, bottom + 34, x_name, anchor="middle"))
        return parts

    def series(self, xs, ys, number: int) -> str:
        """Returns a line through points."""
        points = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in zip(xs, ys, strict=True))
        return f'<polyline class="s{number} line"{DASHES[number]} points="{points}"/>'


def renewals(cohorts: dict[str, dict], *, fitted: int) -> str:
    """Returns the shares that renewed: what was seen, and what a fit to the first years says."""
    parts = [text(16, 26, f"Share of subscribers left, fitted to {fitted} years", "text", size=15)]
    parts += [
        '<circle class="s0" cx="24" cy="46" r="4.5"/>',
        text(36, 50, "seen and fitted"),
        '<circle class="s0 hollow" cx="150" cy="46" r="4.5"/>',
        text(162, 50, "seen later"),
        f'<line class="s1 line" x1="242" x2="272" y1="46" y2="46"{DASHES[1]}/>',
        text(280, 50, "sBG"),
    ]
    for place, (name, one) in enumerate(cohorts.items()):
        years = np.arange(len(one["seen"]))
        panel = Panel((60 + place * 430, 100, 360, 220), (0, years[-1]), (0, 1))
        parts += panel.frame(name, years, [0, 0.25, 0.5, 0.75, 1.0], x_name="years", y_format=".0%")
        parts.append(panel.series(years, one["said"], 1))
        for year, seen in zip(years, one["seen"], strict=True):
            kind = "s0" if year <= fitted else "s0 hollow"
            tip = f"year {year}: {seen:.1%} seen, {one['said'][year]:.1%} said"
            parts.append(
                f'<circle class="{kind}" cx="{panel.x(year):.1f}" cy="{panel.y(seen):.1f}" '
                f'r="4.5"><title>{tip}</title></circle>'
            )
    return picture(parts, 880, 370, "Subscribers left, seen and said")


def tracking(seen, said: dict[str, np.ndarray], *, fitted: int) -> str:
    """Returns repeat purchases by week: what was seen, and what models said."""
    weeks = np.arange(len(seen))
    most = 1000 * np.ceil(max(seen[-1], *(ys[-1] for ys in said.values())) / 1000)
    panel = Panel((70, 84, 780, 280), (0, weeks[-1]), (0, most))
    heading = f"Repeat purchases since the beginning; models saw the first {fitted} weeks"
    parts = [text(16, 26, heading, "text", size=15), *legend(["seen", *said], 16, 46)]
    ticks = np.arange(0, most + 1, 1000)
    parts += panel.frame("", np.arange(0, 79, 13), ticks, x_name="weeks", y_format=",.0f")
    parts.append(
        line(panel.x(fitted), panel.top, panel.x(fitted), panel.top + panel.height, "axis")
    )
    parts.append(text(panel.x(fitted) + 6, panel.top + 14, "the future begins"))
    parts += [panel.series(weeks, ys, n) for n, ys in enumerate([seen, *said.values()])]
    return picture(parts, 880, 410, "Repeat purchases, seen and said")


def by_frequency(groups: list[str], means: dict[str, list[float]]) -> str:
    """Returns later purchases by how often customers had bought: seen, and said."""
    most = float(np.ceil(max(max(values) for values in means.values())))
    panel = Panel((60, 84, 800, 260), (0, len(groups)), (0, most))
    heading = "Purchases in weeks 40 to 78, by repeat purchases in the first 39"
    parts = [text(16, 26, heading, "text", size=15), *legend(list(means), 16, 46, boxes=True)]
    ticks = np.arange(0, most + 0.5, max(1.0, most // 6))
    parts += panel.frame("", [], ticks, x_name="repeat purchases in weeks 1 to 39", y_format="g")
    width = 0.8 / len(means)
    for place, group in enumerate(groups):
        bottom = panel.top + panel.height
        parts.append(text(panel.x(place + 0.5), bottom + 16, group, anchor="middle"))
        for number, (name, values) in enumerate(means.items()):
            x, y = panel.x(place + 0.1 + width * number), panel.y(values[place])
            fill = "0.35" if number == 3 else "1"
            parts.append(
                f'<rect class="s{number}" x="{x:.1f}" y="{y:.1f}" '
                f'width="{panel.width / panel.x_range[1] * width - 2:.1f}" '
                f'height="{bottom - y:.1f}" fill-opacity="{fill}">'
                f"<title>{escape(name)}: {values[place]:.2f}</title></rect>"
            )
    return picture(parts, 880, 390, "Later purchases by frequency")


def alive(chances: np.ndarray, frequencies: list[int], recencies: list[int]) -> str:
    """Returns the probability of being alive as a map: a number in each cell, and its shade.

    `chances` has a row for each recency and a column for each frequency.
    """
    left, top, wide, high = 100, 92, 62, 24
    parts = [
        text(16, 26, "Probability that a customer still buys, after 39 weeks", "text", size=15),
        text(16, 48, "the eager who fall silent are soon given up; the slow are given time"),
        text(left, top - 12, "repeat purchases →"),
        text(16, top - 12, "last one ↓"),
    ]
    for column, frequency in enumerate(frequencies):
        x = left + column * wide + wide / 2
        bottom = top + high * len(recencies)
        parts.append(text(x, bottom + 18, f"{frequency}", anchor="middle"))
    for row, recency in enumerate(recencies):
        y = top + row * high
        parts.append(text(left - 10, y + 16, f"week {recency}", anchor="end"))
        for column, chance in enumerate(chances[row]):
            x = left + column * wide
            ink = "on" if chance > 0.8 else "text"
            parts.append(
                f'<rect class="cell" x="{x}" y="{y}" width="{wide - 2}" height="{high - 2}" '
                f'rx="2" fill-opacity="{0.04 + 0.96 * chance:.2f}"/>'
            )
            parts.append(text(x + wide / 2 - 1, y + 15, f"{chance:.0%}", ink, "middle", 11))
    bottom = top + high * len(recencies)
    return picture(parts, 2 * 10 + left + wide * len(frequencies), bottom + 36, "Alive")


def shares(segments: list[dict]) -> str:
    """Returns each segment's share of customers, of the value said, and of what was spent."""
    names = ["of customers", "of the value said", "of what was spent later"]
    keys = ["customers_share", "value_share", "spent_share"]
    panel = Panel((60, 84, 800, 220), (0, len(segments)), (0, 1))
    parts = [text(16, 26, "Each segment's share", "text", size=15)]
    parts += legend(names, 16, 46, boxes=True)
    parts += panel.frame("", [], [0, 0.25, 0.5, 0.75, 1.0], x_name="", y_format=".0%")
    bottom = panel.top + panel.height
    for place, segment in enumerate(segments):
        parts.append(text(panel.x(place + 0.5), bottom + 18, segment["name"], "text", "middle"))
        for number, key in enumerate(keys):
            x, y = panel.x(place + 0.15 + 0.23 * number), panel.y(segment[key])
            width = 0.2 * panel.width / len(segments)
            parts.append(
                f'<rect class="s{number}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
                f'height="{bottom - y:.1f}"/>'
            )
            parts.append(text(x + width / 2, y - 5, f"{segment[key]:.0%}", "quiet", "middle", 11))
    return picture(parts, 880, 340, "Segments")


def legend(names: list[str], x: float, y: float, *, boxes: bool = False) -> list[str]:
    """Returns each name beside its line, or its box."""
    parts = []
    for number, name in enumerate(names):
        if boxes:
            fill = "0.35" if number == 3 else "1"
            parts.append(
                f'<rect class="s{number}" x="{x}" y="{y - 6}" width="14" height="12" '
                f'fill-opacity="{fill}"/>'
            )
        else:
            parts.append(
                f'<line class="s{number} line" x1="{x}" x2="{x + 30}" y1="{y}" y2="{y}"'
                f"{DASHES[number]}/>"
            )
        x += 20 if boxes else 38
        parts.append(text(x, y + 4, name))
        x += 24 + 7 * len(name)
    return parts


def text(
    x: float, y: float, words: str, kind: str = "quiet", anchor: str = "start", size: int = 12
) -> str:
    """Returns words at a place."""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{size}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """Returns a straight line."""
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def picture(parts: list[str], width: float, height: float, title: str) -> str:
    """Returns the parts as one picture."""
    inside = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" role="img" font-family="system-ui, sans-serif">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
        f'<rect class="ground" width="{width:g}" height="{height:g}" rx="6"/>\n{inside}\n</svg>\n'
    )
