"""The flow as one command: the shop's numbers, and policies judged beside their true worth."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import bandit_charts as charts
import policies
import shop
import taste_groups as tastes

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of one run, and what it printed."""
    folder = tmp_path_factory.mktemp("artwork")
    command = [sys.executable, str(HERE / "flow.py"), "run", "--rounds", "6000"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def dump(folder: Path, name: str) -> bytes:
    """Returns the stored bytes of an artifact of the run's end."""
    what = f"ArtworkPersonalization/latest/end/0/{name}"
    command = [sys.executable, "-m", "flownote", "dump", what, "-o", name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return (folder / name).read_bytes()


def test_the_shops_logs_say_what_the_open_bandit_pipeline_says(ran: tuple[Path, str]) -> None:
    printed = ran[1]
    for line in (
        r"all: 80 items, 340 effective rows",
        r"men: 34 items, 656 effective rows",
        r"women: 46 items, 2 effective rows",
        r"inverse propensities +0\.236 ",
        r"self-normalized +0\.319 ",
        r"! inverse propensities +0\.744 ",
    ):
        assert re.search(line, printed), line


def test_the_readme_quotes_what_the_flow_prints(ran: tuple[Path, str]) -> None:
    def plain(text: str) -> str:
        return "\n".join(re.sub(r"^\[\w+/\d+\] ", "", line) for line in text.splitlines())

    readme = (HERE / "README.md").read_text(encoding="utf-8")
    quoted = re.findall(r"```text\n(.*?)\n```", readme, re.DOTALL)
    assert len(quoted) == 2
    for block in quoted:
        assert block in plain(ran[1])


def test_one_campaign_of_three_can_be_told_and_the_experiment_agrees() -> None:
    verdicts = {}
    for campaign in shop.CAMPAIGNS:
        judged = shop.judge(campaign)
        verdicts[campaign] = judged["verdict"].split(";")[0].split(",")[0]
        assert judged["experiment"].split(";")[0] == verdicts[campaign]
    assert verdicts == {"all": "cannot tell", "men": "worse", "women": "cannot tell"}


def test_every_member_is_in_the_group_of_the_picture_that_it_clicks_most() -> None:
    share = tastes.shares()
    assert share.shape == (943, 4)
    group = tastes.groups(share)
    assert np.bincount(group).sum() == 943 and np.bincount(group).min() > 100
    rates = tastes.click_rates(share, group)
    np.testing.assert_array_equal(rates.argmax(axis=1), np.arange(4))
    assert (rates > 0).all() and (rates <= 0.4).all()


def test_estimates_hold_the_true_worth_as_often_as_they_say() -> None:
    share = tastes.shares()
    group = tastes.groups(share)
    rates = tastes.click_rates(share, group)
    policy, regret = policies.learn("LinTS", rates, group, rounds=4_000, seed=1)
    assert (np.diff(regret) >= 0).all()
    truth = policies.worth(policy, rates, group)
    assert truth > 1.5 * policies.worth(
        policies.learn("Thompson", rates, group, rounds=4_000, seed=1)[0], rates, group
    )
    held = 0
    for seed in range(60):
        log, served = policies.logging(rates, group, rounds=2_000, seed=seed)
        made, _ = policies.judge(policy, log, served)
        doubly_robust = made[-1]
        held += doubly_robust["low"] <= truth <= doubly_robust["high"]
    # Of 60 intervals of 95 %, fewer than 51 hold the truth once in two thousand times.
    assert held >= 51


def test_the_best_policy_is_stored_as_a_model(ran: tuple[Path, str]) -> None:
    from flownote.models import Model

    policy = Model.from_bytes(dump(ran[0], "best_policy"))
    assert type(policy).__name__ in ("LinUCB", "LinTS")
    shown = policy.propensities(tastes.contexts(np.arange(4)))
    assert (shown.argmax(axis=1) == np.arange(4)).all()


def test_the_page_says_what_is_made_up_and_shows_all_charts(ran: tuple[Path, str]) -> None:
    page = dump(ran[0], "report").decode()
    assert "semi-synthetic" in page and "made up" in page and "Fashion items" in page
    assert page.count("<svg") == 3
    for name in ("shop_chart", "regret_chart", "worth_chart"):
        chart = dump(ran[0], name).decode()
        assert ElementTree.fromstring(chart).tag.endswith("svg")
        assert chart in page


def test_an_interval_beyond_an_end_of_the_axis_is_cut_there_and_has_an_arrow() -> None:
    row = {"name": "a & b", "value": 0.01, "low": -0.5, "high": 0.9, "trusted": False}
    chart = charts.forest([{"name": "g", "rows": [row]}], unit="clicks", largest=0.02)
    assert chart.count('class="arrow"') == 2 and "a &amp; b" in chart
    ends = [float(it) for it in re.findall(r'x[12]="([\d.]+)"', chart)]
    assert min(ends) >= 200 and max(ends) <= 680
    row.update(low=0.0, high=0.02)
    chart = charts.forest([{"name": "g", "rows": [row]}], unit="clicks", largest=0.02)
    assert "arrow" not in chart
