"""What a policy would have earned, from the log of another: the half of `bandit` that judges.

Sources: Li, Chu, Langford, Wang (2011), replay; Dudík, Langford, Li (2011) and Dudík, Erhan,
Langford, Li (2014), inverse propensities, the direct method, doubly robust; Swaminathan,
Joachims (2015), self-normalized; Wang, Agarwal, Dudík (2017), switching; Saito, Aihara,
Matsutani, Narita (2021), the Open Bandit Pipeline, whose numbers these estimators reproduce.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from flownote.models.arguments import LONGEST, count, flag, number, seed_of, whole
from flownote.models.base import ModelError, column, native, rows_of
from flownote.models.progress import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

__all__ = ["Comparison", "Estimate", "Log", "Weights"]


@dataclass(frozen=True)
class Weights:
    """How much each logged round counts, and whether a few of them count for all.

    Attributes
    ----------
    mean : float
        The mean weight; one is expected.
    max, max_share : float
        The largest, and its share of all weight.
    effective : float
        The effective sample size: as many rounds of equal weight would say as much.
    top_share : float
        The share of all weight that one in a hundred rounds have.
    warnings : tuple of str
        Why they aren't to be trusted: fewer than 100 effective rounds or one in a hundred, a
        round with more than a tenth of all weight, one in a hundred rounds with more than half
        of it, a mean that is a fifth or more from one.
    """

    mean: float
    max: float
    max_share: float
    effective: float
    top_share: float
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Which of two policies is better, or that nobody can tell.

    Attributes
    ----------
    difference, error : float
        How far the first is above the second, and the standard error of that.
    low, high : float
        From where to where the difference may be.
    verdict : str
        ``better``, ``worse`` or ``cannot tell``.
    needed : float or None
        Where nobody can tell, about how many rows would, four times in five, were the
        difference the one that was seen.
    text : str
        The verdict in words.
    """

    difference: float
    error: float
    low: float
    high: float
    verdict: str
    needed: float | None
    text: str

    def __str__(self) -> str:
        return self.text


class Estimate:
    """What a policy would have earned per round.

    Attributes
    ----------
    estimator : str
        How it was estimated.
    value, error : float
        The estimate and its standard error.
    low, high, level : float
        Its interval, and the share of such intervals that hold the truth.
    rows : int
        How many rounds there were.
    taken : float or None
        The share of rounds that replay took.
    weights : Weights or None
        What the weights say, of estimators that weigh rounds.
    """

    def __init__(self, made: Any, estimator: str, level: float) -> None:
        self._native = made
        self.estimator = estimator
        self.level = level
        # A sum of nothing is -0 there.
        self.value, self.error, self.low, self.high = (it + 0.0 for it in made.numbers())
        self.rows, self.taken = made.facts()
        self.weights: Weights | None = None
        if report := made.weights():
            self.weights = Weights(**dict(report[0]), warnings=tuple(report[1]))

    def compare(
        self, other: Estimate, *, together: bool = True, show_progress: bool | None = None
    ) -> Comparison:
        """Say whether this policy is better than another.

        Parameters
        ----------
        other : Estimate
            The other policy's.
        together : bool
            Whether both were estimated on the same rows, so that what they share cancels;
            False for estimates from different logs.
        show_progress : bool, optional
            Show a bar where this lasts longer than a second; by default in terminals and
            notebooks only.

        Raises
        ------
        ModelError
            They are to be compared row by row, and aren't of equally many rows.
        """
        if not isinstance(other, Estimate):
            raise ModelError(
                f"`other` is a `{type(other).__name__}`, not an estimate",
                hint="give what `evaluate` or `observed` returned",
            )
        if flag("together", together) and self.rows != other.rows:
            raise ModelError(
                f"`other` is of {other.rows} rows, and this of {self.rows}",
                hint="give `together=False` for estimates from different logs",
            )
        with shown(show_progress, "compare", unit=" resamples") as progress:
            found = self._native.compare(other._native, together, progress)
        numbers, verdict, needed, text = found
        difference, error, low, high = (it + 0.0 for it in numbers)
        return Comparison(difference, error, low, high, verdict, needed, text)

    def __repr__(self) -> str:
        return f"<{self.estimator}: {self._summary()}>"

    def _summary(self) -> str:
        text = f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}] from {self.rows:,} rows"
        if self.taken is not None:
            text += f", {100 * self.taken:.1f} % of them taken"
        if self.weights is not None:
            text += f", {self.weights.effective:,.0f} effective"
        notes = list(self.weights.warnings) if self.weights else []
        if self.error == 0:
            notes.append("all rows are alike, which says nothing of how far off it may be")
        return "; ".join([text, *notes])

    def _repr_html_(self) -> str:
        return f"<p><b>{html.escape(self.estimator)}</b> {html.escape(self._summary())}</p>"


class Log:
    """Rounds of a logging policy: what it showed, how likely, and what came of it.

    Parameters
    ----------
    action : (n,) of int
        What was shown, from 0. Floats that are whole numbers are taken, too.
    reward : (n,)
        What came of it.
    propensity : (n,)
        The probability, in (0, 1], with which the logging policy showed it.

    Raises
    ------
    ModelError
        They aren't columns of numbers. What can't be estimated from is said by `evaluate`,
        with the first row that is wrong.

    Examples
    --------
    >>> log = Log(action, reward, propensity)
    >>> log.evaluate([0.25, 0.25, 0.25, 0.25]).compare(log.observed())
    """

    def __init__(self, action: ArrayLike, reward: ArrayLike, propensity: ArrayLike) -> None:
        self.action = actions_of("action", action)
        self.reward = column("reward", reward)
        self.propensity = column("propensity", propensity)

    def __len__(self) -> int:
        return len(self.action)

    def __repr__(self) -> str:
        mean = f", mean reward {self.reward.mean():.4g}" if len(self.reward) else ""
        return f"<Log of {len(self):,} rounds{mean}>"

    def observed(
        self,
        *,
        level: float = 0.95,
        resamples: int | None = None,
        seed: int = 0,
        show_progress: bool | None = None,
    ) -> Estimate:
        """Return what the logging policy earned: the mean reward, with its interval.

        Parameters
        ----------
        level, resamples, seed, show_progress
            As of `evaluate`.
        """
        asked = _asked(level, resamples, seed)
        given = self._columns(), None, ("logged", 0.0), None, asked
        with shown(show_progress, "logged", unit=" resamples") as progress:
            made = native().Estimate.of(*given, progress)
        return Estimate(made, "logged", level)

    def evaluate(
        self,
        policy: ArrayLike | None = None,
        *,
        logged: ArrayLike | None = None,
        taken: ArrayLike | None = None,
        estimator: str = "snips",
        predicted: ArrayLike | None = None,
        max_weight: float = 10.0,
        threshold: float = 10.0,
        level: float = 0.95,
        resamples: int | None = None,
        seed: int = 0,
        show_progress: bool | None = None,
    ) -> Estimate:
        """Estimate what a policy would have earned per round.

        One of ``policy``, ``logged`` and ``taken`` says what the policy would have done.

        Parameters
        ----------
        policy : (n, n_actions) or (n_actions,)
            Its probability of each action, in each round or the same in all.
        logged : (n,)
            Its probability of each round's logged action: enough where no model is asked.
        taken : (n,) of int
            The action that it takes.
        estimator : str
            ``replay``, ``ips`` (inverse propensities), ``clipped`` (with weights up to
            ``max_weight``), ``snips`` (self-normalized), ``dm`` (the direct method), ``dr``
            (doubly robust) or ``switch`` (doubly robust up to a weight of ``threshold``).
        predicted : (n, n_actions)
            What a reward model expects, for ``dm``, ``dr`` and ``switch``: `predict_rewards`.
        level : float
            The share of such intervals that hold the truth.
        resamples : int, optional
            How many bootstrap resamples the interval is made of; by default it is Student's,
            with fewer degrees of freedom the fewer clicks the estimate rests on.
        seed : int
            What rows are drawn by.
        show_progress : bool, optional
            Show a bar where this lasts longer than a second; by default in terminals and
            notebooks only.

        Raises
        ------
        ModelError
            The log can't say: a row is wrong, or the policy takes nothing that was logged.
        """
        wanted, estimator = _wanted(policy, logged, taken), str(estimator)
        parameters = {"clipped": ("max_weight", max_weight), "switch": ("threshold", threshold)}
        parameter = number(*parameters.get(estimator, ("", 0.0)))
        rewards = None if predicted is None else rows_of("predicted", predicted)
        how = (estimator, parameter)
        given = self._columns(), wanted, how, rewards, _asked(level, resamples, seed)
        with shown(show_progress, estimator, unit=" resamples") as progress:
            made = native().Estimate.of(*given, progress)
        return Estimate(made, estimator, level)

    def predict_rewards(
        self,
        context: ArrayLike | None = None,
        *,
        n_actions: int | None = None,
        link: str = "identity",
        l2: float = 1.0,
        folds: int = 5,
        seed: int = 0,
        show_progress: bool | None = None,
    ) -> np.ndarray:
        """Return what each action would earn (n, n_actions), by models that haven't seen the row.

        Parameters
        ----------
        context : (n, d), optional
            What was known in each round.
        n_actions : int, optional
            How many actions there are; by default as many as were logged.
        link : str
            ``identity``, a ridge regression per action, or ``logit``, a logistic one.
        l2 : float
            The penalty, above 0, which draws each action towards the mean of all.
        folds : int
            How many parts the rows are dealt to, each predicted from the others.
        seed : int
            What rows are dealt by.
        show_progress : bool, optional
            Show a bar where this lasts longer than a second; by default in terminals and
            notebooks only.
        """
        rows = None if context is None else rows_of("context", context)
        if n_actions is None:
            n_actions = int(self.action.max(initial=-1)) + 1
        actions = count("n_actions", n_actions, most=LONGEST)
        how = str(link), number("l2", l2), count("folds", folds), seed_of(seed)
        given = self._columns(), rows, actions, *how
        with shown(show_progress, "predict_rewards", unit=" models") as progress:
            return native().cross_fit(*given, progress)

    def _columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.action, self.reward, self.propensity


def _asked(level: float, resamples: int | None, seed: int) -> tuple[float, int | None, int]:
    """Return how an interval is asked for."""
    drawn = None if resamples is None else count("resamples", resamples, most=LONGEST)
    return number("level", level), drawn, seed_of(seed)


def _wanted(policy: Any, logged: Any, taken: Any) -> tuple[Any, Any, Any, Any]:
    """Return a policy in the form that it is known in, and nothing for the three others."""
    import numpy as np

    if sum(it is not None for it in (policy, logged, taken)) != 1:
        raise ModelError(
            "a policy is given in one way",
            hint="give its probabilities, or `logged=` those of the logged actions alone, or "
            "`taken=` the actions that it takes",
        )
    if logged is not None:
        return None, None, column("logged", logged), None
    if taken is not None:
        return None, None, None, actions_of("taken", taken)
    try:
        is_same = np.ndim(policy) == 1
    except ValueError:
        is_same = False  # Rows of several lengths: `rows_of` says so.
    if is_same:
        return None, column("policy", policy), None, None
    return rows_of("policy", policy), None, None, None


def actions_of(name: str, values: ArrayLike | Any) -> np.ndarray:
    """Return actions as a contiguous column of integers, without a copy where they are one."""
    hint = "number the actions from 0; `numpy.unique(names, return_inverse=True)` does"
    return whole(name, values, hint)
