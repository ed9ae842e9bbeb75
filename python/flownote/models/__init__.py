"""Models of members, titles and customers, with scikit-learn's habits.

``fit`` returns the model, what a fit found ends in an underscore, ``seed`` makes chance
repeatable. All numbers come from `flownote-models`, a crate in Rust, by way of the package
``flownote-studio``. A model is an artifact: ``self.model = BgNbd().fit(…)`` in a step keeps it
in an open format (safetensors), and it is the same model wherever it is read. What it says of
a row is a function that SQL can call: `Model.function`.

=========================== =================================================
`flownote.models.artwork`   which frames of a film make good pictures of it, and why
`flownote.models.bandit`    what to show, and what another policy would have earned
`flownote.models.customer`  who still buys, how often, and what that is worth
`flownote.models.recommend` which items to show next, why, and how good that is
=========================== =================================================
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flownote.models.base import Model, ModelError, NotFittedError
    from flownote.models.scoring import ScoringFunction

# Where each public name lives; a module is imported when it is first asked for.
_HOMES = {
    "Model": "base",
    "ModelError": "base",
    "NotFittedError": "base",
    "ScoringFunction": "scoring",
}
_MODULES = ("artwork", "bandit", "customer", "recommend")

__all__ = ["Model", "ModelError", "NotFittedError", "ScoringFunction"]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _MODULES:
        return import_module(f"flownote.models.{name}")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'flownote.models' has no attribute '{name}'")
    return getattr(import_module(f"flownote.models.{home}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES, *_MODULES])
