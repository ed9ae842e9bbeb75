"""What models of a few parameters, found by maximum likelihood, have in common."""

from __future__ import annotations

from typing import Any

from flownote.models.base import Model


class Estimated(Model):
    """A model of a few positive parameters, found by maximum likelihood."""

    def _results(self) -> dict[str, Any]:
        estimates = self._fitted.estimates()
        likelihood, customers, iterations = self._fitted.fit_facts()
        return {
            **{f"{name}_": value for name, value, _ in estimates},
            "standard_errors_": {name: error for name, _, error in estimates},
            "log_likelihood_": likelihood,
            "n_customers_": customers,
            "n_iter_": iterations,
        }

    def _summary(self) -> str:
        likelihood, customers, _ = self._fitted.fit_facts()
        values = ", ".join(f"{name} {value:.4g}" for name, value, _ in self._fitted.estimates())
        return f"{values}; log-likelihood {likelihood:.1f} of {customers:,} customers"

    def _rows(self) -> list[tuple[str, ...]]:
        found = self._fitted.estimates()
        rows = [(name, f"{value:.4g}", f"{error:.2g}") for name, value, error in found]
        return [("parameter", "estimate", "standard error"), *rows]
