"""Flows in the common dialect leave under Flownote what they leave under Metaflow.

`golden.json` holds what Metaflow left (`make_golden.py`); with FLOWNOTE_TEST_METAFLOW, the
Python of an environment that has Metaflow, it is asked again. What differs on purpose is
in `differences.py`, with its reason in DIFFERENCES.md.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from cases import CASES, Case
from differences import CLIENT_DIFFERENCES, DIFFERENCES, EXCEPTIONS, Different
from engines import HERE, Engine, flat

GOLDEN = json.loads((HERE / "golden.json").read_text("utf-8"))
CLIENT = json.loads((HERE / "golden_client.json").read_text("utf-8"))
METAFLOW = os.environ.get("FLOWNOTE_TEST_METAFLOW")
ABSENT = "(absent)"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_flow(case: Case, tmp_path: Path) -> None:
    if case.flow == "values" and sys.version_info < (3, 11):
        pytest.skip("the golden values were made by a newer pandas")
    found = Engine("flownote", sys.executable).run(case, tmp_path)
    ours, golden = flat(found, case.output), GOLDEN[case.name]
    wrong = {}
    for path in sorted(ours.keys() | golden.keys()):
        mine, theirs = ours.get(path, ABSENT), golden.get(path, ABSENT)
        means = meant(case, path, mine, theirs)
        if mine != theirs and means is None:
            wrong[path] = f"Flownote: {mine!r}, Metaflow: {theirs!r}"
    assert not wrong, found["said"]


def test_client(tmp_path: Path) -> None:
    """What Metaflow's users write to look at runs gives the same."""
    found = Engine("flownote", sys.executable).client_uses(tmp_path)
    wrong = {
        line: f"Flownote: {found.get(line)!r}, Metaflow: {theirs!r}"
        for line, theirs in CLIENT.items()
        if found.get(line) not in (theirs, EXCEPTIONS.get(str(theirs)))
        and line not in CLIENT_DIFFERENCES
    }
    assert not wrong
    assert found.keys() == CLIENT.keys()


def meant(case: Case, path: str, mine: Any, theirs: Any) -> Different | None:
    """Return the difference that explains why one path has two values, None without any."""
    for different in DIFFERENCES:
        if different.explains(case.name, path, mine, theirs):
            return different
    return None


def test_every_difference_is_explained() -> None:
    """DIFFERENCES.md has a row for each."""
    text = (HERE / "DIFFERENCES.md").read_text("utf-8")
    rows = {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")}
    assert rows >= {different.name for different in DIFFERENCES} | {*CLIENT_DIFFERENCES.values()}


@pytest.mark.skipif(not METAFLOW, reason="FLOWNOTE_TEST_METAFLOW names no Python")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_golden_is_what_metaflow_leaves(case: Case, tmp_path: Path) -> None:
    assert METAFLOW is not None
    assert flat(Engine("metaflow", METAFLOW).run(case, tmp_path), case.output) == GOLDEN[case.name]
