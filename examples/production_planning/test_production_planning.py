"""Plans against all permutations, predictions against a known truth, and the flow as it runs."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

import gantt
import ordering
import production
import scene_times
import synthetic_film

HERE = Path(__file__).resolve().parent

# The instance as CSPLib prints it.
DURATIONS = "2 4 1 3 3 2 5 7 6"
PIECES = "110101101 110111010 110000110 100011001 001011110"


def rehearsal() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns times, who plays, and costs of CSPLib problem 039."""
    one = production.shipped("csplib039.json")
    times = np.array([scene["duration"] for scene in one["scenes"]])
    return times, production.plays(one), np.array(one["costs"])


def some_production(
    seed: int, scenes: int, players: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return (
        generator.integers(1, 9, scenes).astype(float),
        generator.random((players, scenes)) < generator.uniform(0.2, 0.7),
        generator.integers(0, 6, players).astype(float),
    )


def waits_by_hand(times, plays, costs, order) -> float:
    """Returns what waiting costs, counted scene by scene as one would on paper."""
    total = 0.0
    for player in range(len(plays)):
        mine = [place for place, scene in enumerate(order) if plays[player][scene]]
        for place in range(mine[0], mine[-1]) if mine else []:
            if not plays[player][order[place]]:
                total += costs[player] * times[order[place]]
    return total


def least(times, plays, costs) -> float:
    """Returns what waiting costs in the best of all orders."""
    orders = itertools.permutations(range(len(times)))
    return min(waits_by_hand(times, plays, costs, order) for order in orders)


def least_by_sets(times, plays, costs) -> float:
    """Returns the same for more scenes: who waits hangs on the set of scenes before alone."""
    scenes = len(times)
    members = np.array(
        [[bool(done >> s & 1) for s in range(scenes)] for done in range(1 << scenes)]
    )
    came = members.astype(int) @ plays.T.astype(int) > 0
    best = np.full(1 << scenes, np.inf)
    best[0] = 0.0
    for done in range(1 << scenes):
        for scene in range(scenes):
            if not done >> scene & 1:
                after = done | 1 << scene
                # Who came before and is needed later, and doesn't play now, waits.
                later = came[(1 << scenes) - 1 - after]
                waits = costs[came[done] & later & ~plays[:, scene]].sum() * times[scene]
                best[after] = min(best[after], best[done] + waits)
    return float(best[-1])


# The published instance.


def test_the_shipped_instance_is_the_published_one():
    times, plays, costs = rehearsal()
    assert " ".join(f"{time:g}" for time in times) == DURATIONS
    assert " ".join("".join(str(int(it)) for it in row) for row in plays) == PIECES
    assert costs.tolist() == [1.0] * 5


def test_numeric_order_waits_49():
    assert ordering.cost(*rehearsal(), list(range(9))) == 49
    assert waits_by_hand(*rehearsal(), list(range(9))) == 49


def test_the_optimum_is_17_and_proven():
    plan = ordering.solve(*rehearsal())
    assert plan["cost"] == 17
    assert plan["proven"]
    assert plan["bound"] == pytest.approx(17, abs=1e-6)
    assert sorted(plan["order"]) == list(range(9))
    assert waits_by_hand(*rehearsal(), plan["order"]) == 17
    assert least_by_sets(*rehearsal()) == 17


# Orders against all permutations.


@pytest.mark.parametrize("seed", range(25))
def test_the_optimum_is_that_of_all_permutations(seed):
    times, plays, costs = some_production(seed, scenes=1 + seed % 7, players=1 + seed % 5)
    plan = ordering.solve(times, plays, costs)
    assert sorted(plan["order"]) == list(range(len(times)))
    assert plan["proven"]
    assert plan["cost"] == pytest.approx(least(times, plays, costs))
    assert plan["cost"] == pytest.approx(waits_by_hand(times, plays, costs, plan["order"]))
    assert plan["bound"] <= plan["cost"]


@pytest.mark.parametrize("seed", range(3))
def test_the_optimum_of_eleven_scenes_is_that_of_the_sets(seed):
    times, plays, costs = some_production(100 + seed, scenes=11, players=6)
    plan = ordering.solve(times, plays, costs)
    assert plan["proven"]
    assert plan["cost"] == pytest.approx(least_by_sets(times, plays, costs))


@pytest.mark.parametrize("seed", range(10))
def test_waiting_is_what_one_counts_on_paper_in_any_order(seed):
    times, plays, costs = some_production(seed, scenes=9, players=5)
    order = np.random.default_rng(seed).permutation(9).tolist()
    by_hand = waits_by_hand(times, plays, costs, order)
    assert ordering.cost(times, plays, costs, order) == pytest.approx(by_hand)
    assert ordering.cost(times, plays, costs, order[::-1]) == pytest.approx(by_hand)


def test_what_is_no_order_is_refused():
    with pytest.raises(ValueError, match="is not an order of 9 scenes"):
        ordering.cost(*rehearsal(), [0, 0, 1, 2, 3, 4, 5, 6, 7])


def test_costs_weigh_and_equal_players_count_twice():
    times, plays, costs = rehearsal()
    assert ordering.solve(times, plays, 3 * costs)["cost"] == pytest.approx(51)
    assert ordering.solve(times, np.vstack([plays, plays]), np.ones(10))["cost"] == 34
    # A star who costs a hundred times as much doesn't wait where one order spares them.
    star = np.array([1.0, 1.0, 1.0, 1.0, 100.0])
    plan = ordering.solve(times, plays, star)
    assert not ordering.waiting(plays, plan["order"])[4].any()
    assert plan["cost"] == pytest.approx(least_by_sets(times, plays, star))


def test_nobody_waits_when_one_order_suits_all():
    plays = np.array([[1, 0, 1, 0], [0, 1, 0, 1]], dtype=bool)
    plan = ordering.solve(np.ones(4), plays, np.ones(2))
    assert (plan["cost"], plan["bound"], plan["proven"]) == (0, 0, True)


def test_without_time_for_a_proof_none_is_claimed():
    times, plays, costs = some_production(5, scenes=24, players=10)
    costs += 1
    plan = ordering.solve(times, plays, costs, time_limit=0.05)
    assert sorted(plan["order"]) == list(range(24))
    assert not plan["proven"]
    assert 0 <= plan["bound"] < plan["cost"]
    assert plan["cost"] <= ordering.cost(times, plays, costs, list(range(24)))


# Times of scenes.


def test_the_regression_is_least_squares_of_the_logarithm():
    scenes = synthetic_film.history(90, seed=1)
    model = scene_times.TimeModel().fit(scenes)
    rows = [[1, *(it["features"][name] for name in production.FEATURES)] for it in scenes]
    x = np.array(rows)
    x[:, 1:3] = np.log(x[:, 1:3])
    expected, rest, *_ = np.linalg.lstsq(x, np.log(scene_times.durations(scenes)), rcond=None)
    np.testing.assert_allclose(model.coefficients_, expected)
    assert model.deviation_ == pytest.approx(np.sqrt(rest[0] / (90 - 6)))
    low, high = model.interval(scenes[:1])[0]
    assert low < model.predict(scenes[:1])[0] < high


def test_intervals_hold_what_they_promise():
    inside, found = [], []
    for seed in range(150):
        model = scene_times.TimeModel().fit(synthetic_film.history(60, seed=seed))
        later = synthetic_film.history(20, seed=10_000 + seed)
        low, high = model.interval(later).T
        took = scene_times.durations(later)
        inside.append(np.mean((low <= took) & (took <= high)))
        for row in model.table():
            low, high = row["interval"]
            found.append(low <= synthetic_film.TRUTH[row["name"]] <= high)
    assert np.mean(inside) == pytest.approx(0.80, abs=0.03)
    assert np.mean(found) == pytest.approx(0.95, abs=0.03)


def test_drawn_times_have_the_intervals_that_are_told():
    scenes = synthetic_film.history(60, seed=2)
    model = scene_times.TimeModel().fit(scenes)
    drawn = model.draw(scenes[:5], count=40_000, seed=3)
    low, high = model.interval(scenes[:5]).T
    inside = ((low <= drawn) & (drawn <= high)).mean(axis=0)
    np.testing.assert_allclose(inside, 0.8, atol=0.015)
    np.testing.assert_allclose(drawn.mean(axis=0), model.predict(scenes[:5]), rtol=0.02)


def test_nothing_is_measured_on_what_was_fitted():
    scenes = synthetic_film.history(80, seed=4)
    told = scene_times.held_out(scenes, seed=5)
    assert (told["fitted"], told["tested"]) == (60, 20)
    # A held-out time that is changed moves no prediction.
    name = told["rows"][0]["scene"]
    next(it for it in scenes if it["name"] == name)["duration"] = 1000.0
    again = scene_times.held_out(scenes, seed=5)
    assert [row["predicted"] for row in again["rows"]] == [row["predicted"] for row in told["rows"]]
    assert again["rows"][0]["took"] == 1000


def test_a_history_that_cannot_tell_says_so():
    scenes = synthetic_film.history(60, seed=6)
    with pytest.raises(production.InputError, match=r"there are 19 scenes .* 20 are needed"):
        scene_times.held_out(scenes[:19], seed=1)
    assert scene_times.held_out(scenes[:20], seed=1)["fitted"] == 15
    by_day = [it for it in scenes if not it["features"]["night"]]
    model = scene_times.TimeModel().fit(by_day)
    assert "night" not in model.names_
    with pytest.raises(production.InputError, match=r"in the history `night` is 0 in every"):
        model.predict([it for it in scenes if it["features"]["night"]])
    same = [
        {**it, "features": {**it["features"], "night": it["features"]["exterior"]}} for it in scenes
    ]
    with pytest.raises(production.InputError, match="one follows from the others"):
        scene_times.TimeModel().fit(same)


def test_what_only_held_out_scenes_have_is_not_measured():
    scenes = synthetic_film.history(80, seed=4)
    for scene in scenes:
        scene["features"]["stunt"] = 0.0
    rare = scene_times.held_out(scenes, seed=5)["rows"][0]["scene"]
    next(it for it in scenes if it["name"] == rare)["features"]["stunt"] = 1.0
    assert scene_times.held_out(scenes, seed=5)["tested"] == 19


def test_the_shipped_film_is_the_one_that_is_drawn():
    shipped = (HERE / "film.json").read_text(encoding="utf-8")
    assert json.loads(shipped) == synthetic_film.film()


# What is wrong with a file.


def scene(**changes) -> dict:
    return {"name": "1 Quay", "players": ["Ana"], "duration": 2, **changes}


WRONG = {
    "{": "`--instance` is not JSON: .* in line 1, column 2",
    "[]": "must be an object, not a list",
    "{}": "has no `scenes`",
    json.dumps({"scenes": []}): "has no `scenes`",
    json.dumps({"scenes": [3]}): "scene number 1 of `--instance` must be an object, not 3",
    json.dumps({"scenes": [scene(name=7)]}): "`name` of scene number 1 of `--instance` is 7",
    json.dumps({"scenes": [scene(duration=0)]}): "`duration` of scene `1 Quay` .* is 0",
    json.dumps({"scenes": [scene(duration="2")]}): '`duration` of scene `1 Quay` .* is "2"',
    json.dumps({"scenes": [scene(duration=float("nan"))]}): "`duration` of scene .* is NaN",
    json.dumps({"scenes": [scene(turned_out=True)]}): "`turned_out` of scene .* is true",
    json.dumps({"scenes": [scene(players="Ana")]}): "scene `1 Quay` .* no list of `players`",
    json.dumps({"scenes": [scene(players=["Ana", "Ana"])]}): "names `Ana` twice",
    json.dumps({"scenes": [scene(), scene()]}): "names `1 Quay` twice",
    json.dumps({"scenes": [scene(duration=None)]}): "no `duration`, and nothing to predict it",
    json.dumps({"scenes": [scene(duration=None, pages=1)]}): "doesn't say `setups`",
    json.dumps({"players": ["Ana"], "scenes": [scene()]}): "must be an object of costs",
    json.dumps({"players": {"Ana": -1}, "scenes": [scene()]}): "player `Ana` .* the cost -1",
    json.dumps({"players": {"Anna": 1}, "scenes": [scene()]}): "the player `Ana`, whom",
    json.dumps({"scenes": [scene(name=str(it)) for it in range(61)]}): "has 61 scenes",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_with_a_file_is_told_with_its_place(text):
    with pytest.raises(production.InputError, match=WRONG[text]) as told:
        production.parse(text, source="`--instance`")
    assert told.value.hint


def test_a_misspelt_player_is_told_the_near_name():
    text = json.dumps({"players": {"Anna": 1}, "scenes": [scene()]})
    with pytest.raises(production.InputError) as told:
        production.parse(text, source="mine.json")
    assert told.value.hint == "write `Anna`, or list `Ana` with a cost"


def test_only_scenes_and_players_must_be_said():
    text = json.dumps({"scenes": [{"players": ["Ana"], "duration": 2}, {**scene(name="2")}]})
    one = production.parse(text, source="mine.json")
    assert (one["name"], one["players"], one["costs"]) == ("mine.json", ["Ana"], [1.0])
    assert [it["name"] for it in one["scenes"]] == ["1", "2"]


# The flow.


def flownote(folder: Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs a command in a folder; fails unless it ends with `code`."""
    command = [sys.executable, "-m", "flownote", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def run(folder: Path, *options: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    return flownote(folder, "run", str(HERE / "flow.py"), *options, code=code)


@pytest.fixture(scope="module")
def planned(tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A folder with one run of the flow as it stands, and what it told."""
    folder = tmp_path_factory.mktemp("planned")
    return folder, run(folder, "--cache")


def data(folder: Path, told: subprocess.CompletedProcess[str], monkeypatch):
    """Returns what the run that told this compared."""
    from flownote import Run, namespace

    (pathspec,) = re.findall(r"run (ProductionPlanning/\S+) started", told.stderr)
    monkeypatch.chdir(folder)
    namespace(None)
    return Run(pathspec)["compare"].task.data


def test_the_flow_proves_17_and_every_plan_of_the_film(planned, monkeypatch):
    folder, told = planned
    assert re.search(r"as written 1 2 3 4 5 6 7 8 9 +waiting costs +49\b", told.stdout)
    assert re.search(r"planned +(\d ){9} +waiting costs +17\b", told.stdout)
    plans = data(folder, told, monkeypatch).plans
    assert [it["source"] for it in plans] == ["given", "pages", "predicted", "hindsight"]
    for plan in plans:
        assert plan["proven"]
        assert plan["bound"] == pytest.approx(plan["planned"]["cost"])
        assert plan["planned"]["cost"] <= plan["written"]["cost"]
    given, pages, predicted, hindsight = plans
    assert (given["written"]["cost"], given["planned"]["cost"]) == (49, 17)
    # Nobody who didn't know the times beforehand plans better than who did.
    for plan in (pages, predicted):
        assert hindsight["planned"]["cost"] <= plan["planned"]["turned_out"] + 1e-6
    low, high = predicted["planned"]["range"]
    assert low < predicted["planned"]["cost"] < high


def test_the_film_is_planned_as_the_sets_of_its_scenes_say(planned, monkeypatch):
    film = production.shipped("film.json")
    costs = np.array(film["costs"])
    plan = data(*planned, monkeypatch).plans[2]
    best = least_by_sets(np.array(plan["times"]), production.plays(film), costs)
    assert plan["planned"]["cost"] == pytest.approx(best)


def test_the_schedule_and_each_players_waiting_add_up(planned, monkeypatch):
    stored = data(*planned, monkeypatch)
    for plan in stored.plans:
        ends = [0.0, *(row["ends"] for row in plan["schedule"])]
        assert [row["starts"] for row in plan["schedule"]] == pytest.approx(ends[:-1])
        assert ends[-1] == pytest.approx(sum(plan["times"]))
        saved = sum(row["saved"] for row in plan["players"])
        assert saved == pytest.approx(plan["written"]["cost"] - plan["planned"]["cost"])
    assert stored.schedule == stored.plans[2]["schedule"]


def test_charts_show_each_scene_that_is_played_or_waited_for(planned, monkeypatch):
    stored = data(*planned, monkeypatch)
    _, plays, _ = rehearsal()
    picture = ElementTree.fromstring(stored.gantt_1)
    boxes = [it.get("class") for it in picture.iter("{http://www.w3.org/2000/svg}rect")]
    orders = [stored.plans[0][which]["order"] for which in ("written", "planned")]
    waits = sum(int(ordering.waiting(plays, order).sum()) for order in orders)
    # The legend has one of each.
    assert boxes.count("plays") == 2 * int(plays.sum()) + 1
    assert boxes.count("waits") == waits + 1
    dots = ElementTree.fromstring(stored.times).iter("{http://www.w3.org/2000/svg}circle")
    inside = [it for it in dots if it.get("class") == "dot"]
    assert len(inside) == stored.held_out["covered"]
    for chart in (stored.gantt_1, stored.gantt_2, stored.times):
        assert chart in stored.report
    assert "SYNTHETIC" in stored.report


def test_labels_of_short_scenes_stand_apart_and_ranges_end_below_the_last_tick(
    planned, monkeypatch
):
    assert [it[1] for it in gantt._apart([(0, "1"), (30, "11"), (44, "12"), (90, "13")])] == [
        *(44, 44, 34, 44)
    ]
    stored = data(*planned, monkeypatch)
    picture = ElementTree.fromstring(stored.times)
    texts = picture.iter("{http://www.w3.org/2000/svg}text")
    ticks = [float(it.text or "") for it in texts if it.get("text-anchor") == "end"]
    assert max(ticks) >= max(row["high"] for row in stored.held_out["rows"])


def test_the_commands_that_it_ends_with_work(planned):
    folder, told = planned
    commands = re.findall(r"flownote (dump \S+)", told.stdout)
    assert len(commands) == 5
    for command in commands:
        assert flownote(folder, *command.split()).stdout.strip()


def reused(told: subprocess.CompletedProcess[str]) -> list[str]:
    """Returns the tasks that a run took from an earlier one."""
    return re.findall(r"(\w+/\d+) reused", told.stderr)


def test_a_second_run_takes_every_plan(planned, monkeypatch):
    folder, first = planned
    again = run(folder, "--cache")
    plans = [f"plan/{number}" for number in range(4)]
    assert sorted(reused(again)) == ["compare/0", *plans, "predict/0", "start/0"]
    assert data(folder, again, monkeypatch).plans == data(folder, first, monkeypatch).plans


def test_ones_own_production_is_planned(tmp_path, monkeypatch):
    scenes = [
        scene(name="1 Quay", players=["Ana", "Ben"], duration=2.5),
        scene(name="2 Storm", players=["Ben"], duration=4),
        scene(name="3 Inn <b>", players=["Ana", "Ben"]),
    ]
    mine = {"name": "Mine", "unit": "hours", "players": {"Ana": 9, "Ben": 1}, "scenes": scenes}
    (tmp_path / "mine.json").write_text(json.dumps(mine))
    told = run(tmp_path, "--instance", "mine.json")
    assert "SYNTHETIC" not in told.stdout
    stored = data(tmp_path, told, monkeypatch)
    (plan,) = stored.plans
    assert (plan["written"]["cost"], plan["planned"]["cost"], plan["proven"]) == (36, 0, True)
    assert "SYNTHETIC" not in stored.report
    assert "<b>" not in stored.report


def test_times_come_from_ones_own_history(tmp_path, monkeypatch):
    past = [
        {"name": it["name"], "duration": it["duration"], **it["features"]}
        for it in synthetic_film.history(40, seed=11)
    ]
    for it in past:
        it.update({flag: bool(it[flag]) for flag in production.FLAGS})
    (tmp_path / "past.json").write_text(json.dumps({"scenes": past}))
    unknown = {name: past[0][name] for name in production.FEATURES}
    scenes = [
        scene(name="1", players=["Ana"]),
        {"name": "2", "players": [], **unknown},
        scene(name="3", players=["Ana"]),
    ]
    (tmp_path / "mine.json").write_text(json.dumps({"scenes": scenes}))
    told = run(tmp_path, "--instance", "mine.json", "--history", "past.json")
    stored = data(tmp_path, told, monkeypatch)
    history = production.parse_history((tmp_path / "past.json").read_text(), source="past.json")
    expected = scene_times.TimeModel().fit(history).predict(history[:1])[0]
    predicted = stored.plans[1]
    assert predicted["times"] == pytest.approx([2, expected, 2])
    assert predicted["written"]["cost"] == pytest.approx(expected)
    assert predicted["planned"]["cost"] == 0


@pytest.mark.parametrize(
    ("wrong", "message", "hint"),
    [
        ({"scenes": [scene(duration=-1)]}, "`duration` of scene `1 Quay`", "above zero"),
        (
            {"scenes": [{"players": [], **dict.fromkeys(production.AMOUNTS, 2),
                         **dict.fromkeys(production.FLAGS, False)}]},
            "no history to predict it from",
            "give `--history past.json`",
        ),
    ],
)  # fmt: skip
def test_a_wrong_file_ends_the_run_with_a_hint(tmp_path, wrong, message, hint):
    (tmp_path / "mine.json").write_text(json.dumps(wrong))
    told = run(tmp_path, "--instance", "mine.json", code=1)
    assert message in told.stderr
    assert hint in told.stderr


def test_a_file_that_is_not_there_starts_no_run(tmp_path):
    told = run(tmp_path, "--instance", "mine.json", code=2)
    assert "`mine.json`, which can't be read" in told.stderr
    assert not (tmp_path / ".flownote").exists()


def test_no_time_is_no_time_limit(tmp_path):
    assert "`--time-limit` is 0" in run(tmp_path, "--time-limit", "0", code=1).stderr


def test_another_history_computes_only_the_plans_whose_times_it_changes(planned):
    told = run(planned[0], "--cache", "--seed", "8")
    # The rehearsal's times are given, and those of hindsight are what they were.
    assert sorted(reused(told)) == ["plan/0", "plan/3"]


# The README. Of orders that are equally good, another HiGHS may find another.


def test_the_readme_quotes_what_the_flow_prints(planned):
    def plain(text: str) -> set[str]:
        """Returns lines without the task that said them, without seconds and orders."""
        lines = (re.sub(r"^\[\w+/\d+\] ", "", line).strip() for line in text.splitlines())
        lines = (re.sub(r"\d+\.\d s\b", "… s", line) for line in lines if line)
        return {re.sub(r"^planned +[\d ]+ waiting", "planned … waiting", line) for line in lines}

    quoted = re.findall(r"```text\n(.*?)```", (HERE / "README.md").read_text("utf-8"), re.DOTALL)
    assert quoted
    assert plain("\n".join(quoted)) <= plain(planned[1].stdout)


def test_the_readmes_pictures_are_those_of_the_flow(planned, monkeypatch):
    def headings(picture: str) -> list[str | None]:
        texts = ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")
        return [
            it.text for it in texts if it.get("class") == "text" and it.get("font-size") == "15"
        ]

    stored = data(*planned, monkeypatch)
    pictures = re.findall(r"!\[.+?\]\((\w+)\.svg\)", (HERE / "README.md").read_text("utf-8"))
    assert sorted(pictures) == ["gantt_1", "gantt_2", "times"]
    for name in pictures:
        shown = (HERE / f"{name}.svg").read_text(encoding="utf-8")
        assert headings(shown) == headings(getattr(stored, name)) != []


def test_the_readmes_own_scenes_can_be_planned():
    (text,) = re.findall(r"```json\n(.*?)```", (HERE / "README.md").read_text("utf-8"), re.DOTALL)
    one = production.parse(text, source="README.md")
    times = np.array([scene["duration"] for scene in one["scenes"]])
    costs = np.array(one["costs"])
    assert ordering.cost(times, production.plays(one), costs, [0, 1, 2]) == 6 * 400
    assert ordering.solve(times, production.plays(one), costs)["cost"] == 0
