"""Models of what is known of customers: a matrix, a row for each."""

from __future__ import annotations

from typing import Any

from flownote.models.arguments import count, number, seed_of, whole
from flownote.models.base import Model, column, native, rows_of
from flownote.models.progress import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

__all__ = ["KMeans", "Logistic", "silhouettes"]


class Logistic(Model):
    """Logistic regression with a ridge: who leaves, from what is known of them.

    Parameters
    ----------
    penalty
        Half of it times the squared weights is taken from the log-likelihood; the intercept
        is free. It is above 0. Features should be on one scale.

    Attributes
    ----------
    intercept_ : float
        The log-odds where all features are 0.
    coef_ : (features,)
        What each feature adds to the log-odds.
    log_likelihood_ : float
        Without the penalty.
    n_iter_ : int
        How many steps the search took.
    """

    kind = "customer.logistic"

    def __init__(self, penalty: float = 1.0) -> None:
        self.penalty = penalty

    def fit(
        self, features: ArrayLike, target: ArrayLike, *, show_progress: bool | None = None
    ) -> Logistic:
        """Fit it to ``features`` (n, features) and who left: ``target`` (n,) of 0 and 1.

        Parameters
        ----------
        features : (n, features)
            What is known of each.
        target : (n,)
            Who left: 0 or 1.
        show_progress : bool, optional
            Show a bar where this lasts longer than a second; by default in terminals and
            notebooks only.
        """
        values, width = matrix(features)
        target = column("target", target)
        penalty = number("penalty", self.penalty)
        with shown(show_progress, type(self).__name__) as progress:
            self._fitted = native().Logistic.fit(values, width, target, penalty, progress)
        return self

    def predict_proba(self, features: ArrayLike) -> np.ndarray:
        """Return the probabilities (n, 2) of staying and of leaving."""
        import numpy as np

        leaves = self._native().probability(*matrix(features))
        return np.column_stack([1.0 - leaves, leaves])

    def predict(self, features: ArrayLike) -> np.ndarray:
        """Return whether each (n,) is more likely to leave than not: 1 or 0."""
        return (self._native().probability(*matrix(features)) > 0.5).astype(int)

    @classmethod
    def _load(cls, data: bytes) -> Any:
        return native().Logistic.from_bytes(data)

    def _results(self) -> dict[str, Any]:
        weights = self._fitted.weights()
        likelihood, iterations = self._fitted.fit_facts()
        return {
            "intercept_": float(weights[0]),
            "coef_": weights[1:],
            "log_likelihood_": likelihood,
            "n_iter_": iterations,
        }

    def _summary(self) -> str:
        weights = ", ".join(f"{weight:.3g}" for weight in self._fitted.weights()[1:6])
        more = ", …" if len(self._fitted.weights()) > 6 else ""
        return f"intercept {self._fitted.weights()[0]:.3g}, weights {weights}{more}"


class KMeans(Model):
    """k-means: customers who are alike, in a number of groups.

    Parameters
    ----------
    clusters
        How many groups.
    starts
        How many beginnings (k-means++) are tried; the best end is kept.
    rounds
        How many rounds each may take.
    seed
        What chance begins with: the same seed finds the same groups.

    Attributes
    ----------
    cluster_centers_ : (clusters, features)
        The groups' means.
    inertia_ : float
        The sum of squared distances to them.
    labels_ : (n,)
        The group of each row of the fit; not kept in files.
    n_iter_ : int
        How many rounds it took.

    References
    ----------
    Arthur, Vassilvitskii (2007). k-means++: The Advantages of Careful Seeding. SODA.
    """

    kind = "customer.k_means"

    def __init__(
        self, clusters: int = 4, *, starts: int = 8, rounds: int = 300, seed: int = 0
    ) -> None:
        self.clusters = clusters
        self.starts = starts
        self.rounds = rounds
        self.seed = seed

    def fit(
        self, features: ArrayLike, target: None = None, *, show_progress: bool | None = None
    ) -> KMeans:
        """Find groups in ``features`` (n, features), which should be on one scale.

        Parameters
        ----------
        features : (n, features)
            What is known of each.
        target : None
            Not looked at.
        show_progress : bool, optional
            Show a bar where this lasts longer than a second; by default in terminals and
            notebooks only.
        """
        values, width = matrix(features)
        names = ("clusters", "starts", "rounds")
        search = *(count(name, getattr(self, name)) for name in names), seed_of(self.seed)
        with shown(show_progress, type(self).__name__) as progress:
            self._fitted = native().KMeans.fit(values, width, *search, progress)
        self._labels = self._fitted.predict(values, width)
        return self

    def predict(self, features: ArrayLike) -> np.ndarray:
        """Return the number of each row's group (n,)."""
        return self._native().predict(*matrix(features))

    def fit_predict(self, features: ArrayLike, target: None = None) -> np.ndarray:
        """Find groups, and return the number of each row's."""
        return self.fit(features)._labels

    @classmethod
    def _load(cls, data: bytes) -> Any:
        return native().KMeans.from_bytes(data)

    @classmethod
    def _options_of(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        # Its file says how many rounds it took; how many it might have taken is as usual.
        return {}

    def _complete(self) -> None:
        centers, width = self._fitted.centers()
        self.clusters = len(centers) // width

    def _results(self) -> dict[str, Any]:
        centers, width = self._fitted.centers()
        inertia, rounds = self._fitted.fit_facts()
        found = {
            "cluster_centers_": centers.reshape(-1, width),
            "inertia_": inertia,
            "n_iter_": rounds,
        }
        labels = self.__dict__.get("_labels")
        return found if labels is None else {**found, "labels_": labels}

    def __getattr__(self, name: str) -> Any:
        if name == "labels_" and self._fitted is not None and "_labels" not in self.__dict__:
            raise AttributeError("`labels_` aren't kept in files: call `predict` with the rows")
        return super().__getattr__(name)

    def _summary(self) -> str:
        centers, width = self._fitted.centers()
        return f"{len(centers) // width} groups, inertia {self._fitted.fit_facts()[0]:.4g}"


def silhouettes(features: ArrayLike, labels: ArrayLike) -> np.ndarray:
    """Return how well each row (n,) lies in its group: from −1 to 1, the more the better.

    It compares each row with each: 10,000 rows take a second or two.

    References
    ----------
    Rousseeuw (1987). Silhouettes. Journal of Computational and Applied Mathematics 20.
    """
    groups = whole("labels", labels, "give groups' numbers from 0 on")
    return native().silhouettes(*matrix(features), groups)


def matrix(features: Any) -> tuple[np.ndarray, int]:
    """Return a matrix as one column, row after row, and how many columns it had."""
    array = rows_of("features", features)
    return array.ravel(), array.shape[1]
