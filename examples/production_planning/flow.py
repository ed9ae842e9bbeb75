"""In which order are scenes shot, so that players wait least?

Plans CSPLib problem 039, whose optimum is published, and a synthetic film, whose times are
first predicted from scenes that were shot; or a production of your own.

    flownote run flow.py
    flownote run flow.py --instance mine.json --history past.json --time-limit 300
"""

from typing import Any

import numpy as np

import gantt
import ordering
import plan_report
import production
import scene_times
import synthetic_film
from flownote import FlowSpec, IncludeFile, Parameter, current, step


class ProductionPlanning(FlowSpec):
    """Predicts how long scenes take and orders them so that waiting costs least, proven."""

    instance = IncludeFile("instance", help="Your scenes and players, as JSON (see README.md)")
    history = IncludeFile("history", help="Your scenes that were shot, to predict times from")
    time_limit = Parameter("time-limit", default=120.0, help="Seconds of the solver, per plan")
    seed = Parameter("seed", default=7, help="Draws the synthetic history, what is held out")

    @step
    def start(self):
        """Reads the productions and the scenes that were shot."""
        if not self.time_limit > 0:
            raise production.InputError(
                f"`--time-limit` is {self.time_limit:g}", hint="give seconds above zero"
            )
        if self.instance is None:
            self.productions = [production.shipped(it) for it in ("csplib039.json", "film.json")]
        else:
            self.productions = [production.parse(self.instance, source="`--instance`")]
        self.past = self.scenes_that_were_shot()
        self.next(self.predict)

    def scenes_that_were_shot(self):
        """Returns what times are learnt from: one's own history, or for the film a drawn one."""
        if self.history is not None:
            return production.parse_history(self.history, source="`--history`")
        if self.instance is None:
            return synthetic_film.history(160, seed=self.seed)
        for scene in self.productions[0]["scenes"]:
            if scene["duration"] is None:
                raise production.InputError(
                    f"scene `{scene['name']}` of `--instance` has no `duration`, and there is "
                    "no history to predict it from",
                    hint="give `--history past.json` with scenes that were shot, "
                    "or each scene's `duration`",
                )
        return None

    @step
    def predict(self):
        """Learns how long scenes take, measures it on held-out scenes, and predicts."""
        self.learnt, self.held_out = [], None
        if self.past is not None:
            self.held_out = scene_times.held_out(self.past, seed=self.seed)
            model = scene_times.TimeModel().fit(self.past)
            self.coefficients = model.table()
            self.about: dict[str, Any] = {
                "unit": self.productions[-1]["unit"],
                "scenes": "scenes" if self.history else "SYNTHETIC scenes",
                "truth": None if self.history else synthetic_film.TRUTH,
            }
            self.learnt = [plan_report.learnt(self.held_out, self.coefficients, self.about)]
            print(*self.learnt)
        self.problems = [
            {"production": place, "source": source, "times": times.tolist()}
            for place, one in enumerate(self.productions)
            for source, times in self.times_of(one).items()
        ]
        self.next(self.plan, foreach="problems")

    def times_of(self, one):
        """Returns what a production is planned for: times by where they come from."""
        scenes = one["scenes"]
        given = np.array([scene["duration"] or 0.0 for scene in scenes])
        unknown = [place for place, scene in enumerate(scenes) if scene["duration"] is None]
        if not unknown:
            return {"given": given}
        ask = [scenes[place] for place in unknown]
        model = scene_times.TimeModel().fit(self.past)
        found = {
            "pages": scene_times.by_pages(self.past, ask),
            "predicted": model.predict(ask),
        }
        if all(scene["turned_out"] for scene in ask):
            found["hindsight"] = np.array([scene["turned_out"] for scene in ask])
        for source, times in found.items():
            found[source] = given.copy()
            found[source][unknown] = times
        return found

    @step
    def plan(self):
        """Finds the best order of one production for one set of times, and proves it."""
        self.problem = self.input
        one = self.productions[self.problem["production"]]
        self.found = ordering.solve(
            np.array(self.problem["times"]),
            production.plays(one),
            np.array(one["costs"]),
            time_limit=self.time_limit,
        )
        print(f"{one['name']}, {self.problem['source']}: {plan_report.verdict(self.found)}")
        self.next(self.compare)

    @step
    def compare(self, inputs):
        """Compares orders before and after, and draws them."""
        self.merge_artifacts(inputs, exclude=["problem", "found"])
        self.plans = [self.compared(i.problem, i.found) for i in inputs]
        texts, charts = list(self.learnt), {}
        for place, one in enumerate(self.productions):
            mine = [plan for plan in self.plans if plan["production"] == place]
            best = next(plan for plan in mine if plan["source"] in ("given", "predicted"))
            texts += [plan_report.plans(one, mine), plan_report.waiting(one, best)]
            print(*texts[-2:], sep="\n")
            charts[f"gantt_{place + 1}"] = self.drawn(one, best)
            self.schedule = best["schedule"]
        if self.held_out is not None:
            charts["times"] = gantt.predictions(
                self.held_out, unit=self.about["unit"], scenes=self.about["scenes"]
            )
        for name, chart in charts.items():
            setattr(self, name, chart)
        self.charts = list(charts)
        synthetic = self.past is not None and self.history is None
        notes = [synthetic_film.NOTE] if synthetic else []
        self.report = plan_report.page(texts, charts, notes)
        self.next(self.end)

    def compared(self, problem, found):
        """Returns a plan beside the order as written: costs, ranges, each player's waiting."""
        one = self.productions[problem["production"]]
        times, costs = np.array(problem["times"]), np.array(one["costs"])
        playing, scenes = production.plays(one), one["scenes"]
        written = list(range(len(scenes)))
        draws = self.drawn_times(problem) if problem["source"] == "predicted" else None
        real = [scene["turned_out"] or scene["duration"] for scene in scenes]

        def outcome(order):
            waits = costs @ ordering.waiting(playing, order)
            known = problem["source"] != "given" and None not in real
            return {
                "order": order,
                "names": " ".join(scenes[it]["name"].split()[0] for it in order),
                "cost": float(waits @ times),
                "range": None if draws is None else np.quantile(draws @ waits, [0.1, 0.9]).tolist(),
                "turned_out": float(waits @ np.array(real)) if known else None,
            }

        before = ordering.waiting(playing, written) @ times
        after = ordering.waiting(playing, found["order"]) @ times
        starts = np.cumsum([0.0, *times[found["order"]]])
        return {
            **{name: problem[name] for name in ("production", "source", "times")},
            **{name: found[name] for name in ("bound", "proven", "seconds")},
            "written": outcome(written),
            "planned": outcome(found["order"]),
            "players": [
                {
                    "player": player,
                    "plays": float(playing[row] @ times),
                    "before": float(before[row]),
                    "after": float(after[row]),
                    "saved": float(costs[row] * (before[row] - after[row])),
                }
                for row, player in enumerate(one["players"])
            ],
            "schedule": [
                {
                    "scene": scenes[scene]["name"],
                    "starts": float(starts[place]),
                    "ends": float(starts[place + 1]),
                    "players": list(scenes[scene]["players"]),
                }
                for place, scene in enumerate(found["order"])
            ],
        }

    def drawn_times(self, problem):
        """Returns times as they may turn out; given ones stay."""
        scenes = self.productions[problem["production"]]["scenes"]
        unknown = [place for place, scene in enumerate(scenes) if scene["duration"] is None]
        draws = np.tile(np.array(problem["times"]), (2000, 1))
        model = scene_times.TimeModel().fit(self.past)
        ask = [scenes[place] for place in unknown]
        draws[:, unknown] = model.draw(ask, count=len(draws), seed=self.seed)
        return draws

    def drawn(self, one, plan):
        """Returns the Gantt charts of a plan: as written, and as planned."""
        money = f" {one['cost_unit']}" if one["cost_unit"] else ""
        known = "proven optimum" if plan["proven"] else "best found, not proven"
        source = plan_report.SOURCES[plan["source"]]
        before = f"{one['name']}, as written: waiting costs {plan['written']['cost']:,.0f}{money}"
        after = f"Planned for {source}: {plan['planned']['cost']:,.0f}{money} ({known})"
        orders = [(before, plan["written"]["order"]), (after, plan["planned"]["order"])]
        return gantt.before_and_after(one, np.array(plan["times"]), orders)

    @step
    def end(self):
        """Says what to type next."""
        print(plan_report.next_commands(str(current.flow_name), str(current.run_id), self.charts))


if __name__ == "__main__":
    ProductionPlanning()
