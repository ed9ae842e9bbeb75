"""The types of the nested module ``_studio.models``: what `flownote.models` stands on.

Columns are contiguous arrays of 64-bit floats. Errors are `flownote.models.ModelError`.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Column: TypeAlias = NDArray[np.float64]
Table: TypeAlias = NDArray[np.float64]
Actions: TypeAlias = NDArray[np.int64]
Pixels: TypeAlias = NDArray[np.uint8]
# Called with how many steps were made, and of how many where that is known.
Progress: TypeAlias = Callable[[int, int | None], None] | None

def read_parameters(data: bytes) -> tuple[str, str, bool]:
    """Return a saved model's kind, its class's options as JSON, and whether it was fitted."""

def unfitted(kind: str, options: str) -> bytes:
    """Return a model before its fit as one file."""

class PurchaseModel:
    """A fitted model of when customers buy and when they stop."""

    @staticmethod
    def fit(
        kind: str, frequency: Column, recency: Column, age: Column, progress: Progress
    ) -> PurchaseModel: ...
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
    def lifetime_value(
        self,
        frequency: Column,
        recency: Column,
        age: Column,
        value: Column,
        steps: int,
        step: float,
        discount: float,
    ) -> Column: ...

class GammaGamma:
    """What a customer's purchases are worth on average."""

    @staticmethod
    def fit(frequency: Column, value: Column, progress: Progress) -> GammaGamma: ...
    @staticmethod
    def from_bytes(data: bytes) -> GammaGamma: ...
    def to_bytes(self, options: str) -> bytes: ...
    def estimates(self) -> list[tuple[str, float, float]]: ...
    def fit_facts(self) -> tuple[float, int, int]: ...
    def mean_value(self) -> float: ...
    def expected_value(self, frequency: Column, value: Column) -> Column: ...
    def log_likelihood(self, frequency: Column, value: Column) -> Column: ...

class ShiftedBetaGeometric:
    """How long customers of a subscription stay."""

    @staticmethod
    def fit(losses: Column, customers: float) -> ShiftedBetaGeometric: ...
    @staticmethod
    def from_bytes(data: bytes) -> ShiftedBetaGeometric: ...
    def to_bytes(self, options: str) -> bytes: ...
    def estimates(self) -> list[tuple[str, float, float]]: ...
    def fit_facts(self) -> tuple[float, int, int]: ...
    def survival(self, periods: int) -> Column: ...
    def retention(self, periods: int) -> Column: ...
    def residual_lifetime(self, renewals: int, discount: float) -> float: ...

class KaplanMeier:
    """A survival curve."""

    @staticmethod
    def fit(durations: Column, observed: Column) -> KaplanMeier: ...
    @staticmethod
    def from_bytes(data: bytes) -> KaplanMeier: ...
    def to_bytes(self, options: str) -> bytes: ...
    def curve(self) -> list[Column]:
        """Return times, numbers at risk and of events, shares and their standard errors."""

    def interval(self, deviations: float) -> tuple[Column, Column]: ...
    def median(self) -> float: ...
    def survival_at(self, times: Column) -> Column: ...

class Logistic:
    """Who leaves, from what is known of them."""

    @staticmethod
    def fit(
        features: Column, width: int, target: Column, penalty: float, progress: Progress
    ) -> Logistic: ...
    @staticmethod
    def from_bytes(data: bytes) -> Logistic: ...
    def to_bytes(self, options: str) -> bytes: ...
    def weights(self) -> Column:
        """Return the intercept, then the weights."""

    def fit_facts(self) -> tuple[float, int]: ...
    def probability(self, features: Column, width: int) -> Column: ...

class KMeans:
    """Groups around their means."""

    @staticmethod
    def fit(
        features: Column,
        width: int,
        clusters: int,
        starts: int,
        rounds: int,
        seed: int,
        progress: Progress,
    ) -> KMeans: ...
    @staticmethod
    def from_bytes(data: bytes) -> KMeans: ...
    def to_bytes(self, options: str) -> bytes: ...
    def centers(self) -> tuple[Column, int]: ...
    def fit_facts(self) -> tuple[float, int]: ...
    def predict(self, features: Column, width: int) -> NDArray[np.int64]: ...

def silhouettes(features: Column, width: int, labels: NDArray[np.int64]) -> Column:
    """Return how well each row lies in its group."""

def rfm(
    customer: NDArray[np.uint32],
    time: Column,
    value: Column,
    end: float,
    horizon: float,
    merge: float,
    unit: float,
) -> tuple[NDArray[np.uint32], list[Column]]:
    """Return customers, frequencies, recencies, ages, values and later purchases."""

class Policy:
    """A policy that learns what to show."""

    def __init__(
        self, kind: str, actions: int, dimensions: int, options: tuple[float, float]
    ) -> None: ...
    @staticmethod
    def from_bytes(kind: str, data: bytes) -> Policy: ...
    def to_bytes(self, options: str) -> bytes: ...
    def actions(self) -> int: ...
    def learn(self, actions: Actions, rewards: Column, context: Table | None) -> None: ...
    def propensities(self, context: Table | None, rows: int) -> Table: ...
    def choose(self, context: Table | None, rows: int, seed: int) -> Actions: ...
    def learnt(self) -> list[tuple[str, list[int], Column]]:
        """Return what was learnt: names, shapes and numbers."""

    def coefficients(self) -> Table | None:
        """Return a linear policy's coefficients."""

class Estimate:
    """What a policy would have earned per round."""

    @staticmethod
    def of(
        log: tuple[Actions, Column, Column],
        wanted: tuple[Table | None, Column | None, Column | None, Actions | None] | None,
        estimator: tuple[str, float],
        predicted: Table | None,
        asked: tuple[float, int | None, int],
        progress: Progress,
    ) -> Estimate: ...
    def numbers(self) -> tuple[float, float, float, float]:
        """Return the estimate, its standard error, and both ends of its interval."""

    def facts(self) -> tuple[int, float | None]:
        """Return the rounds, and which share of them replay took."""

    def weights(self) -> tuple[list[tuple[str, float]], list[str]] | None:
        """Return what the weights say, by name, and what is wrong with them."""

    def compare(
        self, other: Estimate, together: bool, progress: Progress
    ) -> tuple[tuple[float, float, float, float], str, float | None, str]:
        """Return the difference with its error and interval, and the verdict."""

def cross_fit(
    log: tuple[Actions, Column, Column],
    context: Table | None,
    actions: int,
    link: str,
    l2: float,
    folds: int,
    seed: int,
    progress: Progress,
) -> Table:
    """Return what a reward model expects of each action in rounds that it hasn't seen."""

def measure(
    frames: Pixels, progress: Progress
) -> tuple[list[tuple[str, Column]], NDArray[np.uint64], NDArray[np.float32]]:
    """Return what can be said of frames by name, their hashes, and histograms of colours."""

class ShotDetector:
    """Finds the shots of a film that comes in chunks."""

    def __init__(self, method: str, threshold: float | None, shortest: int) -> None: ...
    def update(
        self, frames: Pixels, progress: Progress
    ) -> list[tuple[int, int, str, float, float, float]]:
        """Take in frames: the shots that are over (start, end, transition, motions)."""

    def finish(self) -> list[tuple[int, int, str, float, float, float]]: ...

# Box, score, frontality, size of shot, landmarks, hash, histogram, what isn't known.
FaceTold: TypeAlias = tuple[
    tuple[int, int, int, int],
    float,
    float,
    str,
    list[list[float]] | None,
    int,
    NDArray[np.float32],
    str,
]

class FaceNetwork:
    """A detector by a network of YuNet's form."""

    def __init__(self, library: str, model: bytes, sure: float, overlap: float) -> None: ...

def detect_faces(
    frames: Pixels, network: FaceNetwork | None, progress: Progress
) -> list[list[FaceTold]]:
    """Return the faces of each frame."""

def cluster_faces(
    hashes: NDArray[np.uint64], histograms: NDArray[np.float32], apart: float
) -> NDArray[np.int64]:
    """Return the group of each face."""

Explained: TypeAlias = tuple[
    int,
    float,
    list[tuple[str, float, float, float, float]],
    list[tuple[str, str, str | None, float | None, float | None, int | None]],
]

def rank(
    rows: int,
    given: tuple[list[tuple[str, Column]], NDArray[np.uint64] | None, NDArray[np.float32] | None],
    weights: list[tuple[str, float]],
    filters: list[tuple[str, float | None, float | None]],
    numbers: tuple[float, float, int],
    groups: list[tuple[list[tuple[str, float]] | None, tuple[Column, float] | None]],
) -> list[tuple[list[Explained], list[Explained]]]:
    """Return for each group what was chosen and what wasn't, with reasons."""

Places: TypeAlias = NDArray[np.int32]
# Row bounds, items, strengths, and how many items there are.
Matrix: TypeAlias = tuple[Places, Places, Column, int]

class Recommender:
    """A model that says what to show next."""

    @staticmethod
    def fit(kind: str, events: Matrix, options: str, progress: Progress) -> Recommender: ...
    @staticmethod
    def from_bytes(kind: str, data: bytes) -> Recommender: ...
    def to_bytes(self, options: str) -> bytes: ...
    def facts(self) -> tuple[int, int]:
        """Return the items, and the members whose factors are kept."""

    def found(self) -> list[tuple[str, list[int], Column]]:
        """Return what the fit found: names, shapes and numbers."""

    def scores(self, events: Matrix, known: Actions | None) -> Table: ...
    def recommend(
        self,
        events: Matrix,
        known: Actions | None,
        k: int,
        unseen: bool,
        allowed: NDArray[np.bool_] | None,
        exact: bool,
    ) -> tuple[NDArray[np.int64], Table]: ...
    def fold_in(self, items: Places, strengths: Column) -> Column: ...
    def explain(
        self, items: Places, strengths: Column, item: int
    ) -> tuple[NDArray[np.int64], Column] | None:
        """Return events' items, and how much each adds to the score of `item`."""

def measure_ranking(
    metrics: list[str], ranking: NDArray[np.int64], held_out: Matrix
) -> tuple[NDArray[np.int64], list[Column]]:
    """Return the members of whom something was held out, and their values of each metric."""

def coverage(ranking: NDArray[np.int64], k: int, count: int) -> float: ...
def novelty(ranking: NDArray[np.int64], k: int, known: Matrix) -> float: ...

class Catalogue:
    """What is known of items, for titles of rows."""

    def __init__(
        self,
        noun: str,
        phrases: list[str],
        attributes: list[tuple[int, str]],
        items: list[list[int]],
    ) -> None: ...
    def title(self, row: list[int]) -> str | None: ...
    def rows(self, ranked: list[int], rows: int, length: int) -> list[tuple[str, list[int]]]: ...
