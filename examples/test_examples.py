"""Every example runs as it stands, from a folder of its own, and what it prints is true."""

import json
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).resolve().parent
# In Rust with `flownote-studio`, in SciPy without.
MODELS = 20 if find_spec("flownote_studio") else 13


def flownote(folder: Path, *arguments: str) -> str:
    """Runs a command in `folder` and returns what it prints; fails when it fails."""
    command = [sys.executable, "-m", "flownote", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def read_store(folder: Path, pathspec: str = "") -> str:
    """Returns what the reader without Flownote prints about the store in `folder`."""
    command = [sys.executable, str(EXAMPLES / "reader/read_store.py"), ".flownote", pathspec]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True
    ).stdout.rstrip("\n")


@pytest.fixture(scope="module")
def recommended(tmp_path_factory) -> tuple[Path, str]:
    """The folder of one run of the main job, and what it printed."""
    folder = tmp_path_factory.mktemp("recommend")
    return folder, flownote(folder, "run", str(EXAMPLES / "recommend/flow.py"))


def test_hello_greets_whom_it_is_told_to(tmp_path):
    printed = flownote(tmp_path, "run", str(EXAMPLES / "hello/flow.py"), "--who", "Ada")
    assert "Hello, Ada!" in printed
    assert read_store(tmp_path) == "Hello"
    run = read_store(tmp_path, "Hello")
    assert read_store(tmp_path, f"Hello/{run}").split() == ["end/0", "start/0"]
    assert read_store(tmp_path, f"Hello/{run}/start/0/greeting") == "Hello, Ada!"
    inherited = read_store(tmp_path, f"Hello/{run}/end/0")
    assert re.search(r"^greeting +str +utf8 +11 bytes$", inherited, re.MULTILINE)
    assert read_store(tmp_path, f"Hello/{run}/end/0/who") == "Ada"


def test_hello_runs_as_a_program(tmp_path):
    command = [sys.executable, str(EXAMPLES / "hello/flow.py"), "run"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Hello, world!" in done.stdout


def test_the_main_job_prints_a_leaderboard_and_titles_with_reasons(recommended):
    _, printed = recommended
    ranked = re.findall(
        r" (\d+) (?:popularity|item-kNN|EASE|iALS|BPR)(?: \S+)* +\d\.\d{4} +\d\.\d{4}", printed
    )
    assert ranked == [str(place) for place in range(1, MODELS + 1)]
    assert "ndcg@10 over popularity" in printed
    assert re.findall(r"member (\d+)$", printed, re.MULTILINE) == ["368", "904", "620"]
    assert printed.count("because you watched") == 3
    assert re.search(r"The Birds \(1963\) +Jaws \(1975\)", printed)


def test_what_the_main_job_stored_can_be_computed_again(recommended, monkeypatch):
    folder, _ = recommended
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(EXAMPLES / "recommend")
    import engines
    import metrics
    from flownote import Flow, namespace

    namespace(None)
    data = Flow("Recommend").latest_successful_run.data
    assert len(data.leaderboard) == MODELS
    scores = [row["ndcg@10"] for row in data.leaderboard]
    assert scores == sorted(scores, reverse=True)
    assert data.best == data.leaderboard[0]["candidate"]

    module = engines.models(data.engine)
    known = data.train + data.validation
    ranking = module.rank(module.taken(data), known)
    values = metrics.evaluate(ranking, data.test)["ndcg@10"]
    assert values.mean() == pytest.approx(data.test_ndcg)
    low, high = data.tested["ndcg@10"]["interval"]
    assert low < data.test_ndcg < high
    assert data.tested["ndcg@10 over popularity"]["interval"][0] > 0


def test_titled_rows_stand_beside_a_members_history(recommended):
    pytest.importorskip("flownote_studio")
    _, printed = recommended
    titles = re.findall(r"^\[recommend/0\]    (\S.* from the \d{4}s)$", printed, re.MULTILINE)
    assert any(title.startswith("Horror") for title in titles)


def test_a_second_flow_takes_the_table_that_the_first_computed(recommended):
    folder, _ = recommended
    printed = flownote(folder, "run", str(EXAMPLES / "recommend/similar.py"), "--plain")
    (run,) = (folder / ".flownote/runs/Similar").iterdir()
    done = json.loads((run / "tasks/start/0.0.done").read_bytes())
    assert done["reused"]["pathspec"].startswith("Recommend/")
    near = re.search(r"who watched Alien \(1979\) watched((?:\n.*){5})", printed)
    assert near and "Aliens (1986)" in near[1]


def test_the_main_job_does_without_the_studio(tmp_path):
    printed = flownote(
        tmp_path, "run", str(EXAMPLES / "recommend/flow.py"), "--models", "scipy", "--plain"
    )
    assert len(re.findall(r"^\[choose/0\] +\d+ (?:popularity|item-kNN|EASE)", printed, re.M)) == 13
    assert "pip install flownote-studio" in printed
    assert re.search(r"The Birds \(1963\) +Jaws \(1975\)", printed)


def test_the_commands_that_the_main_job_ends_with_work(recommended):
    folder, printed = recommended
    commands = re.findall(r"(flownote (?:show|dump|runs) .*?)   ", printed)
    assert len(commands) == 3
    for command in commands:
        assert flownote(folder, *shlex.split(command)[1:]).strip()


def test_the_reader_needs_no_flownote_to_load_json_and_arrays(recommended):
    folder, _ = recommended
    run = read_store(folder, "Recommend")
    task = f"Recommend/{run}/choose/0"
    sys.path.insert(0, str(EXAMPLES / "reader"))
    import read_store as reader

    store = folder / ".flownote"
    records = reader.artifacts(store / "runs" / "Recommend" / run, "choose/0")
    history = reader.load(store, records["history"])
    assert isinstance(history, np.ndarray)
    assert history.shape == (100_000, 4)
    titles = reader.load(store, records["titles"])
    assert titles[0] == "Toy Story (1995)"
    assert json.loads(read_store(folder, f"{task}/seed")) == 7
