"""A film and a history of shot scenes that nobody shot: drawn from a truth known here.

Real shooting reports aren't published. What this draws is labelled synthetic wherever it is
shown, and the truth lets one see whether the regression finds it. `film.json` is what

    python synthetic_film.py > film.json

prints.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from production import AMOUNTS, FEATURES, Scene

NOTE = (
    "The film and the scenes that its times are learnt from are SYNTHETIC: drawn from a known "
    "truth. They show how the parts meet, not how long any real scene takes."
)

TRUTH = {
    "constant": -0.35,
    "pages": 0.55,
    "setups": 0.60,
    "exterior": 0.25,
    "night": 0.20,
    "stunt": 0.45,
}
"""The coefficients of the logarithm of the hours."""

DEVIATION = 0.22
"""The standard deviation of the logarithm around what the features say."""

CAST = {
    "Inés": (420, 0.7),
    "Jonas": (380, 0.6),
    "Mirela": (210, 0.4),
    "Captain": (260, 0.35),
    "Tavi": (90, 0.35),
    "Harbour master": (120, 0.3),
    "Twins": (160, 0.2),
}
"""What an hour of waiting costs, and in what share of the scenes they play."""

PLACES = (
    *("Quay", "Kitchen", "Lighthouse", "Ferry deck", "Storm", "Fish market", "Attic"),
    *("Cliff path", "Customs", "Wheelhouse", "Dance", "Chapel", "Boat shed", "Dawn"),
)


def features(generator: np.random.Generator) -> dict[str, Any]:
    """Draws what the script says of a scene."""
    return {
        "pages": float(generator.integers(3, 33)) / 8,
        "setups": int(generator.integers(2, 17)),
        "exterior": bool(generator.random() < 0.45),
        "night": bool(generator.random() < 0.3),
        "stunt": bool(generator.random() < 0.15),
    }


def hours(scene: dict[str, Any], generator: np.random.Generator) -> float:
    """Draws how long a scene takes, in minutes' precision."""
    log = TRUTH["constant"] + generator.normal(0, DEVIATION)
    for name in FEATURES:
        log += TRUTH[name] * (np.log(scene[name]) if name in AMOUNTS else scene[name])
    return round(float(np.exp(log)) * 60) / 60


def history(count: int, *, seed: int) -> list[Scene]:
    """Draws scenes that were shot."""
    generator = np.random.default_rng(seed)
    scenes: list[Scene] = []
    for number in range(1, count + 1):
        drawn = features(generator)
        scenes.append(
            {
                "name": f"past {number}",
                "players": [],
                "duration": hours(drawn, generator),
                "features": {name: float(value) for name, value in drawn.items()},
                "turned_out": None,
            }
        )
    return scenes


def film(*, seed: int = 39) -> dict[str, Any]:
    """Draws a film as its JSON has it: no durations, but how long scenes turned out to take."""
    generator = np.random.default_rng(seed)
    scenes = []
    for number, place in enumerate(PLACES, start=1):
        drawn = features(generator)
        players = [name for name, (_, share) in CAST.items() if generator.random() < share]
        took = round(hours(drawn, generator), 4)
        scene = {"name": f"{number} {place}", "players": players, **drawn, "turned_out": took}
        scenes.append(scene)
    return {
        "name": "Harbour Light (synthetic film)",
        "unit": "hours",
        "cost_unit": "EUR",
        "players": {name: cost for name, (cost, _) in CAST.items()},
        "scenes": scenes,
    }


def as_text(given: dict[str, Any]) -> str:
    """Returns a production as JSON, one scene on a line."""
    head = {name: value for name, value in given.items() if name != "scenes"}
    lines = [f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}," for k, v in head.items()]
    scenes = ",\n".join(f"    {json.dumps(it, ensure_ascii=False)}" for it in given["scenes"])
    return "\n".join(["{", *lines, '  "scenes": [', scenes, "  ]", "}"])


if __name__ == "__main__":
    print(as_text(film()))
