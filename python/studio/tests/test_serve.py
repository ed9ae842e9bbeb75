"""`flownote serve` with the examples' flows: asked, told of events, swapped under load, its log
read by the estimators."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from serve_process import Served, environment, flownote

import flownote as fn
from flownote.client.stores import use_store
from flownote.models.bandit import Log

EXAMPLES = Path(__file__).parents[3] / "examples"

SMALL = """
CANDIDATES = [candidate("popularity"), candidate("EASE", "λ=200", l2=200.0)]
"""


@pytest.fixture
def recommend(tmp_path: Path) -> Path:
    """A folder with the example that recommends, of two models."""
    folder = tmp_path / "recommend"
    shutil.copytree(EXAMPLES / "recommend", folder)
    with (folder / "rust_models.py").open("a", encoding="utf-8") as file:
        file.write(SMALL)
    return folder


@pytest.fixture(autouse=True)
def anybody() -> Iterator[None]:
    """The client sees all runs, and afterwards what it saw."""
    before = fn.get_namespace()
    fn.namespace(None)
    yield
    use_store(None)
    fn.namespace(before)


def ran(flow: str, folder: Path, *options: str) -> str:
    """Run the folder's flow; return the run."""
    flownote(folder, "run", "flow.py", "--run-id-file", "run.txt", *options)
    return f"{flow}/{(folder / 'run.txt').read_text(encoding='utf-8').strip()}"


def titles(answer: dict[str, Any]) -> list[str]:
    return [title["title"] for title in answer["titles"]]


def test_an_event_changes_the_answer_and_a_newer_run_takes_over_under_load(recommend: Path) -> None:
    first = ran("Recommend", recommend, "--resamples", "50")
    flownote(recommend, "tag", "add", first, "production")
    ran("Recommend", recommend, "--resamples", "51")  # newer, without the tag
    options = ("--recommend", "Recommend", "--tag", "production", "--look-every", "0.2")
    with Served(recommend, *options) as server:
        before = server.get("recommend", "368", k=5)
        assert before["personalized"], before
        assert before["model"]["artifact"].startswith(f"{first}/"), before
        assert before["model"]["kind"] == "recommend.ease"
        assert all(title["because"] for title in before["titles"])

        # What the member plays isn't recommended again, and says something for others.
        played = titles(before)[0]
        told = server.tell({"kind": "play", "member": "368", "title": played, "id": "p1"})
        assert told == {"taken": 1, "repeated": 0, "learnt": 0}
        after = server.get("recommend", "368", k=5)
        assert played not in titles(after)
        assert [t["score"] for t in after["titles"]] != [t["score"] for t in before["titles"][1:]]

        nobody = server.get("recommend", "nobody", k=3)
        assert not nobody["personalized"]
        assert "nothing is known" in nobody["why"]
        assert titles(nobody)[0] == "Star Wars (1977)"
        server.tell({"kind": "play", "member": "nobody", "title": "Alien (1979)"})
        alien = server.get("recommend", "nobody", k=3)
        assert alien["personalized"]
        assert {title["because"] for title in alien["titles"]} == {"Alien (1979)"}

        # Four clients ask on while a newer run gets the tag.
        stop = threading.Event()
        answers: list[tuple[int, str]] = []
        failures: list[BaseException] = []

        def client(seed: int) -> None:
            member = random.Random(seed)
            try:
                while not stop.is_set():
                    path = f"/recommend/{member.randint(1, 943)}?k=10"
                    status, answer = server.ask("GET", path)
                    answers.append((status, answer["model"]["artifact"]))
            except BaseException as error:
                failures.append(error)

        clients = [threading.Thread(target=client, args=(seed,)) for seed in range(4)]
        for thread in clients:
            thread.start()
        second = ran("Recommend", recommend, "--resamples", "50", "--tag", "production")
        server.serves(second)
        stop.wait(0.5)
        stop.set()
        for thread in clients:
            thread.join()
        assert not failures
        assert {status for status, _ in answers} == {200}
        runs = [model.rsplit("/", 3)[0] for _, model in answers]
        assert set(runs) == {first, second}
        # The event is still known to the newer model.
        assert played not in titles(server.get("recommend", "368", k=50))
        said = server.end()
    assert f"serving `{second}` instead of `{first}`" in said
    assert "the log is written: `Serve/" in said

    log = decisions(recommend)
    assert len(log) == len(answers) + 5
    assert set(log.column("propensity").to_pylist()) == {1.0}

    # Of one that was killed nobody says that it goes on: another begins.
    with Served(recommend, *options, "--write-every", "0.05") as server:
        server.get("recommend", "368")
        while "log" not in server.get("health"):
            time.sleep(0.05)
        killed = server.get("health")["log"]
    shown = flownote(recommend, "show", killed)
    assert "flownote serve --help" in shown, shown
    assert "--continue" not in shown, shown


def table(folder: Path, step: str) -> pa.Table:
    """Read what the newest server logged, as anybody reads a run."""
    use_store(str(folder / "store"))
    run = fn.Flow("Serve").latest_successful_run
    return pa.concat_tables(task["rows"].data for task in sorted_tasks(run[step]))


def sorted_tasks(step: Any) -> list[Any]:
    return sorted(step, key=lambda task: int(task.id))


def decisions(folder: Path) -> pa.Table:
    return table(folder, "decisions")


def test_the_log_of_a_policy_tells_what_another_would_have_earned(tmp_path: Path) -> None:
    folder = tmp_path / "artwork"
    shutil.copytree(EXAMPLES / "artwork_personalization", folder)
    run = ran("ArtworkPersonalization", folder, "--rounds", "3000", "--logged", "2000")
    use_store(str(folder / "store"))
    world = fn.Run(run).data
    group = dict(zip(world.member_ids, world.group, strict=True))
    draw = random.Random(5)
    with Served(
        folder, "--artwork", run, "--explore", "0.4", "--click-within", "0.5", "--write-every", "1"
    ) as server:
        events = []
        for number in range(2000):
            member = draw.choice(world.member_ids)
            answer = server.get("artwork", world.title, member=member)
            assert answer["personalized"]
            assert answer["picture"] == world.pictures[answer["action"]]
            request = {"request": answer["request"]}
            events.append({"kind": "impression", "id": f"i{number}", **request})
            if draw.random() < world.rates[group[member], answer["action"]]:
                events.append({"kind": "click", "id": f"c{number}", **request})
            if len(events) > 40 or number == 1999:
                assert server.tell(*events)["taken"] == len(events)
                # A service that isn't sure tells again: nothing counts twice.
                assert server.tell(*events)["repeated"] == len(events)
                events = []
        server.end()

    rows = decisions(folder)
    told = table(folder, "events").to_pylist()
    clicked = {row["request"] for row in told if row["kind"] == "click"}
    assert len(rows) == 2000
    assert sum(row["kind"] == "impression" for row in told) == 2000
    reward = np.array([float(request in clicked) for request in rows["request"].to_pylist()])
    propensity = rows["propensity"].to_numpy()
    every = np.array(rows["propensities"].to_pylist())
    assert np.allclose(every.sum(axis=1), 1.0)
    assert propensity.min() >= 0.1  # 0.4 over four pictures

    log = Log(rows["action"].to_numpy(), reward, propensity)
    uniform = log.evaluate([0.25] * 4, estimator="ips")
    groups = np.array([group[member] for member in rows["member"].to_pylist()])
    truth = world.rates[groups].mean()
    assert abs(uniform.value - truth) < 5 * uniform.error, (uniform, truth)
    contexts = np.array(rows["context"].to_pylist())
    assert np.array_equal(contexts.argmax(axis=1), groups)
    best = log.evaluate(world.best_policy.propensities(contexts), estimator="ips")
    worth = (world.best_policy.propensities(contexts) * world.rates[groups]).sum(axis=1).mean()
    assert abs(best.value - worth) < 5 * best.error, (best, worth)


def test_what_cannot_be_served_is_told(tmp_path: Path) -> None:
    def said(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "flownote", "serve", *words],
            cwd=tmp_path,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr

    assert said() == (
        2,
        "error: there is nothing to serve\n"
        "hint: name a flow whose models are served: --recommend FLOW, --artwork FLOW, or both\n",
    )
    code, text = said("--recommend", "Recommend", "--tag", "production")
    assert code == 1
    assert "error: no run of `Recommend` in the store" in text
    assert "hint: tag one: `flownote tag add Recommend/RUN production`" in text
    code, text = said("--recommend", "Recommend", "--host", "0.0.0.0")
    assert code == 1
    assert "requests need no token" in text
    code, text = said("--recommend", "Recommend", "--explore", "2")
    assert code == 2
    assert "give a share between 0 and 1" in text
    for option, value in (("--look-every", "1e-10"), ("--click-within", "3601")):
        code, text = said("--recommend", "Recommend", option, value)
        assert code == 2, text
        assert "give 0.01 seconds or more, at most" in text
