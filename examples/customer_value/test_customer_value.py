"""The flow as it runs: what it says of subscribers and of CDNOW, and its README and pictures."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

import cdnow
import cohorts
import value_report
from flownote.models.customer import BgNbd, GammaGamma, KMeans, ShiftedBetaGeometric

HERE = Path(__file__).resolve().parent
SVG = "{http://www.w3.org/2000/svg}"


def flow(folder: Path, *options: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs the flow as a program in a folder; fails unless it ends with `code`."""
    command = [sys.executable, str(HERE / "flow.py"), "run", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A folder with one run of the flow as it stands, and what it told."""
    folder = tmp_path_factory.mktemp("customer_value")
    return folder, flow(folder)


@pytest.fixture
def data(ran, monkeypatch):
    """What the run's last common step has."""
    from flownote import Run, namespace

    folder, told = ran
    (pathspec,) = re.findall(r"run (CustomerValue/\S+) started", told.stderr)
    monkeypatch.chdir(folder)
    namespace(None)
    return Run(pathspec)["report"].task.data


# The data.


def test_the_transactions_are_the_papers():
    bought = cdnow.transactions()
    assert len(bought["customer"]) == 6919
    assert len(np.unique(bought["customer"])) == 2357
    assert bought["day"].min() == cdnow.START
    assert (cdnow.END - cdnow.START).astype(int) == 7 * cdnow.WEEKS - 1


def test_repeats_are_counted_by_the_day():
    bought = {
        "customer": np.array([1, 1, 1, 1, 2, 2]),
        "day": cdnow.START + np.array([0, 0, 7, 7, 3, 20]),
        "value": np.ones(6),
    }
    by_week = cdnow.repeats_by_week(bought)
    # Day 7 is the first of the second week, day 20 the last of the third.
    assert by_week[:5].tolist() == [0, 0, 1, 2, 2] and by_week[-1] == 2


def test_the_cohorts_are_a_thousand_each():
    assert cohorts.left(cohorts.LOSSES["High End"]) == pytest.approx(
        [1, 0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491]
    )


# The flow.


def test_models_are_kept_and_come_back_fitted(data):
    assert type(data.bg_nbd) is BgNbd and type(data.spending) is GammaGamma
    figures = [f"{getattr(data.bg_nbd, f'{name}_'):.3f}" for name in ("r", "alpha", "a", "b")]
    assert figures == ["0.243", "4.414", "0.793", "2.426"]
    assert type(data.groups_model) is KMeans and type(data.regular) is ShiftedBetaGeometric


def test_renewals_are_predicted_from_four_years(data):
    again = ShiftedBetaGeometric().fit(cohorts.LOSSES["Regular"][:4], 1000)
    assert data.regular == again
    for one in data.cohorts.values():
        missed = np.abs(np.array(one["seen"]) - one["said"])
        # Fitted years within 1.1 %, later ones within 5 %.
        assert missed[:5].max() < 0.011 and missed[5:].max() < 0.05
        assert one["old"] > one["new"]


def test_models_see_nothing_of_the_weeks_that_they_predict(data):
    bought = cdnow.transactions()
    known = bought["day"] <= cdnow.END
    from flownote.models.customer import rfm

    columns = [bought[name][known] for name in ("customer", "day", "value")]
    past = rfm(*columns, end=cdnow.END)
    assert BgNbd().fit(past.frequency, past.recency, past.age) == data.bg_nbd
    assert past.later.sum() == 0 < data.past.later.sum()


def test_the_models_are_nearer_than_going_on_as_before(data):
    naive = data.errors["as before"]
    for name in ("BG/NBD", "Pareto/NBD"):
        assert data.errors[name]["mean_error"] < naive["mean_error"]
        assert data.errors[name]["root_mean_square"] < naive["root_mean_square"]
        assert abs(data.errors[name]["total"] / naive["seen"] - 1) < 0.15


def test_groups_and_segments_add_up(data):
    counts = np.array(data.groups["customers"])
    assert counts.sum() == 2357
    assert np.dot(counts, data.groups["means"]["seen"]) == pytest.approx(data.past.later.sum())
    for share in ("customers_share", "value_share", "spent_share"):
        assert sum(segment[share] for segment in data.segments) == pytest.approx(1)
    assert sum(data.deciles) == pytest.approx(1)
    values = [segment["lifetime"] for segment in data.segments]
    assert values == sorted(values, reverse=True)
    # Whom the models call valuable spent more than their share.
    assert data.deciles[0] > 0.3 and data.segments[0]["spent"] > data.segments[-1]["spent"]


def test_charts_show_what_was_computed(data):
    for name in data.charts:
        chart = getattr(data, name)
        ElementTree.fromstring(chart)
        assert chart in data.page
        assert "prefers-color-scheme: dark" in chart
    texts = [it.text for it in ElementTree.fromstring(data.alive).iter(f"{SVG}text")]
    assert texts.count(f"{data.chances[-1, -1]:.0%}") >= 1
    assert sum((text or "").endswith("%") for text in texts) == data.chances.size
    dots = list(ElementTree.fromstring(data.renewals).iter(f"{SVG}circle"))
    # The legend has one of each.
    assert sum(it.get("class") == "s0 hollow" for it in dots) == 2 * 3 + 1


def test_the_commands_that_it_ends_with_work(ran):
    folder, told = ran
    commands = re.findall(r"flownote (dump \S+)", told.stdout)
    assert len(commands) == 3
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-m", "flownote", *command.split()],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0 and done.stdout.strip(), done.stderr


def test_a_horizon_of_no_years_is_told(tmp_path):
    told = flow(tmp_path, "--years", "0", code=1)
    assert "`--years` is 0" in told.stderr and "give years above zero" in told.stderr


def test_a_page_shows_words_as_words():
    texts = ["<b>", "", "", ""]
    charts = dict.fromkeys(("renewals", "tracking", "by_frequency", "alive", "shares"), "<svg/>")
    assert "&lt;b&gt;" in value_report.page(texts, charts)


# The README.


def test_the_readme_quotes_what_the_flow_prints(ran):
    def plain(text: str) -> set[str]:
        """Returns lines without the task that said them."""
        lines = (re.sub(r"^\[\w+/\d+\] ?", "", line).strip() for line in text.splitlines())
        return {line for line in lines if line}

    quoted = re.findall(r"```text\n(.*?)```", (HERE / "README.md").read_text("utf-8"), re.DOTALL)
    assert len(quoted) == 4
    assert plain("\n".join(quoted)) <= plain(ran[1].stdout)


def test_the_readmes_pictures_are_those_of_the_flow(data):
    pictures = re.findall(r"!\[.+?\]\((\w+)\.svg\)", (HERE / "README.md").read_text("utf-8"))
    assert sorted(pictures) == sorted(data.charts)
    for name in pictures:
        assert (HERE / f"{name}.svg").read_text(encoding="utf-8") == getattr(data, name)
