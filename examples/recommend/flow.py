"""Which recommender fits MovieLens best, and what would it show to whom?

Thirteen models are fitted side by side on each member's older ratings and compared on
newer ones. The best is fitted again and measured, once, on the newest ratings.

    flownote run flow.py
    flownote run flow.py --members 1,13,405 --seed 11
"""

import features
import metrics
import models
import report
from flownote import FlowSpec, Parameter, current, step


class Recommend(FlowSpec):
    """Compares recommenders on MovieLens-100K and recommends titles with the best."""

    members = Parameter(
        "members",
        default="368,904,620",
        help="Whom to recommend titles to: ids (default: fans of horror, romance, cartoons)",
    )
    seed = Parameter("seed", default=7, help="Orders ratings of one second; draws bootstraps")
    resamples = Parameter("resamples", default=2000, help="Bootstrap resamples")

    @step
    def start(self):
        """Loads the ratings and splits each member's history by time."""
        ratings, self.member_ids, self.titles = features.load(features.dataset_folder())
        self.shown = report.chosen_members(self.members, self.member_ids)
        self.history = features.split(ratings, seed=self.seed)
        shape = (len(self.member_ids), len(self.titles))
        self.train = features.matrix(self.history, features.TRAIN, shape)
        self.validation = features.matrix(self.history, features.VALIDATION, shape)
        self.test = features.matrix(self.history, features.TEST, shape)
        print(
            f"{shape[0]} members × {shape[1]} titles: {self.train.nnz} ratings to train on, "
            f"{self.validation.nnz} to choose by, {self.test.nnz} to report"
        )
        self.candidates = models.CANDIDATES
        self.next(self.fit, foreach="candidates")

    @step
    def fit(self):
        """Fits one model on the older ratings and measures it on the newer."""
        self.candidate = self.input
        model = models.fit(self.candidate, self.train)
        ranking = metrics.rank(model.scores(self.train), self.train)
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

        known = self.train + self.validation
        model = models.fit(self.best, known)
        self.weights, self.bias = model.weights, model.bias
        values = metrics.evaluate(metrics.rank(model.scores(known), known), self.test)
        popular = models.popularity(known)
        baseline = metrics.evaluate(metrics.rank(popular.scores(known), known), self.test)
        gain = values["ndcg@10"] - baseline["ndcg@10"]

        draw = {"resamples": self.resamples, "seed": self.seed}
        self.tested = {
            name: {"mean": float(value.mean()), "interval": metrics.bootstrap(value, **draw)}
            for name, value in (*values.items(), ("ndcg@10 over popularity", gain))
        }
        self.model = self.best["name"]
        self.test_ndcg = self.tested["ndcg@10"]["mean"]
        self.test_recall = self.tested["recall@10"]["mean"]
        print(report.leaderboard(self.leaderboard))
        print(report.tested(self.model, self.tested))
        self.next(self.recommend)

    @step
    def recommend(self):
        """Recommends titles to a few members, each with the reason."""
        model = models.LinearModel(self.weights, self.bias)
        known = self.train + self.validation
        self.recommendations = {}
        for member in self.shown:
            row = known[[member]]
            best = metrics.rank(model.scores(row), row, depth=8)[0]
            self.recommendations[self.member_ids[member]] = [
                {
                    "title": self.titles[title],
                    "because": self.named(model.reason(row.indices, title)),
                    "watched_later": bool(self.test[member, title]),
                }
                for title in best.tolist()
            ]
            watched = report.last_watched(self.history, member, count=8)
            print(
                report.member(
                    self.member_ids[member],
                    [self.titles[title] for title in watched],
                    self.recommendations[self.member_ids[member]],
                )
            )
        self.next(self.end)

    @step
    def end(self):
        """Says what to type next."""
        print(report.next_commands(current.flow_name, current.run_id))

    def named(self, title):
        """Returns the name of a title, or nothing for nothing."""
        return None if title is None else self.titles[title]


if __name__ == "__main__":
    Recommend()
