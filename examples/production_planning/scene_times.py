"""How long a scene takes, predicted from scenes that were shot.

A linear regression of the logarithm of the time on the logarithms of `pages` and `setups`
and on the flags, by least squares. Its intervals are those of the normal linear model
(Seber and Lee, *Linear Regression Analysis*, 2003, §5.3), carried over by `exp`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from production import AMOUNTS, FEATURES, InputError, Scene

FEWEST = 20
"""Scenes that a history needs."""

HELD_OUT = 0.25
"""The share of them that is measured on and not fitted to."""


def durations(scenes: list[Scene]) -> np.ndarray:
    """Returns how long scenes took."""
    return np.array([scene["duration"] for scene in scenes], dtype=float)


def feature(scenes: list[Scene], name: str) -> np.ndarray:
    """Returns one feature of scenes."""
    return np.array([scene["features"][name] for scene in scenes], dtype=float)


class TimeModel:
    """The regression; fitted attributes end in an underscore.

    Attributes
    ----------
    names_ : list of str
        The features that it uses. One that is the same in all scenes tells nothing.
    coefficients_ : float array of shape (1 + names,)
        The constant, then one for each name.
    covariance_ : float array of shape (1 + names, 1 + names)
        Of the coefficients.
    deviation_ : float
        The standard deviation of the logarithm around its prediction.
    freedom_ : int
        Degrees of freedom.
    """

    def fit(self, scenes: list[Scene]) -> TimeModel:
        """Fits the coefficients.

        Raises
        ------
        InputError
            When the scenes are too few or don't tell the features apart.
        """
        _refuse_few(scenes, FEWEST - int(FEWEST * HELD_OUT))
        self.constant_ = {
            name: float(values[0])
            for name in FEATURES
            if np.ptp(values := feature(scenes, name)) == 0
        }
        self.names_ = [name for name in FEATURES if name not in self.constant_]
        x, y = self._columns(scenes), np.log(durations(scenes))
        if np.linalg.matrix_rank(x) < x.shape[1]:
            raise InputError(
                f"the history doesn't tell {', '.join(self.names_)} apart: "
                "one follows from the others in every scene",
                hint="give more, and more different, scenes with `--history`",
            )
        inverse = np.linalg.inv(x.T @ x)
        self.coefficients_ = inverse @ (x.T @ y)
        self.freedom_ = len(y) - x.shape[1]
        rest = y - x @ self.coefficients_
        self.deviation_ = float(np.sqrt(rest @ rest / self.freedom_))
        self.covariance_ = self.deviation_**2 * inverse
        return self

    def predict(self, scenes: list[Scene]) -> np.ndarray:
        """Returns the expected times: exp(μ + σ²/2), more than the median exp(μ)."""
        return np.exp(self._columns(scenes) @ self.coefficients_ + self.deviation_**2 / 2)

    def interval(self, scenes: list[Scene], *, share: float = 0.8) -> np.ndarray:
        """Returns in what range a scene's time lies with probability `share`.

        Returns
        -------
        float array of shape (scenes, 2)
        """
        x = self._columns(scenes)
        middle = x @ self.coefficients_
        spread = np.sqrt(self.deviation_**2 + np.einsum("ij,jk,ik->i", x, self.covariance_, x))
        margin = stats.t.ppf((1 + share) / 2, self.freedom_) * spread
        return np.exp(np.column_stack([middle - margin, middle + margin]))

    def draw(self, scenes: list[Scene], *, count: int, seed: int) -> np.ndarray:
        """Returns times as they may turn out, the coefficients as unsure as they are.

        Returns
        -------
        float array of shape (count, scenes)
        """
        generator = np.random.default_rng(seed)
        x = self._columns(scenes)
        drawn = generator.multivariate_normal(self.coefficients_, self.covariance_, size=count)
        return np.exp(drawn @ x.T + generator.normal(0, self.deviation_, (count, len(scenes))))

    def table(self) -> list[dict[str, Any]]:
        """Returns each coefficient with its 95 % interval."""
        margin = stats.t.ppf(0.975, self.freedom_) * np.sqrt(np.diag(self.covariance_))
        names = ["constant", *self.names_]
        return [
            {"name": name, "value": float(value), "interval": [float(value - m), float(value + m)]}
            for name, value, m in zip(names, self.coefficients_, margin, strict=True)
        ]

    def stranger(self, scene: Scene) -> str | None:
        """Returns the feature of which all fitted scenes had one value, and this another."""
        return next(
            (it for it, one in self.constant_.items() if scene["features"][it] != one), None
        )

    def _columns(self, scenes: list[Scene]) -> np.ndarray:
        for scene in scenes:
            if name := self.stranger(scene):
                raise InputError(
                    f"scene `{scene['name']}` can't be predicted: in the history `{name}` "
                    f"is {self.constant_[name]:g} in every scene",
                    hint="say its `duration`, or give a `--history` with such scenes",
                )
        columns = [np.ones(len(scenes))]
        for name in self.names_:
            values = feature(scenes, name)
            columns.append(np.log(values) if name in AMOUNTS else values)
        return np.column_stack(columns)


def by_pages(history: list[Scene], scenes: list[Scene]) -> np.ndarray:
    """Returns the times by the rule of thumb: so many hours for each page of the script."""
    rate = durations(history).sum() / feature(history, "pages").sum()
    return rate * feature(scenes, "pages")


def held_out(history: list[Scene], *, seed: int) -> dict[str, Any]:
    """Fits on a part of the history, and measures on the rest, beside two baselines.

    Held-out scenes of a kind that the other part lacks can't be predicted and aren't counted.

    Returns
    -------
    dict
        `errors`: the mean absolute error of the model, of the hours per page and of the mean
        time; `gain`: by how much the model's error is smaller than that of the hours per
        page, with a 95 % interval over scenes; `covered`: how many times lay within their
        80 % interval; `rows`: each held-out scene.
    """
    _refuse_few(history, FEWEST)
    mixed = np.random.default_rng(seed).permutation(len(history))
    cut = int(len(history) * HELD_OUT)
    fitted = [history[it] for it in mixed[cut:]]
    model = TimeModel().fit(fitted)
    tested = [history[it] for it in mixed[:cut] if model.stranger(history[it]) is None]
    _refuse_few(tested, 3)
    took = durations(tested)
    predicted, within = model.predict(tested), model.interval(tested)
    errors = {
        "model": np.abs(predicted - took),
        "hours per page": np.abs(by_pages(fitted, tested) - took),
        "mean time": np.abs(durations(fitted).mean() - took),
    }
    gain = errors["hours per page"] - errors["model"]
    count = len(tested)
    margin = stats.t.ppf(0.975, count - 1) * gain.std(ddof=1) / np.sqrt(count)
    inside = (within[:, 0] <= took) & (took <= within[:, 1])
    return {
        "fitted": len(fitted),
        "tested": count,
        "errors": {name: float(values.mean()) for name, values in errors.items()},
        "gain": {
            "mean": float(gain.mean()),
            "interval": [float(gain.mean() - margin), float(gain.mean() + margin)],
        },
        "covered": int(inside.sum()),
        "rows": [
            {
                "scene": scene["name"],
                "took": float(scene["duration"] or 0),
                "predicted": float(time),
                "low": float(low),
                "high": float(high),
            }
            for scene, time, (low, high) in zip(tested, predicted, within, strict=True)
        ],
    }


def _refuse_few(scenes: list[Scene], needed: int) -> None:
    if len(scenes) < needed:
        raise InputError(
            f"there are {len(scenes)} scenes to learn from or to measure on, "
            f"and {needed} are needed",
            hint=f"give a `--history` of at least {FEWEST} scenes of all kinds, "
            "or say each scene's `duration`",
        )
