"""What the flow prints: tables for people."""

from __future__ import annotations

from typing import Any

import numpy as np

import features

METRICS = ("recall@10", "recall@20", "ndcg@10", "ndcg@100", "coverage@10")


def chosen_members(text: str, known: list[str]) -> list[int]:
    """Returns the positions of the members named in `text`, ids separated by commas."""
    position = {member: index for index, member in enumerate(known)}
    wanted = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in position]:
        raise ValueError(
            f"`--members` names {', '.join(unknown)}, whom MovieLens-100K doesn't know; "
            f"its members are {known[0]} to {known[-1]}"
        )
    return [position[name] for name in wanted]


def chosen_titles(text: str, known: list[str]) -> list[int]:
    """Returns the positions of the titles named in `text`, separated by semicolons."""
    position = {title: index for index, title in enumerate(known)}
    wanted = [name.strip() for name in text.split(";") if name.strip()]
    if unknown := [name for name in wanted if name not in position]:
        raise ValueError(
            f"`--of` names {'; '.join(unknown)}, which MovieLens-100K doesn't know; its titles "
            f"look like {known[0]}"
        )
    return [position[name] for name in wanted]


def table(train, validation, test) -> str:
    """Returns how large the table is."""
    members, titles = train.shape
    return (
        f"{members} members × {titles} titles: {train.nnz} ratings to train on, "
        f"{validation.nnz} to choose by, {test.nnz} to report"
    )


def last_watched(history: np.ndarray, member: int, *, count: int) -> list[int]:
    """Returns the titles that a member watched last before the test part, newest first."""
    rows = history[(history[:, 0] == member) & (history[:, 3] != features.TEST)]
    return rows[::-1][:count, 1].tolist()


def leaderboard(rows: list[dict[str, Any]]) -> str:
    """Returns the models, best first, with their metrics on validation."""
    width = max(len(row["candidate"]["name"]) for row in rows)
    lines = ["", f"{'on validation':{width + 3}}" + "".join(f"{m:>13}" for m in METRICS)]
    for place, row in enumerate(rows, start=1):
        values = "".join(f"{row[metric]:13.4f}" for metric in METRICS)
        lines.append(f"{place:2} {row['candidate']['name']:{width}}{values}")
    return "\n".join(lines)


def families(rows: list[dict[str, Any]]) -> str:
    """Returns the best of each family with its interval on test."""
    width = max(len(row["name"]) for row in rows)
    lines = ["", "nDCG@10 on test, the best of each family by validation (95 % over members)"]
    for row in sorted(rows, key=lambda row: -row["mean"]):
        low, high = row["interval"]
        lines.append(f"   {row['name']:{width}}  {row['mean']:.4f}   [{low:.4f}, {high:.4f}]")
    return "\n".join(lines)


def tested(name: str, results: dict[str, Any]) -> str:
    """Returns the chosen model's metrics on test, with their intervals."""
    lines = ["", f"{name} on test, fitted again on train + validation (95 % over members)"]
    for metric, result in results.items():
        low, high = result["interval"]
        lines.append(f"   {metric:24}{result['mean']:8.4f}   [{low:.4f}, {high:.4f}]")
    return "\n".join(lines)


def member(name: str, watched: list[str], recommended: list[dict[str, Any]]) -> str:
    """Returns what a member watched last, beside what they are recommended and why."""
    head = f"   {'watched last':32}     {'recommended':34}  because you watched"
    lines = ["", f"member {name}", head]
    for index in range(max(len(watched), len(recommended))):
        left = clip(watched[index], 32) if index < len(watched) else ""
        right = line(recommended[index]) if index < len(recommended) else ""
        lines.append(f"   {left:32}   {right}".rstrip())
    return "\n".join(lines)


def shelves(rows: list[tuple[str, list[dict[str, Any]]]]) -> str:
    """Returns titled rows, each title with its reason."""
    lines = []
    for words, titles in rows:
        lines.append(f"   {words}")
        lines += [f"     {line(title)}".rstrip() for title in titles]
    return "\n".join(lines)


def nearest(title: str, near: list[str]) -> str:
    """Returns a title and what the same members watch."""
    return "\n".join([f"\nwho watched {title} watched", *(f"   {name}" for name in near)])


def line(choice: dict[str, Any]) -> str:
    """Returns one recommendation; ✓ marks a title that the member did watch later."""
    mark = "✓" if choice["watched_later"] else " "
    return f"{mark} {clip(choice['title'], 34):34}  {clip(choice['because'] or '(popular)', 28)}"


def clip(text: str, width: int) -> str:
    """Returns the text, shortened to `width` characters."""
    return text if len(text) <= width else text[: width - 1] + "…"


def next_commands(flow: str, run: str) -> str:
    """Returns the commands that look further into a run."""
    commands = [
        (f"flownote show {flow}/{run}", "every task and artifact of this run"),
        (f"flownote dump {flow}/{run}/choose/leaderboard", "a value that it made"),
        (f"flownote runs {flow} --columns model,test_ndcg --sort -test_ndcg", "all runs compared"),
    ]
    width = max(len(command) for command, _ in commands)
    lines = ["", "✓ titles that the member watched later. What to type next:"]
    return "\n".join(lines + [f"   {command:{width}}   {what}" for command, what in commands])
