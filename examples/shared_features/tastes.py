"""Who will watch which genre next? Ten models over the shared table.

python run.py                       this flow and `habits.py` at the same moment
flownote run tastes.py              this flow alone
"""

import regressions
import table
from flownote import FlowSpec, cache, step

GENRES = 10


class Tastes(FlowSpec):
    """Tells from a member's first ratings which genres they will watch more than others."""

    @cache
    @step
    def start(self):
        """Builds the table of members. `habits.py` has the same step: one computes it."""
        members = table.build()
        self.columns, self.earlier = members["columns"], members["earlier"]
        self.genres, self.tastes = members["genres"], members["tastes"]
        self.habit_names, self.habits = members["habit_names"], members["habits"]
        self.next(self.choose)

    @step
    def choose(self):
        """Chooses the genres that members differ most in."""
        spread = self.tastes.std(axis=0)
        self.targets = [self.genres[at] for at in spread.argsort()[::-1][:GENRES]]
        self.next(self.fit, foreach="targets")

    @cache
    @step
    def fit(self):
        """Fits and measures one model."""
        shares = self.tastes[:, self.genres.index(self.input)]
        self.model = self.input
        self.measured = regressions.propensity(self.earlier, shares > shares.mean())
        self.next(self.report)

    @step
    def report(self, inputs):
        """Prints what was measured."""
        self.models = {i.model: i.measured for i in inputs}
        for name, measured in sorted(self.models.items(), key=lambda it: -it[1]["auc"]):
            print(f"{name:<12} AUC {measured['auc']:.3f}")
        self.next(self.end)

    @step
    def end(self):
        """Ends."""


if __name__ == "__main__":
    Tastes()
