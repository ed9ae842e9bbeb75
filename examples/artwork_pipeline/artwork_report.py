"""What the flow says in the terminal."""

from __future__ import annotations

from typing import Any

from contact_sheet import clock
from flownote.video import Video


def opened(video: Video, frames: int, step: int, parts: int) -> str:
    """Returns what there is to look at."""
    which = "every frame" if step == 1 else f"one frame of {step}"
    return (
        f"{frames:,} frames of {video.width} × {video.height}, {float(video.rate):g} a second; "
        f"{which} is looked at, in {parts} parts"
    )


def shots(found: list[dict[str, Any]], rate: float) -> str:
    """Returns the shots, and how each begins."""
    lines = ["", f"{len(found)} shots", "      shot   begins         with   seconds"]
    for number, shot in enumerate(found, start=1):
        lines.append(
            f"   {number:7}{clock(shot['start'] / rate):>9}{shot['transition']:>13}"
            f"{(shot['end'] - shot['start']) / rate:10.2f}"
        )
    return "\n".join(lines)


def chosen(rows: list[dict[str, Any]]) -> str:
    """Returns the chosen frames, and what speaks for each."""
    lines = ["", f"{len(rows)} chosen"]
    for row in rows:
        where = f"frame {row['frame']} ({clock(row['time'])}, shot {row['shot']})"
        lines.append(f"   {row['score']:.3f}  {where:32}{'; '.join(row['reasons'])}")
    return "\n".join(lines)


def rejected(shares: dict[str, float], looked: int) -> str:
    """Returns which share of the frames each reason rejected."""
    lines = ["", f"{sum(shares.values()):.1%} of {looked:,} frames rejected"]
    lines += [f"   {share:6.1%}  {why}" for why, share in shares.items()]
    return "\n".join(lines)


def next_commands(flow: str, run: str) -> str:
    """Returns the commands that look further into a run."""
    commands = [
        (f"flownote dump {flow}/{run}/sheet/page > sheet.html", "the contact sheet, one page"),
        (f"flownote dump {flow}/{run}/sheet/reasons > reasons.svg", "a chart"),
        (f"flownote dump {flow}/{run}/choose/shares", "which reason rejected how many"),
    ]
    width = max(len(command) for command, _ in commands)
    return "\n".join(["", *(f"   {command:{width}}  {what}" for command, what in commands)])
