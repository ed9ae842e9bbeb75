"""What the flow says: tables for the terminal, charts, and a page of both."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

import bandit_charts as charts
from taste_groups import GROUPS, PICTURES, TITLE


def campaigns(judged: list[dict[str, Any]]) -> str:
    """Returns the shop's campaigns: what all items shown equally often would have earned."""
    lines = ["", "fashion items of a shop, 10,000 rounds each: clicks per 100 rounds (95 %)"]
    for it in judged:
        lines.append(
            f"{it['campaign']}: {it['items']} items, {it['effective']:,.0f} effective rows"
        )
        for row in (it["had"], *it["estimates"], it["tried"]):
            mark = " " if row["trusted"] else "!"
            lines.append(f"  {mark} {row['name']:22}{percent(row)}")
        lines += [f"    ! {warning}" for warning in it["warnings"]]
        lines.append(f"    all items alike against bts, from its log: {it['verdict']}")
        lines.append(f"    and where it was tried: {it['experiment']}")
    return "\n".join(lines)


def world(group: np.ndarray, rates: np.ndarray) -> str:
    """Returns the groups of members and their made-up click rates."""
    lines = ["", f"{TITLE}: click rates in %, made up from tastes", f"{'':24}" + columns(PICTURES)]
    for it, name in enumerate(GROUPS):
        head = f"{name} ({int((group == it).sum())} members)"
        lines.append(f"{head:24}" + columns(f"{100 * rate:.1f}" for rate in rates[it]))
    return "\n".join(lines)


def judged(policies: dict[str, dict[str, Any]], best: str) -> str:
    """Returns each policy's estimates beside its true worth."""
    names = [row["name"] for row in policies[best]["rows"]]
    lines = ["", "clicks per 100 rounds", f"{'':12}{'worth':>8}" + columns(names)]
    for name, it in policies.items():
        values = columns(f"{100 * row['value']:.2f}" for row in it["rows"])
        lines.append(f"{name:12}{100 * it['worth']:8.2f}{values}")
        lines.append(f"{'':12}  over what was logged: {it['over_logged']}")
        if name != best:
            lines.append(f"{'':12}  against {best}: {it['below_best']}")
    return "\n".join(lines)


def columns(words: Any) -> str:
    """Returns words in columns."""
    return "".join(f"{word:>23}" for word in words)


def percent(row: dict[str, Any]) -> str:
    """Returns an estimate and its interval, in hundredths."""
    value, low, high = (100 * row[key] for key in ("value", "low", "high"))
    return f"{value:6.3f}  [{low:6.3f}, {high:6.3f}]"


def shop_chart(judged: list[dict[str, Any]]) -> str:
    """Draws the shop's estimates, and what those clicked to whom it was shown."""
    groups = [
        {
            "name": it["campaign"],
            "rows": [it["had"], *it["estimates"]],
            "truth": {"value": it["tried"]["value"], "name": "tried"},
        }
        for it in judged
    ]
    return charts.forest(groups, unit="clicks per 100 rounds", largest=0.0105)


def regret_chart(regrets: dict[str, np.ndarray], rounds: int) -> str:
    """Draws what the policies lost while they learnt."""
    thin = max(1, len(next(iter(regrets.values()))) // 200)
    series = {name: [0.0, *lost[thin - 1 :: thin].tolist()] for name, lost in regrets.items()}
    step = rounds // max(1, len(next(iter(series.values()))) - 1)
    return charts.curves(series, step=step, across="rounds", up="clicks lost to the best pictures")


def worth_chart(policies: dict[str, dict[str, Any]]) -> str:
    """Draws the policies' estimates beside their true worth."""
    groups = [
        {"name": name, "rows": it["rows"], "truth": {"value": it["worth"], "name": "true worth"}}
        for name, it in policies.items()
    ]
    return charts.forest(groups, unit="clicks per 100 rounds")


def page(run: Any) -> str:
    """Returns all charts on one page of HTML."""
    verdicts = "".join(
        f"<li><b>{it['campaign']}</b>: from the log {escape(it['verdict'])}; where it was tried, "
        f"{escape(it['experiment'])}</li>"
        for it in run.campaigns
    )
    head = "".join(f"<th>{escape(picture)}</th>" for picture in PICTURES)
    body = "".join(
        f"<tr><td>{name}</td>" + "".join(f"<td>{100 * it:.0f} %</td>" for it in row) + "</tr>"
        for name, row in zip(GROUPS, run.shown, strict=True)
    )
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Which picture to whom?</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto }}
table {{ border-collapse: collapse }} td, th {{ padding: .2rem .8rem; text-align: right }}
svg {{ max-width: 100%; height: auto }}
</style>
<h1>Which picture to whom?</h1>
<h2>A shop's logs, as they are</h2>
<p>Fashion items, not artwork. Would all items shown equally often have been clicked more than
what the shop's policy showed? The dashed line is what other visitors clicked to whom they were
shown so; orange estimates rest on few rows.</p>
{run.shop_chart}
<ul>{verdicts}</ul>
<h2>One title, four tastes, four pictures: semi-synthetic</h2>
<p>The tastes are MovieLens members'; pictures and click rates of {escape(TITLE)} are made up, so
that each policy's true worth is known.</p>
{run.regret_chart}
<p>Each policy as it was after learning, judged by one log of another policy. The direct method's
interval knows nothing of what is wrong with its model, and is too narrow:</p>
{run.worth_chart}
<h2>What {escape(run.best)} shows to whom</h2>
<table><tr><th></th>{head}</tr>{body}</table>
</html>
"""


def next_commands(flow: str, run: str) -> str:
    """Returns the commands that look further into a run."""
    commands = [
        (f"flownote dump {flow}/{run}/end/0/report -o report.html", "all charts on one page"),
        (f"flownote dump {flow}/{run}/end/0/best_policy", "the best policy, a model"),
        (f"flownote show {flow}/{run}", "every task and artifact of this run"),
    ]
    width = max(len(command) for command, _ in commands)
    lines = ["", "What to type next:"]
    return "\n".join(lines + [f"   {command:{width}}   {what}" for command, what in commands])
