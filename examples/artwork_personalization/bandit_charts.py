"""Charts as SVG: estimates with their intervals (a forest plot), and curves."""

from __future__ import annotations

from html import escape
from typing import Any

INK, FAINT, ACCENT, WARNING = "#1f2328", "#8c959f", "#0969da", "#bc4c00"
COLOURS = ("#0969da", "#bc4c00", "#1a7f37", "#8250df", "#57606a")
FONT = 'font-family="system-ui, sans-serif" font-size="13"'


def forest(groups: list[dict[str, Any]], *, unit: str, largest: float | None = None) -> str:
    """Draws estimates with their intervals, and the truth as a line where it is known.

    Parameters
    ----------
    groups
        Each has a ``name``, ``rows`` (``name``, ``value``, ``low``, ``high``, ``trusted``) and
        maybe a ``truth`` (``value`` and ``name``).
    unit
        What the axis shows.
    largest
        Where the axis ends. Intervals that go on there, or below zero, are cut and have an arrow.
    """
    left, width, height = 200, 480, 24
    ends = [row["high"] for group in groups for row in group["rows"]]
    end = largest or 1.05 * max(ends)
    lines, top = [], 10

    def x(value: float) -> float:
        return left + width * min(max(value, 0.0), end) / end

    for group in groups:
        top += 22
        lines.append(text(8, top, group["name"], weight=600))
        first = top + 8
        for row in group["rows"]:
            top += height
            colour = ACCENT if row.get("trusted", True) else WARNING
            lines.append(text(left - 16, top + 4, row["name"], anchor="end"))
            lines.append(
                f'<line x1="{x(row["low"]):.1f}" x2="{x(row["high"]):.1f}" y1="{top}" '
                f'y2="{top}" stroke="{colour}" stroke-width="2"/>'
            )
            if row["low"] < 0:
                lines.append(arrow(left, top, -7, colour))
            if row["high"] > end:
                lines.append(arrow(left + width, top, 7, colour))
            lines.append(f'<circle cx="{x(row["value"]):.1f}" cy="{top}" r="4" fill="{colour}"/>')
            said = f"{100 * row['value']:.2f}" + ("" if row.get("trusted", True) else " !")
            lines.append(text(left + width + 28, top + 4, said, colour=colour))
        if truth := group.get("truth"):
            at = x(truth["value"])
            lines.append(
                f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{first}" y2="{top + 10}" '
                f'stroke="{INK}" stroke-dasharray="4 3"/>'
            )
            lines.append(text(at + 5, first + 2, truth["name"], colour=FAINT, size=11))
        top += 8
    lines += axis(left, width, top + 14, end, unit)
    return svg(left + width + 100, top + 60, lines, unit)


def curves(series: dict[str, list[float]], *, step: int, across: str, up: str) -> str:
    """Draws curves that start together, each named at its end."""
    left, width, height = 60, 520, 260
    end = 1.05 * max(max(values) for values in series.values())
    lines = []
    names = sorted(series, key=lambda name: -series[name][-1])
    above = 0.0
    for name, colour in zip(names, COLOURS, strict=False):
        values = series[name]
        points = " ".join(
            f"{left + width * at / (len(values) - 1):.1f},{20 + height * (1 - value / end):.1f}"
            for at, value in enumerate(values)
        )
        lines.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        # Names of curves that end together are pushed apart.
        above = max(above + 16, 24 + height * (1 - values[-1] / end))
        lines.append(text(left + width + 8, above, f"{name} {values[-1]:,.0f}", colour=colour))
    lines.append(
        f'<path d="M{left} 20V{20 + height}H{left + width}" fill="none" stroke="{FAINT}"/>'
    )
    last = step * (len(next(iter(series.values()))) - 1)
    lines.append(text(left, 38 + height, "0", colour=FAINT))
    lines.append(text(left + width, 38 + height, f"{last:,}", colour=FAINT, anchor="end"))
    lines.append(text(left + width / 2, 38 + height, across, colour=FAINT, anchor="middle"))
    lines.append(text(left - 6, 32, f"{end:,.0f}", colour=FAINT, anchor="end"))
    lines.append(text(left + 8, 16, up, colour=FAINT))
    return svg(left + width + 130, height + 60, lines, up)


def axis(left: float, width: float, top: float, end: float, unit: str) -> list[str]:
    """Draws an axis from zero, in hundredths."""
    step = next(it for it in (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1) if end / it < 9)
    lines = [f'<path d="M{left} {top}H{left + width}" stroke="{FAINT}"/>']
    for place in range(int(end / step) + 1):
        at = left + width * place * step / end
        lines.append(f'<path d="M{at:.1f} {top}v5" stroke="{FAINT}"/>')
        digits = 2 if step < 0.001 else 1 if step < 0.01 else 0
        shown = f"{100 * place * step:.{digits}f}"
        lines.append(text(at, top + 18, shown, colour=FAINT, anchor="middle"))
    lines.append(text(left + width / 2, top + 36, unit, colour=FAINT, anchor="middle"))
    return lines


def arrow(x: float, y: float, length: float, colour: str) -> str:
    """Draws the head of an arrow: what it ends goes on."""
    return f'<path class="arrow" d="M{x:g} {y - 5:g}l{length:g} 5l{-length:g} 5z" fill="{colour}"/>'


def text(
    x: float,
    y: float,
    words: str,
    *,
    colour: str = INK,
    anchor: str = "start",
    weight: int = 400,
    size: int = 13,
) -> str:
    """Writes words at a place."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" '
        f'font-weight="{weight}" font-size="{size}">{escape(words)}</text>'
    )


def svg(width: float, height: float, lines: list[str], title: str) -> str:
    """Puts lines into a picture."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" {FONT} role="img">'
        f"<title>{escape(title)}</title>"
        f'<rect width="100%" height="100%" fill="white"/>{"".join(lines)}</svg>'
    )
