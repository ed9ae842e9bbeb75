"""The types of the nested module ``_studio.models``: what `flownote.models` stands on.

Columns are contiguous arrays of 64-bit floats. Errors are `flownote.models.ModelError`.
"""

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]

def read_options(data: bytes) -> tuple[str, str, bool]:
    """Return a saved model's kind, its class's options as JSON, and whether it was fitted."""

def unfitted(kind: str, options: str) -> bytes:
    """Return a model before its fit as one file."""

class PurchaseModel:
    """A fitted model of when customers buy and when they stop."""

    @staticmethod
    def fit(kind: str, frequency: Column, recency: Column, age: Column) -> PurchaseModel: ...
    @staticmethod
    def from_bytes(kind: str, data: bytes) -> PurchaseModel: ...
    def to_bytes(self, options: str) -> bytes: ...
    def estimates(self) -> list[tuple[str, float, float]]:
        """Return each parameter's name, value and standard error."""

    def fit_facts(self) -> tuple[float, int, int]:
        """Return the log-likelihood, the customers and the steps."""

    def log_likelihood(self, frequency: Column, recency: Column, age: Column) -> Column: ...
    def probability_alive(self, frequency: Column, recency: Column, age: Column) -> Column: ...
    def expected_purchases(self, periods: Column) -> Column: ...
    def future_purchases(
        self, frequency: Column, recency: Column, age: Column, periods: float
    ) -> Column: ...
