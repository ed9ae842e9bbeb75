"""Both flows as `run.py` starts them: who computes, who takes, and what a change reaches.

What ran is read from the datastore: a `done` object says `reused` when its task didn't.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import regressions

HERE = Path(__file__).resolve().parent
FLOWS = ("Tastes", "Habits")
TARGETS = {f"fit/{number}" for number in range(10)}
FITS = {f"{flow}/{fit}" for flow in FLOWS for fit in TARGETS}


class Project:
    """A copy of the example that may be edited, and a datastore."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder / "project", folder / "store"
        shutil.copytree(HERE, self.folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))

    def run(self) -> dict[str, list[dict]]:
        """Runs both flows at once, and returns what each told, by flow."""
        command = [sys.executable, "run.py", "--json", "--store", str(self.store)]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        lines = [line.partition(" | ") for line in done.stdout.splitlines()]
        return {
            flow: [json.loads(told) for name, _, told in lines if name == flow.lower()]
            for flow in FLOWS
        }

    def computed(self) -> dict[str, str]:
        """Runs both flows; returns the cached tasks that ran, and checks who was told what."""
        computed = {}
        for flow, events in self.run().items():
            run = events[0]["run"]
            told = {f"{it['step']}/{it['task']}": it for it in events if "outcome" in it}
            for path in (self.store / "runs" / flow / run / "tasks").glob("*/*.done"):
                done = json.loads(path.read_bytes())
                task = f"{done['step']}/{done['task']}"
                assert told[task].get("reused") == done.get("reused"), task
                if "reused" not in done and done["step"] in ("start", "fit"):
                    computed[f"{flow}/{task}"] = f"{flow}/{run}/{task}"
        return computed

    def edit(self, file: str, old: str, new: str) -> None:
        """Changes one place in a file."""
        text = (self.folder / file).read_text()
        assert text.count(old) == 1, old
        (self.folder / file).write_text(text.replace(old, new))

    def taken(self, flow: str) -> str:
        """Returns whose table the newest run of a flow took."""
        run = sorted((self.store / "runs" / flow).iterdir())[-1]
        return json.loads((run / "tasks/start/0.0.done").read_bytes())["reused"]["pathspec"]


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    """A project; the tests below are one story, in order."""
    return Project(tmp_path_factory.mktemp("shared"))


def tables(computed: dict[str, str]) -> list[str]:
    """Returns which flows built the table, and takes them out."""
    return [computed.pop(f"{flow}/start/0") for flow in FLOWS if f"{flow}/start/0" in computed]


def test_of_two_flows_started_at_once_one_builds_the_table(project):
    computed = project.computed()
    (builder,) = tables(computed)
    (other,) = (flow for flow in FLOWS if not builder.startswith(flow))
    assert project.taken(other) == builder
    assert set(computed) == FITS


def test_nothing_changed_and_nothing_is_computed(project):
    assert project.computed() == {}


def test_a_changed_helper_reaches_its_callers_only(project):
    project.edit("regressions.py", "/ (yes * no))", "/ yes / no)")
    assert set(project.computed()) == {f"Tastes/{fit}" for fit in TARGETS}


def test_a_comment_reaches_nobody(project):
    project.edit("table.py", "FACTORS = 16\n", "FACTORS = 16  # directions\n\n")
    assert project.computed() == {}


def test_an_equal_table_reaches_no_model(project):
    project.edit("table.py", "deviation > 0,", "deviation > 1e-12,")
    computed = project.computed()
    assert len(tables(computed)) == 1
    assert computed == {}


def test_another_table_reaches_every_model(project):
    project.edit("table.py", "LATER = 0.2", "LATER = 0.25")
    computed = project.computed()
    assert len(tables(computed)) == 1
    assert set(computed) == FITS


# The models.


def some_members() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(5)
    x = generator.normal(size=(80, 6))
    return x, x @ generator.normal(size=6) + generator.normal(size=80)


def test_ridge_is_least_squares_with_added_rows():
    x, y = some_members()
    weights, bias = regressions.ridge(x, y, l2=4.0)
    wide = np.column_stack([x, np.ones(80)])
    rows = np.vstack([wide, np.column_stack([2.0 * np.eye(6), np.zeros(6)])])
    expected = np.linalg.lstsq(rows, np.concatenate([y, np.zeros(6)]), rcond=None)[0]
    np.testing.assert_allclose([*weights, bias], expected)


def test_logistic_regression_ends_where_the_slope_is_zero():
    x, y = some_members()
    watched = (y > 0).astype(float)
    weights, bias = regressions.logistic(x, watched, l2=3.0)
    chance = 1 / (1 + np.exp(-(x @ weights + bias)))
    np.testing.assert_allclose(x.T @ (watched - chance), 3.0 * weights, atol=1e-8)


def test_auc_counts_pairs():
    scores = np.array([0.1, 0.4, 0.4, 0.8, 0.3])
    positive = np.array([False, True, False, True, False])
    pairs = [(a > b) + 0.5 * (a == b) for a in scores[positive] for b in scores[~positive]]
    assert regressions.auc(scores, positive) == pytest.approx(np.mean(pairs))


def test_a_perfect_prediction_explains_all_and_the_mean_nothing():
    _, y = some_members()
    assert regressions.explained(y, y) == 1.0
    assert regressions.explained(np.full(80, y.mean()), y) == pytest.approx(0.0)
