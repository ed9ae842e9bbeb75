"""A flow with something of everything that the page shows."""

import sys

import numpy as np
import pandas as pd

from flownote import FlowSpec, Parameter, current, retry, step


class Shop(FlowSpec):
    """Ranks what a shop offers."""

    alpha = Parameter("alpha", default=0.3, help="How much the prior counts")
    items = Parameter("items", default=8)
    broken = Parameter("broken", default=-1, help="The item at which training fails")

    @step
    def start(self):
        """Loads what was sold."""
        self.sales = pd.DataFrame(
            {
                "title": [f"item {i}" for i in range(120)],
                "sold": np.arange(120) * 3 % 17,
                "price": [None if i % 9 == 4 else 1.5 * i for i in range(120)],
                "town": [None if i % 7 == 0 else "Ghent" for i in range(120)],
            }
        )
        self.settings = {
            "alpha": self.alpha,
            "weights": [0.1, 0.2],
            "deep": {"er": {"still": True}},
        }
        self.numbers = list(range(self.items))
        self.next(self.train, foreach="numbers")

    @retry(times=1, minutes_between_retries=0)
    @step
    def train(self):
        """Fits one model."""
        print(f"fitting item {self.input} with alpha {self.alpha}")
        print("\x1b[32mconverged\x1b[0m after 3 rounds")
        for i in range(200 if self.input == 1 else 2):
            print(f"round {i}: loss {1 / (i + 1):.4f}")
        print("a warning to look at", file=sys.stderr)
        if self.input == 2 and current.retry_count == 0:
            raise ConnectionError("the shop did not answer, the first time")
        if self.input == self.broken:
            raise ValueError(f"item {self.input} was never sold")
        self.matrix = np.eye(4) * self.input
        self.score = round(0.25 + self.alpha / 10 + self.input / 1000, 6)
        self.next(self.choose)

    @step
    def choose(self, inputs):
        """Takes the best."""
        self.best = max(branch.score for branch in inputs)
        self.alpha_squared = self.alpha**2
        self.next(self.end)

    @step
    def end(self):
        """Says so."""
        self.ndcg = self.best
        print(f"best {self.best}")


if __name__ == "__main__":
    Shop()
