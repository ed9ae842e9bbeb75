"""Bandits: policies that learn what to show, and what another policy would have earned.

A policy learns from rounds (an action, what came of it and, of linear ones, what was known) and
says the exact probability of each action, which a log has to keep. A `Log` of such rounds says
what other policies would have earned, and whether that can be told at all.

Examples
--------
>>> from flownote.models.bandit import Log, Thompson
>>> policy = Thompson(n_actions=4).fit(action, reward)
>>> policy.propensities()
>>> log = Log(action, reward, propensity)
>>> estimate = log.evaluate([0.1, 0.2, 0.3, 0.4], estimator="snips")
>>> estimate.compare(log.observed())
"""

from __future__ import annotations

from typing import Any, TypeVar

from flownote.models.arguments import LONGEST, count, number, seed_of
from flownote.models.base import Model, ModelError, column, native, rows_of
from flownote.models.off_policy import Comparison, Estimate, Log, Weights, actions_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

__all__ = [
    "UCB1",
    "Comparison",
    "EpsilonGreedy",
    "Estimate",
    "LinTS",
    "LinUCB",
    "Log",
    "Softmax",
    "Thompson",
    "Weights",
]

Self = TypeVar("Self", bound="Policy")


class Policy(Model):
    """What chooses an action, and learns from what came of it."""

    n_actions: int
    seed: int
    _drawn = 0

    def fit(
        self: Self, action: ArrayLike, reward: ArrayLike, context: ArrayLike | None = None
    ) -> Self:
        """Learn from rounds, and forget all that was learnt before.

        Parameters
        ----------
        action : (n,) of int
            What was shown in each round, from 0 to ``n_actions - 1``.
        reward : (n,)
            What came of it; clicks (0 or 1) for `Thompson`.
        context : (n, d), optional
            What was known in each round: for linear policies, which use it all.

        Raises
        ------
        ModelError
            A round can't be learnt from: its row is named.
        """
        rows = None if context is None else rows_of("context", context)
        self._fitted = self._fresh(rows)
        return self._learn(action, reward, rows)

    def partial_fit(
        self: Self, action: ArrayLike, reward: ArrayLike, context: ArrayLike | None = None
    ) -> Self:
        """Learn from more rounds: as `fit`, but nothing is forgotten.

        Rounds learnt one at a time, in batches or at once give the same policy. A round that
        can't be learnt from raises, and then nothing of its batch was.
        """
        rows = None if context is None else rows_of("context", context)
        if self._fitted is None:
            self._fitted = self._fresh(rows)
        return self._learn(action, reward, rows)

    def propensities(self, context: ArrayLike | None = None) -> np.ndarray:
        """Return the exact probability of each action.

        Parameters
        ----------
        context : (n, d), optional
            What is known in each round.

        Returns
        -------
        (n, n_actions), or (n_actions,) without a context
            Each row sums to one.
        """
        rows = None if context is None else rows_of("context", context)
        shown = self._state(rows).propensities(self._seen(rows), self._count(rows))
        return shown[0] if rows is None else shown

    def choose(
        self, context: ArrayLike | None = None, *, size: int | None = None, seed: int | None = None
    ) -> np.ndarray:
        """Draw an action (n,) for each context.

        Parameters
        ----------
        context : (n, d), optional
            What is known in each round.
        size : int, optional
            Without a context, how many actions to draw; 1 otherwise.
        seed : int, optional
            Equal seeds draw equal actions. By default the policy's own ``seed`` and how often
            it was asked: a run that is repeated draws the same, round after round.
        """
        rows = None if context is None else rows_of("context", context)
        drawn = self._count(rows) if size is None else count("size", size, most=LONGEST)
        if seed is None:
            seed = ((seed_of(self.seed) << 32) + self._drawn) % 2**64
            self._drawn += 1
        return self._state(rows).choose(self._seen(rows), drawn, seed_of(seed))

    def _learn(self: Self, action: Any, reward: Any, rows: Any) -> Self:
        self._fitted.learn(actions_of("action", action), column("reward", reward), self._seen(rows))
        return self

    def _state(self, rows: Any) -> Any:
        """Return the native policy: one that has learnt nothing can choose, too."""
        if self._fitted is None:
            self._fitted = self._fresh(rows)
        return self._fitted

    def _fresh(self, rows: Any) -> Any:
        actions = count("n_actions", self.n_actions, most=LONGEST)
        return native().Policy(self.kind, actions, self._dimensions(rows), self._options())

    def _options(self) -> tuple[float, float]:
        """Return the two numbers that the native policy is made with."""
        raise NotImplementedError

    def _dimensions(self, rows: Any) -> int:
        return 0

    def _seen(self, rows: Any) -> Any:
        """Return the context that the native policy sees."""
        return None

    @staticmethod
    def _count(rows: Any) -> int:
        return 1 if rows is None else len(rows)

    @classmethod
    def _load(cls, data: bytes) -> Any:
        return native().Policy.from_bytes(cls.kind, data)

    def _complete(self) -> None:
        if vars(self)["n_actions"] is None:
            self.n_actions = self._fitted.actions()

    def _results(self) -> dict[str, Any]:
        learnt = self._fitted.learnt()
        return {f"{name}_": values.reshape(shape) for name, shape, values in learnt}

    def _summary(self) -> str:
        counts = self._results()["counts_"]
        return f"{int(counts.sum()):,} rounds of {len(counts)} actions"

    def _rows(self) -> list[tuple[str, ...]]:
        results = self._results()
        triples = zip(results["counts_"], results["sums_"], self.propensities(), strict=True)
        rows = [
            (str(action), f"{count:.0f}", f"{total:g}", f"{shown:.3f}")
            for action, (count, total, shown) in enumerate(triples)
        ]
        return [("action", "rounds", "rewards", "shown next"), *rows]


class EpsilonGreedy(Policy):
    """The best so far, and with probability ``epsilon`` any action.

    Actions never tried count as the best. Propensities are exact.

    Parameters
    ----------
    n_actions : int
        How many actions there are.
    epsilon : float
        The share of rounds in which any action is drawn, from 0 to 1.
    seed : int
        What `choose` draws by.

    Attributes
    ----------
    counts_, sums_ : (n_actions,)
        How often each action was tried, and its rewards in sum.

    References
    ----------
    Sutton, Barto (2018). Reinforcement Learning, section 2.2.
    """

    kind = "bandit.epsilon_greedy"

    def __init__(self, n_actions: int, *, epsilon: float = 0.1, seed: int = 0) -> None:
        self.n_actions = n_actions
        self.epsilon = epsilon
        self.seed = seed

    def _options(self) -> tuple[float, float]:
        return number("epsilon", self.epsilon), 0.0


class Softmax(Policy):
    """The better so far, the likelier: in proportion to exp(mean reward / ``temperature``).

    Of an action never tried the mean of all rewards is expected. Propensities are exact.

    Parameters
    ----------
    n_actions : int
        How many actions there are.
    temperature : float
        Above 0; about as large as mean rewards differ.
    seed : int
        What `choose` draws by.

    Attributes
    ----------
    counts_, sums_ : (n_actions,)
        How often each action was tried, and its rewards in sum.

    References
    ----------
    Sutton, Barto (2018). Reinforcement Learning, section 2.8.
    """

    kind = "bandit.softmax"

    def __init__(self, n_actions: int, *, temperature: float = 0.1, seed: int = 0) -> None:
        self.n_actions = n_actions
        self.temperature = temperature
        self.seed = seed

    def _options(self) -> tuple[float, float]:
        return number("temperature", self.temperature), 0.0


class UCB1(Policy):
    """What may be the best: the largest mean reward + ``confidence`` √(ln t / m).

    An action was tried m of t times; those never tried come first. Chance only breaks ties, so
    that its log says little about other policies.

    Parameters
    ----------
    n_actions : int
        How many actions there are.
    confidence : float
        0 or more; √2 for rewards between 0 and 1.
    seed : int
        What ties are broken by.

    Attributes
    ----------
    counts_, sums_ : (n_actions,)
        How often each action was tried, and its rewards in sum.

    References
    ----------
    Auer, Cesa-Bianchi, Fischer (2002). Finite-time Analysis of the Multiarmed Bandit Problem.
    Machine Learning 47.
    """

    kind = "bandit.ucb1"

    def __init__(self, n_actions: int, *, confidence: float = 2**0.5, seed: int = 0) -> None:
        self.n_actions = n_actions
        self.confidence = confidence
        self.seed = seed

    def _options(self) -> tuple[float, float]:
        return number("confidence", self.confidence), 0.0


class Thompson(Policy):
    """Each action as often as its click rate is probably the best.

    Rates have Beta posteriors, are drawn, and the largest is shown. Propensities are exact, by
    quadrature over the posteriors; nothing is sampled for them.

    Parameters
    ----------
    n_actions : int
        How many actions there are.
    prior : (float, float)
        Clicks and misses that are pretended before the first round, above 0. ``(4, 996)``
        expects four clicks in a thousand rounds.
    seed : int
        What `choose` draws by.

    Attributes
    ----------
    counts_, sums_ : (n_actions,)
        How often each action was tried, and how often it was clicked.

    References
    ----------
    Thompson (1933). On the Likelihood That One Unknown Probability Exceeds Another.
    Biometrika 25. Chapelle, Li (2011). An Empirical Evaluation of Thompson Sampling. NIPS.
    """

    kind = "bandit.thompson"

    def __init__(
        self, n_actions: int, *, prior: tuple[float, float] = (1.0, 1.0), seed: int = 0
    ) -> None:
        self.n_actions = n_actions
        self.prior = prior
        self.seed = seed

    def _options(self) -> tuple[float, float]:
        try:
            clicks, misses = self.prior
        except (TypeError, ValueError):
            raise ModelError(
                f"`prior` is {self.prior!r}", hint="give clicks and misses above 0: (1, 1)"
            ) from None
        return number("prior", clicks), number("prior", misses)

    @classmethod
    def _options_of(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        prior = parameters["clicks"], parameters["misses"]
        return {**super()._options_of(parameters), "prior": prior}


class _Linear(Policy):
    """A ridge regression of rewards on contexts, per action."""

    l2: float

    def _seen(self, rows: Any) -> Any:
        if rows is None:
            raise ModelError(
                f"`{type(self).__name__}` needs a context",
                hint="give what is known in each round: rows of numbers, (n, d)",
            )
        return rows

    def _dimensions(self, rows: Any) -> int:
        return self._seen(rows).shape[1]

    def _results(self) -> dict[str, Any]:
        return {**super()._results(), "coefficients_": self._fitted.coefficients()}

    def _summary(self) -> str:
        actions, numbers = self._fitted.coefficients().shape
        return f"{actions} actions, contexts of {numbers} numbers"

    def _rows(self) -> list[tuple[str, ...]]:
        coefficients = self._fitted.coefficients()
        head = ("action", *(f"number {place}" for place in range(coefficients.shape[1])))
        return [
            head,
            *(
                (str(action), *(f"{it:.4g}" for it in row))
                for action, row in enumerate(coefficients)
            ),
        ]


class LinUCB(_Linear):
    """What may be the best in a context: the largest ``θᵀx + alpha √(xᵀ A⁻¹ x)``.

    A ridge regression per action ("disjoint"), without a constant: give a column of ones.
    Chance only breaks ties, so that its log says little about other policies.

    Parameters
    ----------
    n_actions : int
        How many actions there are.
    alpha : float
        How many standard errors above what is expected; 0 or more.
    l2 : float
        The penalty of the regressions, above 0.
    seed : int
        What ties are broken by.

    Attributes
    ----------
    coefficients_ : (n_actions, d)
        θ of each action.
    moments_, products_ : (n_actions, d, d), (n_actions, d)
        A = l2 I + Σ x xᵀ, and Σ r x.

    References
    ----------
    Li, Chu, Langford, Schapire (2010). A Contextual-Bandit Approach to Personalized News
    Article Recommendation. WWW, algorithm 1.
    """

    kind = "bandit.lin_ucb"

    def __init__(
        self, n_actions: int, *, alpha: float = 1.0, l2: float = 1.0, seed: int = 0
    ) -> None:
        self.n_actions = n_actions
        self.alpha = alpha
        self.l2 = l2
        self.seed = seed

    def _options(self) -> tuple[float, float]:
        return number("alpha", self.alpha), number("l2", self.l2)


class LinTS(_Linear):
    """Each action as often as it is probably the best in a context.

    The coefficients of each action's ridge regression are drawn from ``N(θ, scale² A⁻¹)``. In
    one context the drawn rewards are independent and normal: propensities are exact, by
    quadrature. Without a constant: give a column of ones.

    Parameters
    ----------
    n_actions : int
        How many actions there are.
    scale : float
        The standard deviation of a reward around its mean; 0 shows what is expected to be best.
    l2 : float
        The penalty of the regressions, above 0.
    seed : int
        What `choose` draws by.

    Attributes
    ----------
    coefficients_ : (n_actions, d)
        θ of each action.
    moments_, products_ : (n_actions, d, d), (n_actions, d)
        A = l2 I + Σ x xᵀ, and Σ r x.

    References
    ----------
    Agrawal, Goyal (2013). Thompson Sampling for Contextual Bandits with Linear Payoffs. ICML.
    """

    kind = "bandit.lin_ts"

    def __init__(
        self, n_actions: int, *, scale: float = 0.5, l2: float = 1.0, seed: int = 0
    ) -> None:
        self.n_actions = n_actions
        self.scale = scale
        self.l2 = l2
        self.seed = seed

    def _options(self) -> tuple[float, float]:
        return number("scale", self.scale), number("l2", self.l2)
