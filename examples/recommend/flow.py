"""Which recommender fits MovieLens best, and what would it show to whom?

Models are fitted side by side on each member's older ratings and compared on newer ones. The
best is fitted again and measured, once, on the newest ratings.

    flownote run flow.py
    flownote run flow.py --members 1,13,405 --seed 11
    flownote run similar.py             another flow on the same table, which isn't computed again
"""

import charts
import engines
import features
import metrics
import report
from flownote import FlowSpec, Parameter, cache, current, step


class Recommend(FlowSpec):
    """Compares recommenders on MovieLens-100K and recommends titles with the best."""

    members = Parameter(
        "members",
        default="368,904,620",
        help="Whom to recommend titles to: ids (default: fans of horror, romance, cartoons)",
    )
    seed = Parameter("seed", default=7, help="Orders ratings of one second; draws bootstraps")
    resamples = Parameter("resamples", default=2000, help="Bootstrap resamples")
    models = Parameter("models", default="auto", help="rust (needs flownote-studio), scipy or auto")

    @cache
    @step
    def start(self):
        """Builds the table. `similar.py` has the same step: one computes it."""
        table = features.build(self.seed)
        self.member_ids, self.titles = table["member_ids"], table["titles"]
        self.genres, self.decades = table["genres"], table["decades"]
        self.history, self.train = table["history"], table["train"]
        self.validation, self.test = table["validation"], table["test"]
        self.next(self.plan)

    @step
    def plan(self):
        """Takes the models that are installed."""
        self.shown = report.chosen_members(self.members, self.member_ids)
        self.engine = engines.chosen(self.models)
        self.candidates = engines.models(self.engine).CANDIDATES
        print(report.table(self.train, self.validation, self.test))
        self.next(self.fit, foreach="candidates")

    @step
    def fit(self):
        """Fits one model on the older ratings and measures it on the newer."""
        self.candidate = self.input
        models = engines.models(self.engine)
        model = models.fit(self.candidate, self.train)
        ranking = models.rank(model, self.train)
        values = metrics.evaluate(ranking, self.validation)
        self.scores = {name: float(value.mean()) for name, value in values.items()}
        self.scores["coverage@10"] = metrics.coverage(ranking, len(self.titles))
        print(f"{self.candidate['name']}: nDCG@10 {self.scores['ndcg@10']:.4f}")
        self.next(self.choose)

    @step
    def choose(self, inputs):
        """Picks the best model by validation and measures it, once, on test."""
        self.merge_artifacts(inputs, exclude=["candidate", "scores"])
        rows = [{"candidate": i.candidate, **i.scores} for i in inputs]
        self.leaderboard = sorted(rows, key=lambda row: -row["ndcg@10"])
        self.best = self.leaderboard[0]["candidate"]

        models = engines.models(self.engine)
        known = self.train + self.validation
        draw = {"resamples": self.resamples, "seed": self.seed}
        # The best of each family by validation, so that test chooses nothing.
        fitted = {row["candidate"]["family"]: row["candidate"] for row in self.leaderboard[::-1]}
        found = {}
        for family, candidate in fitted.items():
            model = models.fit(candidate, known)
            found[family] = metrics.evaluate(models.rank(model, known), self.test)
            if candidate == self.best:
                for name, value in models.kept(model).items():
                    setattr(self, name, value)
        self.families = [
            {
                "name": fitted[family]["name"],
                "mean": float(values["ndcg@10"].mean()),
                "interval": metrics.bootstrap(values["ndcg@10"], **draw),
            }
            for family, values in found.items()
        ]
        values, baseline = found[self.best["family"]], found["popularity"]
        gain = values["ndcg@10"] - baseline["ndcg@10"]
        self.tested = {
            name: {"mean": float(value.mean()), "interval": metrics.bootstrap(value, **draw)}
            for name, value in (*values.items(), ("ndcg@10 over popularity", gain))
        }
        self.model = self.best["name"]
        self.test_ndcg = self.tested["ndcg@10"]["mean"]
        self.test_recall = self.tested["recall@10"]["mean"]
        self.chart = charts.leaderboard(self.leaderboard, self.families)
        print(report.leaderboard(self.leaderboard))
        print(report.families(self.families))
        print(report.tested(self.model, self.tested))
        self.next(self.recommend)

    @step
    def recommend(self):
        """Recommends titles to a few members, each with the reason."""
        models = engines.models(self.engine)
        model = models.taken(self)
        known = self.train + self.validation
        self.watched = known + self.test  # for `flownote serve`: nothing is held out any more
        self.recommendations, self.shelves = {}, {}
        for member in self.shown:
            name, row = self.member_ids[member], known[[member]]
            ranked = models.rank(model, row, depth=200)[0]
            self.recommendations[name] = [
                self.choice(models, model, member, row, title) for title in ranked[:8].tolist()
            ]
            watched = report.last_watched(self.history, member, count=8)
            named = [self.titles[title] for title in watched]
            print(report.member(name, named, self.recommendations[name]))
            if self.engine == "rust":
                self.shelves[name] = [
                    (words, [self.choice(models, model, member, row, title) for title in titles])
                    for words, titles in models.shelves(ranked, self.genres, self.decades)
                ]
                print(report.shelves(self.shelves[name]))
        self.next(self.end)

    @step
    def end(self):
        """Says what to type next."""
        if self.engine == "scipy":
            print(f"\n{engines.ADVICE}")
        print(report.next_commands(current.flow_name, current.run_id))

    def choice(self, models, model, member, row, title):
        """Returns a recommended title with its reason, by name."""
        reason = models.because(model, row, title)
        return {
            "title": self.titles[title],
            "because": None if reason is None else self.titles[reason],
            "watched_later": bool(self.test[member, title]),
        }


if __name__ == "__main__":
    Recommend()
