"""What the flow prints, and its report as one HTML page: tables for people."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Customer value</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
  :root {{ color-scheme: light dark }}
  body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 1000px }}
  body {{ margin: 2rem auto; padding: 0 1rem }}
  pre {{ overflow-x: auto; font: 13px/1.45 ui-monospace, monospace }}
  svg {{ max-width: 100%; height: auto; margin: 1rem 0 }}
</style></head><body>
<h1>Who stays, who still buys, and what is that worth?</h1>
{parts}
</body></html>
"""


def renewals(cohorts: dict[str, dict[str, Any]], *, discount: float) -> str:
    """Returns each cohort's share by year: what was seen, and what was said of it."""
    lines = ["", "Subscribers left of 1,000; sBG fitted to years 1 to 4"]
    lines.append(f"   {'':20}" + "".join(f"{f'year {year}':>9}" for year in range(1, 8)))
    for name, one in cohorts.items():
        for which, label in (("seen", f"{name}, seen"), ("said", f"{name}, said")):
            values = "".join(f"{1000 * share:9.0f}" for share in one[which][1:])
            lines.append(f"   {label:20}{values}")
        said = ", ".join(f"{key} {value:.3f}" for key, value in one["parameters"].items())
        lines.append(
            f"   {'':20}{said}; will yet pay for {one['new']:.2f} years when new, "
            f"{one['old']:.2f} after three renewals"
        )
    missed = [1000 * abs(one["said"][7] - one["seen"][7]) for one in cohorts.values()]
    lines.append(
        f"   in year 7, {' and '.join(f'{miss:.0f}' for miss in missed)} customers of 1,000 beside "
        f"what happened (years to come discounted by {discount:.0%} each)"
    )
    return "\n".join(lines)


def fits(models: list[Any], correlation: float) -> str:
    """Returns the parameters of CDNOW's models, each with its standard error."""
    lines = ["", "CDNOW, weeks 1 to 39"]
    for model in models:
        values = "  ".join(
            f"{name} {getattr(model, f'{name}_'):.3f} ± {error:.3f}"
            for name, error in model.standard_errors_.items()
        )
        lines.append(
            f"   {type(model).__name__:11}{values}   "
            f"log-likelihood {model.log_likelihood_:,.1f} of {model.n_customers_:,}"
        )
    lines.append(
        f"   how often and how much: correlation {correlation:.2f} (Gamma-Gamma takes it for 0)"
    )
    return "\n".join(lines)


def errors(later: np.ndarray, said: dict[str, np.ndarray]) -> dict[str, dict[str, float]]:
    """Returns how far from what happened each prediction is."""
    return {
        name: {
            "total": float(values.sum()),
            "seen": float(later.sum()),
            "mean_error": float(np.abs(values - later).mean()),
            "root_mean_square": float(np.sqrt(((values - later) ** 2).mean())),
            "correlation": float(np.corrcoef(values, later)[0, 1]),
        }
        for name, values in said.items()
    }


def by_frequency(
    frequency: np.ndarray, later: np.ndarray, said: dict[str, np.ndarray]
) -> dict[str, Any]:
    """Returns mean later purchases by how often customers had bought: 0, 1, … 6, 7 or more."""
    group = np.minimum(frequency, 7).astype(int)
    columns = {"seen": later, **said}
    return {
        "names": [*map(str, range(7)), "7+"],
        "customers": np.bincount(group).tolist(),
        "means": {
            name: [float(values[group == x].mean()) for x in range(8)]
            for name, values in columns.items()
        },
    }


def later(errors: dict[str, dict[str, float]], groups: dict[str, Any]) -> str:
    """Returns what models said of weeks 40 to 78 beside what happened."""
    seen = next(iter(errors.values()))["seen"]
    lines = ["", f"CDNOW, weeks 40 to 78: {seen:,.0f} purchases"]
    lines.append(f"   {'':12}{'total':>8}{'off by':>9}{'mean error':>12}{'rmse':>8}{'corr.':>8}")
    for name, one in errors.items():
        off = one["total"] / one["seen"] - 1
        lines.append(
            f"   {name:12}{one['total']:8,.0f}{off:+9.1%}{one['mean_error']:12.3f}"
            f"{one['root_mean_square']:8.3f}{one['correlation']:8.3f}"
        )
    lines.append("   mean purchases, by repeat purchases in weeks 1 to 39")
    lines.append(f"   {'':12}" + "".join(f"{name:>8}" for name in groups["names"]))
    lines.append(f"   {'customers':12}" + "".join(f"{n:8,}" for n in groups["customers"]))
    for name, values in groups["means"].items():
        lines.append(f"   {name:12}" + "".join(f"{value:8.2f}" for value in values))
    return "\n".join(lines)


def segments(
    labels: np.ndarray, past: Any, alive: np.ndarray, lifetime: np.ndarray, spent: np.ndarray
) -> list[dict[str, Any]]:
    """Returns the segments, the most valuable customers' first."""
    found = []
    for label in np.unique(labels):
        own = labels == label
        found.append(
            {
                "customers": int(own.sum()),
                "frequency": float(past.frequency[own].mean()),
                "silent": float((past.age - past.recency)[own].mean()),
                "alive": float(alive[own].mean()),
                "lifetime": float(lifetime[own].mean()),
                "spent": float(spent[own].mean()),
                "customers_share": float(own.mean()),
                "value_share": float(lifetime[own].sum() / lifetime.sum()),
                "spent_share": float(spent[own].sum() / spent.sum()),
            }
        )
    found.sort(key=lambda segment: -segment["lifetime"])
    return [{"name": f"segment {number}", **one} for number, one in enumerate(found, start=1)]


def deciles(lifetime: np.ndarray, spent: np.ndarray) -> list[float]:
    """Returns what each tenth of customers, the most valuable first, spent later: its share."""
    order = np.argsort(-lifetime, kind="stable")
    return [float(spent[part].sum() / spent.sum()) for part in np.array_split(order, 10)]


def value(
    segments: list[dict[str, Any]],
    deciles: list[float],
    silhouettes: dict[int, float],
    *,
    years: float,
    discount: float,
) -> str:
    """Returns segments with what they are worth, and what the most valuable spent later."""
    heading = f"Value of the next {years:g} years in dollars of sales, discounted by {discount:.0%}"
    lines = ["", heading]
    names = ("customers", "repeats", "silent weeks", "alive", "value", "spent in 39 weeks")
    lines.append(f"   {'':10}" + "".join(f"{name:>{len(name) + 3}}" for name in names))
    for one in segments:
        cells = (
            f"{one['customers']:,}",
            f"{one['frequency']:.2f}",
            f"{one['silent']:.1f}",
            f"{one['alive']:.0%}",
            f"{one['lifetime']:,.0f}",
            f"{one['spent']:,.0f}",
        )
        row = "".join(f"{cell:>{len(name) + 3}}" for cell, name in zip(cells, names, strict=True))
        lines.append(f"   {one['name']:10}{row}")
    widths = ", ".join(f"{k} groups {width:.3f}" for k, width in silhouettes.items())
    lines.append(f"   silhouettes: {widths}")
    lines.append(
        f"   the tenth with the highest value spent {deciles[0]:.0%} of all that was spent "
        f"in weeks 40 to 78, the next {deciles[1]:.0%}"
    )
    return "\n".join(lines)


def page(texts: list[str], charts: dict[str, str]) -> str:
    """Returns the report: a page that needs no other file."""
    places = {0: ["renewals"], 1: [], 2: ["tracking", "by_frequency", "alive"], 3: ["shares"]}
    parts = []
    for number, text in enumerate(texts):
        parts.append(f"<pre>{escape(text.strip())}</pre>")
        parts += [charts[name] for name in places[number]]
    return PAGE.format(parts="\n".join(parts))


def next_commands(flow: str, run: str) -> str:
    """Returns the commands that look further into a run."""
    commands = [
        (f"flownote dump {flow}/{run}/report/page > value.html", "charts and tables, one page"),
        (f"flownote dump {flow}/{run}/later/alive > alive.svg", "one chart"),
        (f"flownote dump {flow}/{run}/purchases/bg_nbd", "a model: parameters and their errors"),
    ]
    width = max(len(command) for command, _ in commands)
    return "\n".join(["", *(f"   {command:{width}}  {what}" for command, what in commands)])
