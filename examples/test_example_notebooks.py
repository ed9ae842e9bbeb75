"""Each example's notebook runs from a folder of its own, and finds what its flow finds."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).resolve().parent
pytest.importorskip("flownote_studio")


def ran(folder: Path, example: str, notebook: str, *options: str) -> None:
    """Runs an example's notebook in a folder, beside the modules and files that it uses."""
    for file in (EXAMPLES / example).iterdir():
        if file.suffix in (".py", ".json", ".ipynb"):
            shutil.copy(file, folder)
    python(folder, "-m", "flownote", "run", notebook, *options)


def python(folder: Path, *arguments: str) -> str:
    """Runs Python in a folder and returns what it prints; fails when it fails."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def told(folder: Path, program: str, flow: str = "Notebook") -> Any:
    """Returns `value`, which a program finds in the newest `run` of a flow."""
    before = "import json; from flownote import Flow, namespace; namespace(None); "
    run = f"run = Flow({flow!r}).latest_run; "
    return json.loads(python(folder, "-c", f"{before}{run}{program}; print(json.dumps(value))"))


def test_customers_are_worth_what_the_flow_says(tmp_path):
    ran(tmp_path, "customer_value", "customers.ipynb", "--param", "years=3")
    python(tmp_path, "flow.py", "run", "--years", "3")
    seen = told(tmp_path, "value = run['totals'].task.data.totals.to_dict('list')", flow="Notebook")
    groups = told(tmp_path, "value = run['by_frequency'].task.data.by_frequency.to_dict('list')")
    lifetime = told(tmp_path, "value = run['scored'].task.data.scored.lifetime.tolist()")
    flow = told(
        tmp_path,
        "data = run['report'].task.data; "
        "value = data.errors, data.groups, data.lifetime.tolist(), data.deciles",
        flow="CustomerValue",
    )
    errors, by_frequency, values, deciles = flow
    assert seen["seen"] == [errors["BG/NBD"]["seen"]]
    for column, name in (("bg_nbd", "BG/NBD"), ("pareto_nbd", "Pareto/NBD")):
        assert seen[column] == pytest.approx([errors[name]["total"]], abs=0.05)
        assert groups[column] == pytest.approx(by_frequency["means"][name], abs=0.005)
    assert groups["customers"] == by_frequency["customers"]
    assert lifetime == pytest.approx(values, rel=1e-12)
    tenths = told(tmp_path, "value = run['tenths'].task.data.tenths.percent.tolist()")
    assert len(tenths) == 10 and sum(tenths) == pytest.approx(100, abs=0.5)
    assert tenths[0] == pytest.approx(100 * deciles[0], abs=1)


def test_the_model_ranks_the_same_titles_in_rust(tmp_path):
    ran(tmp_path, "recommend", "recommend.ipynb", "--param", "member=13")
    best, ranked, titles = told(
        tmp_path,
        "value = run['in_rust'].task.data.best.tolist(), "
        "run['rows'].task.data.ranked.tolist(), run['table'].task.data.titles",
    )
    assert best == ranked[:8]
    because = told(tmp_path, "value = run['because'].task.data.because.to_dict('list')")
    watched = told(tmp_path, "value = run['watched'].task.data.watched.title.tolist()")
    assert {titles[it] for it in best} == set(because["title"])
    assert len(watched) == 12 and not set(watched) & set(because["title"])
    rows = told(tmp_path, "value = run['rows'].task.data.rows.to_dict('list')")
    assert set(rows["title"]) <= {titles[it] for it in ranked}
    ndcg = told(tmp_path, "value = run['quality'].task.data.tested['ndcg@10']")
    assert 0.12 < ndcg < 0.2


def test_policies_are_worth_what_the_flow_says(tmp_path):
    ran(tmp_path, "artwork_personalization", "personalization.ipynb", "--param", "rounds=6000")
    python(tmp_path, "flow.py", "run", "--rounds", "6000")
    found = told(tmp_path, "value = run['judged'].task.data.judged")
    flow = told(tmp_path, "value = run['tell'].task.data.judged", flow="ArtworkPersonalization")
    assert found.keys() == flow.keys()
    for name, policy in found.items():
        assert policy["worth"] == pytest.approx(flow[name]["worth"], rel=1e-12)
        assert policy["rows"] == flow[name]["rows"]
    covered = told(tmp_path, "value = run['covered'].task.data.covered.to_dict('list')")
    assert covered["policies"] == [5] * 4
    shown = told(tmp_path, "value = run['shown'].task.data.shown.sum(axis=1).tolist()")
    assert shown == pytest.approx([1] * 4, abs=2e-3)


@pytest.mark.parametrize(
    ("instance", "before", "after"), [("csplib039.json", 49, 17), ("film.json", None, None)]
)
def test_the_order_is_proven_best(tmp_path, instance, before, after):
    ran(tmp_path, "production_planning", "planning.ipynb", "--param", f"instance={instance}")
    plan, costs = told(
        tmp_path,
        "data = run['plan'].task.data; value = data.plan, [data.before, data.after]",
    )
    assert plan["proven"] and costs[1] == pytest.approx(plan["bound"])
    if before is not None:
        assert costs == [before, after]
    saved = told(tmp_path, "value = run['saved'].task.data.saved.to_dict('list')")
    assert saved["saved"] == sorted(saved["saved"], reverse=True)
