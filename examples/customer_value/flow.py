"""Who stays, who still buys, and what is that worth?

Subscribers of two cohorts: fitted to four years, three more predicted. Then CDNOW's customers,
who leave without a word: fitted to 39 weeks, and 39 more predicted, beside what happened.

    python flow.py run
    python flow.py run --discount 0.1 --years 3
"""

import numpy as np

import cdnow
import cohorts
import value_charts
import value_report
from flownote import FlownoteException, FlowSpec, Parameter, current, step
from flownote.models.customer import (
    BgNbd,
    GammaGamma,
    KMeans,
    ParetoNbd,
    ShiftedBetaGeometric,
    lifetime_value,
    rfm,
    silhouettes,
)


class CustomerValue(FlowSpec):
    """Fits customers' models to the past and lays them beside what came after it."""

    years = Parameter("years", default=2.0, help="How far the lifetime value looks")
    discount = Parameter("discount", default=0.15, help="What a year takes from money's worth")
    seed = Parameter("seed", default=7, help="Draws the beginnings of segments")

    @step
    def start(self):
        """Reads CDNOW's transactions."""
        if not (self.years > 0 and self.discount >= 0):
            raise FlownoteException(
                f"`--years` is {self.years:g} and `--discount` {self.discount:g}",
                hint="give years above zero, and a discount of zero or more: 0.15 for 15 %",
            )
        self.bought = cdnow.transactions()
        self.next(self.subscriptions, self.purchases)

    @step
    def subscriptions(self):
        """Fits four years of two cohorts and predicts three more."""
        self.regular = ShiftedBetaGeometric().fit(cohorts.LOSSES["Regular"][:4], cohorts.CUSTOMERS)
        self.high_end = ShiftedBetaGeometric().fit(
            cohorts.LOSSES["High End"][:4], cohorts.CUSTOMERS
        )
        models = {"Regular": self.regular, "High End": self.high_end}
        self.cohorts = {
            name: {
                "seen": cohorts.left(cohorts.LOSSES[name]),
                "said": model.survival(7).tolist(),
                "parameters": {"alpha": model.alpha_, "beta": model.beta_},
                # What somebody who has paid once, and four times, will pay for yet.
                "new": model.residual_lifetime(0, discount=self.discount),
                "old": model.residual_lifetime(3, discount=self.discount),
            }
            for name, model in models.items()
        }
        print(value_report.renewals(self.cohorts, discount=self.discount))
        self.renewals = value_charts.renewals(self.cohorts, fitted=4)
        self.next(self.report)

    @step
    def purchases(self):
        """Fits CDNOW's first 39 weeks."""
        bought = self.bought
        self.past = rfm(bought["customer"], bought["day"], bought["value"], end=cdnow.END)
        columns = self.past.frequency, self.past.recency, self.past.age
        self.bg_nbd = BgNbd().fit(*columns)
        self.pareto_nbd = ParetoNbd().fit(*columns)
        self.spending = GammaGamma().fit(self.past.frequency, self.past.value)
        # The model assumes that how much customers spend has nothing to do with how often.
        again = self.past.frequency > 0
        self.correlation = float(
            np.corrcoef(self.past.frequency[again], self.past.value[again])[0, 1]
        )
        print(value_report.fits([self.bg_nbd, self.pareto_nbd, self.spending], self.correlation))
        self.next(self.later)

    @step
    def later(self):
        """Lays what the models say of weeks 40 to 78 beside what happened."""
        past = self.past
        columns = past.frequency, past.recency, past.age
        self.said = {
            "BG/NBD": self.bg_nbd.predict(*columns, periods=cdnow.WEEKS),
            "Pareto/NBD": self.pareto_nbd.predict(*columns, periods=cdnow.WEEKS),
            "as before": past.frequency / past.age * cdnow.WEEKS,
        }
        self.errors = value_report.errors(past.later, self.said)
        self.groups = value_report.by_frequency(past.frequency, past.later, self.said)
        print(value_report.later(self.errors, self.groups))
        seen = cdnow.repeats_by_week(self.bought)
        lines = {
            name: self.expected_by_week(model)
            for name, model in (("BG/NBD", self.bg_nbd), ("Pareto/NBD", self.pareto_nbd))
        }
        self.tracking = value_charts.tracking(seen, lines, fitted=cdnow.WEEKS)
        self.by_frequency = value_charts.by_frequency(self.groups["names"], self.groups["means"])
        self.alive = self.map_of_the_living()
        self.next(self.value)

    def expected_by_week(self, model):
        """Returns the repeat purchases of all customers by the end of week 0, 1, … 78."""
        weeks = np.arange(2 * cdnow.WEEKS + 1)
        # Customers begin in the first twelve weeks: those of a day are alike.
        ends = float((cdnow.END - cdnow.START).astype(int)) / 7
        begins, customers = np.unique(np.round((ends - self.past.age) * 7), return_counts=True)
        since = np.maximum(weeks[:, None] - begins / 7, 0.0)
        return model.expected_purchases(since.ravel()).reshape(since.shape) @ customers

    def map_of_the_living(self):
        """Returns P(alive) by frequency and last purchase, of who has been there for 39 weeks."""
        frequencies, recencies = [1, 2, 3, 4, 5, 7, 10, 15, 20, 25], list(range(3, 40, 3))
        grid = [(x, last) for last in recencies for x in frequencies]
        x, last = np.array(grid, dtype=float).T
        chances = self.bg_nbd.probability_alive(x, last, np.full(len(x), float(cdnow.WEEKS)))
        self.chances = chances.reshape(len(recencies), -1)
        return value_charts.alive(self.chances, frequencies, recencies)

    @step
    def value(self):
        """Says what customers are worth, and puts them in segments."""
        past = self.past
        columns = past.frequency, past.recency, past.age
        self.worth_of_a_purchase = self.spending.predict(past.frequency, past.value)
        self.lifetime = lifetime_value(
            self.bg_nbd,
            *columns,
            value=self.worth_of_a_purchase,
            steps=round(self.years * 52),
            step=1.0,
            discount=(1 + self.discount) ** (1 / 52) - 1,
        )
        self.spent = cdnow.spent_later(self.bought, past.customer)
        # Of those who bought once, the BG/NBD can't say: they had no occasion to stop.
        alive = self.pareto_nbd.probability_alive(*columns)
        features = np.column_stack(
            [
                np.log1p(past.frequency),
                past.age - past.recency,
                np.log(self.worth_of_a_purchase),
                alive,
            ]
        )
        features = (features - features.mean(axis=0)) / features.std(axis=0)
        found = {k: KMeans(k, seed=self.seed).fit(features) for k in range(3, 7)}
        self.silhouettes = {
            k: float(silhouettes(features, model.labels_).mean()) for k, model in found.items()
        }
        best = max(self.silhouettes, key=self.silhouettes.__getitem__)
        self.groups_model = found[best]
        self.segments = value_report.segments(
            found[best].labels_, past, alive, self.lifetime, self.spent
        )
        self.deciles = value_report.deciles(self.lifetime, self.spent)
        print(
            value_report.value(
                self.segments,
                self.deciles,
                self.silhouettes,
                years=self.years,
                discount=self.discount,
            )
        )
        self.shares = value_charts.shares(self.segments)
        self.next(self.report)

    @step
    def report(self, inputs):
        """Makes one page of all."""
        self.merge_artifacts(inputs)
        self.charts = ["renewals", "tracking", "by_frequency", "alive", "shares"]
        texts = [
            value_report.renewals(self.cohorts, discount=self.discount),
            value_report.fits([self.bg_nbd, self.pareto_nbd, self.spending], self.correlation),
            value_report.later(self.errors, self.groups),
            value_report.value(
                self.segments,
                self.deciles,
                self.silhouettes,
                years=self.years,
                discount=self.discount,
            ),
        ]
        self.page = value_report.page(texts, {name: getattr(self, name) for name in self.charts})
        self.next(self.end)

    @step
    def end(self):
        """Says what to type next."""
        print(value_report.next_commands(current.flow_name, current.run_id))


if __name__ == "__main__":
    CustomerValue()
