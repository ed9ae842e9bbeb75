"""What the flow prints, and its report as one HTML page: tables and charts for people."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from production import Production

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Production plan</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
  :root {{ color-scheme: light dark }}
  body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2rem auto; padding: 0 1rem }}
  pre {{ overflow-x: auto; font-size: 13px }} figure {{ margin: 1.5rem 0 }} svg {{ max-width: 100%; height: auto }}
</style></head><body>
<h1>Production plan</h1>
{body}
</body></html>
"""  # noqa: E501

SOURCES = {
    "given": "times as given",
    "pages": "times by hours per page",
    "predicted": "predicted times",
    "hindsight": "times as they turned out",
}
"""Where the times that a plan was made for come from."""


def learnt(held_out: dict[str, Any], fitted: list[dict[str, Any]], about: dict[str, Any]) -> str:
    """Returns how well times are predicted, and the coefficients, beside the truth if known."""
    unit, tested = about["unit"], held_out["tested"]
    lines = [
        "",
        f"Time of a scene, learnt from {held_out['fitted']} {about['scenes']}, "
        f"measured on {tested} others",
        *(
            f"   {name + ':':16} wrong by {error:.2f} {unit} on average"
            for name, error in held_out["errors"].items()
        ),
    ]
    gain = held_out["gain"]
    low, high = gain["interval"]
    better = "better" if low > 0 else "worse" if high < 0 else "cannot tell which is better"
    lines.append(
        f"   the model is {gain['mean']:.2f} nearer than hours per page, 95 % "
        f"[{low:.2f}, {high:.2f}]: {better}"
    )
    lines.append(
        f"   {held_out['covered']} of {tested} times lay within their 80 % range "
        f"({0.8 * tested:.0f} expected)"
    )
    truth = about["truth"]
    head = f"   {'coefficient (of the log)':26}{'fitted':>8}   95 %"
    lines.append(head + (f"{'truth':>20}" if truth else ""))
    for row in fitted:
        low, high = row["interval"]
        known = f"{truth[row['name']]:>10.2f}" if truth else ""
        if truth and not low <= truth[row["name"]] <= high:
            known += "  outside"
        lines.append(f"   {row['name']:26}{row['value']:8.2f}   [{low:5.2f}, {high:5.2f}]{known}")
    return "\n".join(lines)


def plans(production: Production, compared: list[dict[str, Any]]) -> str:
    """Returns the orders of one production, what waiting costs in each and what is proven."""
    title = f"{production['name']}: {len(production['scenes'])} scenes, "
    lines = ["", f"{title}{len(production['players'])} players"]
    for plan in compared:
        lines.append(f"   planned for {SOURCES[plan['source']]}: {verdict(plan)}")
        for label, which in (("as written", "written"), ("planned", "planned")):
            found = plan[which]
            line = f"      {label:11}{found['names']:42} waiting costs {found['cost']:>8,.0f}"
            if found["range"]:
                line += "  80 % [{:,.0f}, {:,.0f}]".format(*found["range"])
            if found["turned_out"] is not None:
                line += f"  turned out {found['turned_out']:,.0f}"
            lines.append(line)
    return "\n".join(lines)


def verdict(plan: Mapping[str, Any]) -> str:
    """Returns how good a plan is known to be."""
    if plan["proven"]:
        return f"proven, no order costs less than {plan['bound']:,.0f} ({plan['seconds']:.1f} s)"
    return (
        f"NOT proven within {plan['seconds']:.0f} s: the best order costs at least "
        f"{plan['bound']:,.0f}; a longer `--time-limit` may tell"
    )


def waiting(production: Production, plan: dict[str, Any]) -> str:
    """Returns how long each player waits and what it costs, before and after."""
    unit = production["unit"]
    lines = [
        "",
        f"   {'player':18}{'plays':>8}{'waits before':>16}{'after':>8}{'saved':>12}  {unit}",
    ]
    for row in plan["players"]:
        lines.append(
            f"   {row['player']:18}{row['plays']:8.1f}{row['before']:16.1f}{row['after']:8.1f}"
            f"{row['saved']:12,.0f}"
        )
    total = plan["written"]["cost"] - plan["planned"]["cost"]
    money = f" {production['cost_unit']}" if production["cost_unit"] else ""
    lines.append(f"   {'together':50}{total:12,.0f}{money}")
    return "\n".join(lines)


def page(texts: list[str], charts: dict[str, str], notes: list[str]) -> str:
    """Returns the report: a page that needs no other file."""
    body = [f"<p>{escape(note)}</p>" for note in notes]
    body += [f"<figure>{chart}</figure>" for chart in charts.values()]
    body += [f"<pre>{escape(text.strip(chr(10)))}</pre>" for text in texts]
    return PAGE.format(body="\n".join(body))


def next_commands(flow: str, run: str, charts: list[str]) -> str:
    """Returns the commands that look further into a run."""
    commands = [
        (f"flownote dump {flow}/{run}/compare/report > plan.html", "charts and tables, one page"),
        *(
            (f"flownote dump {flow}/{run}/compare/{chart} > {chart}.svg", "one chart")
            for chart in charts
        ),
        (f"flownote dump {flow}/{run}/compare/schedule", "the best order: scenes with times"),
    ]
    width = max(len(command) for command, _ in commands)
    lines = ["", "What to type next:"]
    return "\n".join(lines + [f"   {command:{width}}   {what}" for command, what in commands])
