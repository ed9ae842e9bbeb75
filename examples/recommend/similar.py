"""Which titles are watched by the same members? A second flow on the table of `flow.py`.

Whichever runs first computes the table; the other takes it from the store.

    flownote run similar.py
    flownote run similar.py --of "Alien (1979)"
"""

import engines
import features
import report
from flownote import FlowSpec, Parameter, cache, step


class Similar(FlowSpec):
    """Finds the titles that are nearest to some."""

    of = Parameter(
        "of",
        default="Alien (1979); Toy Story (1995); Casablanca (1942)",
        help="Titles with their years, separated by semicolons",
    )
    seed = Parameter("seed", default=7, help="Orders ratings of one second")
    models = Parameter("models", default="auto", help="rust (needs flownote-studio), scipy or auto")

    @cache
    @step
    def start(self):
        """Builds the table. `flow.py` has the same step: one computes it."""
        table = features.build(self.seed)
        self.member_ids, self.titles = table["member_ids"], table["titles"]
        self.genres, self.decades = table["genres"], table["decades"]
        self.history, self.train = table["history"], table["train"]
        self.validation, self.test = table["validation"], table["test"]
        self.next(self.plan)

    @step
    def plan(self):
        """Finds the nearest of each title: what would be shown to who watched it alone."""
        models = engines.models(engines.chosen(self.models))
        wanted = report.chosen_titles(self.of, self.titles)
        (candidate,) = (it for it in models.CANDIDATES if it["name"] == "item-kNN k=50")
        model = models.fit(candidate, self.train + self.validation)
        self.nearest = {}
        for title in wanted:
            ranked = models.rank(model, features.only(title, len(self.titles)), depth=5)[0]
            self.nearest[self.titles[title]] = [self.titles[near] for near in ranked.tolist()]
            print(report.nearest(self.titles[title], self.nearest[self.titles[title]]))
        self.next(self.end)

    @step
    def end(self):
        """Ends."""


if __name__ == "__main__":
    Similar()
