"""Both notebooks as the shell runs them; what they say is computed again in plain Python."""

from __future__ import annotations

import csv
import json
import math
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from importlib.metadata import distribution
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
Z = 1.959963984540054
"""Of a standard normal variable, 95 % lie nearer to zero than this."""


class Project:
    """A folder with copies of the notebooks and a datastore."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for notebook in HERE.glob("*.ipynb"):
            shutil.copy(notebook, folder)

    def flownote(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command; fails unless it ends with `code`."""
        command = [sys.executable, "-m", "flownote", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def data(self, cell: str, name: str):
        """Return what a cell of the newest run defined; a table as a dict of columns."""
        program = (
            "import json; from flownote import Flow, namespace; namespace(None); "
            f"value = Flow('Notebook').latest_run[{cell!r}].task.data.{name}; "
            "print(json.dumps(value if isinstance(value, dict) else value.to_dict('list')))"
        )
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)


def outputs(notebook: Path) -> dict[str, list[dict]]:
    """Return the outputs of an executed notebook, by cell."""
    cells = json.loads(notebook.read_text())["cells"]
    return {cell["id"]: cell["outputs"] for cell in cells if cell["cell_type"] == "code"}


@pytest.fixture(scope="module")
def tour(tmp_path_factory) -> tuple[Project, subprocess.CompletedProcess[str]]:
    """A project in which the tour ran."""
    project = Project(tmp_path_factory.mktemp("tour"))
    return project, project.flownote("run", "tour.ipynb", "--output", "done.ipynb")


@pytest.fixture(scope="module")
def bandit(tmp_path_factory) -> tuple[Project, subprocess.CompletedProcess[str]]:
    """A project in which the estimates were made."""
    project = Project(tmp_path_factory.mktemp("bandit"))
    return project, project.flownote("run", "bandit.ipynb")


# The tour.


def movielens(name: str) -> list[dict[str, str]]:
    """Return a table of MovieLens-100K."""
    file = Path(
        str(distribution("recbole").locate_file(f"recbole/dataset_example/ml-100k/ml-100k.{name}"))
    )
    lines = csv.reader(file.read_text().splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    header = [column.partition(":")[0] for column in next(lines)]
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_sql_joins_and_groups_the_frames_of_python(tour):
    project, _ = tour
    stars = defaultdict(list)
    for row in movielens("inter"):
        stars[row["item_id"]].append(int(row["rating"]))
    means = {
        (row["movie_title"], len(stars[row["item_id"]])): (
            sum(stars[row["item_id"]]) / len(stars[row["item_id"]])
        )
        for row in movielens("item")
        if len(stars[row["item_id"]]) >= 50
    }
    best = project.data("best", "best")
    assert len(best["title"]) == len(means)
    found = dict(zip(zip(best["title"], best["votes"], strict=True), best["stars"], strict=True))
    assert found == pytest.approx(means)
    assert best["stars"] == sorted(best["stars"], reverse=True)


def test_wasm_ranks_the_neighbours_of_a_title(tour):
    project, _ = tour
    members = defaultdict(set)
    for row in movielens("inter"):
        if int(row["rating"]) >= 4:
            members[row["item_id"]].add(row["user_id"])
    liked = {item: who for item, who in members.items() if len(who) >= 50}
    title = {row["item_id"]: row["movie_title"] for row in movielens("item")}
    (one,) = (item for item, name in title.items() if name == "Star Wars")
    closeness = {
        title[other]: len(liked[one] & who) / (math.sqrt(len(liked[one]) * len(who)) + 20)
        for other, who in liked.items()
        if other != one
    }
    nearest = sorted(closeness, key=closeness.__getitem__, reverse=True)[:5]
    neighbours = project.data("neighbours", "neighbours")
    rows = zip(*(neighbours[name] for name in ("title", "neighbour", "closeness")), strict=True)
    found = {neighbour: close for title, neighbour, close in rows if title == "Star Wars"}
    assert list(found) == nearest
    assert found == pytest.approx({name: closeness[name] for name in nearest})


def test_rust_finds_the_same_neighbours_in_the_ratings_alone(tour):
    project, _ = tour
    similar, neighbours = (
        project.data("similar", "similar"),
        project.data("neighbours", "neighbours"),
    )
    found = zip(similar["item_id"], similar["closeness"], strict=True)
    ranked = zip(*(neighbours[name] for name in ("item_id", "closeness")), strict=True)
    assert sorted(found) == sorted(ranked)
    assert len(similar["item_id"]) % 5 == 0 and len(similar["item_id"]) > 1000


def test_the_tour_shows_tables_a_plot_and_titles(tour):
    project, _ = tour
    shown = outputs(project.folder / "done.ipynb")
    (table,) = shown["to-watch"]
    for form in ("text/plain", "text/html"):
        assert "Return of the Jedi" in "".join(table["data"][form])
    assert any("image/png" in output.get("data", {}) for output in shown["plot"])
    (said,) = shown["columns"]
    assert "".join(said["text"]).startswith("Who likes Star Wars likes Return of the Jedi; ")


def test_another_favourite_computes_what_it_reaches(tour):
    project, _ = tour
    told = project.flownote("run", "tour.ipynb", "--cache", "--param", "favourite=Fargo")
    assert "Who likes Fargo likes " in told.stdout
    reused = re.findall(r"^\[\d+/\d+\] (\w+) reused", told.stderr, re.MULTILINE)
    assert reused.count("SQL") == 3, told.stderr


def test_an_executed_notebook_runs_again(tour):
    project, _ = tour
    told = project.flownote("run", "done.ipynb", "--param", "fewest=100")
    assert "Who likes Star Wars likes Return of the Jedi; " in told.stdout
    assert min(project.data("best", "best")["votes"]) >= 100


# The estimates.


def estimate(campaign: str) -> dict[str, float]:
    """Return the estimate of one campaign, its sums exactly rounded."""
    folder = Path(str(distribution("obp").locate_file("obp/dataset/obd/bts"))) / campaign
    with open(folder / "item_context.csv", newline="") as file:
        items = sum(1 for _ in csv.DictReader(file))
    with open(folder / f"{campaign}.csv", newline="") as file:
        logged = [
            (float(row["propensity_score"]), int(row["click"])) for row in csv.DictReader(file)
        ]
    weights = [1 / items / propensity for propensity, _ in logged]
    weighted = [weight * click for weight, (_, click) in zip(weights, logged, strict=True)]
    count = len(logged)
    value = math.fsum(weighted) / count
    variance = math.fsum((it - value) ** 2 for it in weighted) / (count - 1)
    margin = Z * math.sqrt(variance / count)
    ess = math.fsum(weights) ** 2 / math.fsum(weight**2 for weight in weights)
    return {"value": value, "low": value - margin, "high": value + margin, "ess": ess}


@pytest.mark.parametrize("campaign", ["all", "men", "women"])
def test_each_language_has_the_estimate_to_twelve_digits(bandit, campaign):
    project, _ = bandit
    project.flownote("run", "bandit.ipynb", "--param", f"campaign={campaign}")
    expected = pytest.approx(estimate(campaign), rel=1e-12, abs=0)
    assert project.data("python", "in_python") == expected
    in_sql = project.data("sql", "in_sql")
    assert {name: column[0] for name, column in in_sql.items()} == expected
    assert project.data("running", "in_wasm") == expected
    assert project.data("rust", "in_rust") == expected


def test_the_estimate_and_what_was_tried_are_printed(bandit):
    _, told = bandit
    assert told.stdout == (
        "all: 80 items, 10,000 rounds\n"
        "estimated 0.00236, from 0.00065 to 0.00407\n"
        "tried     0.00380, from 0.00259 to 0.00501\n"
        "effective sample size 340.4\n"
    )


def test_two_rounds_of_ten_thousand_are_not_believed(bandit):
    project, _ = bandit
    told = project.flownote("run", "bandit.ipynb", "--param", "campaign=women")
    assert "effective sample size 2.1\nso few rounds" in told.stdout


def test_what_was_computed_is_taken(bandit):
    project, _ = bandit
    project.flownote("run", "bandit.ipynb", "--param", "campaign=men", "--output", "first.ipynb")
    told = project.flownote(
        *("run", "bandit.ipynb", "--param", "campaign=men", "--cache", "--output", "second.ipynb")
    )
    reused = set(re.findall(r"^\[(\d+)/11\] \w+ reused", told.stderr, re.MULTILINE))
    # Parameters and functions are made anew in each process.
    assert reused >= {"4", "5", "7", "8", "9", "11"}, told.stderr
    first, second = (outputs(project.folder / name) for name in ("first.ipynb", "second.ipynb"))
    shown = [[it.get("text", it.get("data")) for it in run["equal"]] for run in (first, second)]
    assert shown[0] == shown[1]
    assert project.data("python", "in_python") == pytest.approx(estimate("men"), rel=1e-12, abs=0)


def test_a_failed_cell_is_named(bandit):
    project, _ = bandit
    told = project.flownote("run", "bandit.ipynb", "--param", "campaign=kids", code=1)
    assert "FileNotFoundError" in told.stderr and "kids.csv" in told.stderr
    assert "hint: look at it with `flownote show Notebook/" in told.stderr


def test_a_notebook_is_a_python_file_too(bandit):
    project, first = bandit
    project.flownote("notebook", "convert", "bandit.ipynb", "bandit.py")
    project.flownote("notebook", "convert", "bandit.py", "again.ipynb")
    assert project.flownote("run", "again.ipynb").stdout == first.stdout
