"""How will members rate, and what sort of titles? Ten models over the shared table.

python run.py                       this flow and `tastes.py` at the same moment
flownote run habits.py              this flow alone
"""

import regressions
import table
from flownote import FlowSpec, cache, step


class Habits(FlowSpec):
    """Tells from a member's first ratings how they will go on."""

    @cache
    @step
    def start(self):
        """Builds the table of members. `tastes.py` has the same step: one computes it."""
        members = table.build()
        self.columns, self.earlier = members["columns"], members["earlier"]
        self.genres, self.tastes = members["genres"], members["tastes"]
        self.habit_names, self.habits = members["habit_names"], members["habits"]
        self.next(self.choose)

    @step
    def choose(self):
        """Takes every habit."""
        self.targets = self.habit_names
        self.next(self.fit, foreach="targets")

    @cache
    @step
    def fit(self):
        """Fits and measures one model."""
        values = self.habits[:, self.habit_names.index(self.input)]
        self.model = self.input
        self.measured = regressions.habit(self.earlier, values)
        self.next(self.report)

    @step
    def report(self, inputs):
        """Prints what was measured."""
        self.models = {i.model: i.measured for i in inputs}
        for name, measured in sorted(self.models.items(), key=lambda it: -it[1]["r2"]):
            print(f"{name:<26} explained {measured['r2']:6.1%}")
        self.next(self.end)

    @step
    def end(self):
        """Ends."""


if __name__ == "__main__":
    Habits()
