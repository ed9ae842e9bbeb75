"""A production: its scenes, its players and what an hour of their waiting costs.

It is read from JSON. Only `scenes` and their `players` must be there, and of each scene
either its `duration` or what a duration is predicted from (`FEATURES`):

    {
      "name": "Harbour light", "unit": "hours", "cost_unit": "EUR",
      "players": {"Ana": 400, "Ben": 150},
      "scenes": [
        {"name": "1 Quay", "players": ["Ana", "Ben"], "duration": 2.5},
        {"name": "2 Storm", "players": ["Ana"],
         "pages": 1.5, "setups": 9, "exterior": true, "night": false, "stunt": true}
      ]
    }

A scene may also say how long it `turned_out` to take; plans are then measured by it.
"""

from __future__ import annotations

import difflib
import json
import math
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from flownote.exceptions import FlownoteException

AMOUNTS = ("pages", "setups")
"""Features that are amounts above zero."""

FLAGS = ("exterior", "night", "stunt")
"""Features that are true or false."""

FEATURES = AMOUNTS + FLAGS

MOST_SCENES = 60
"""Beyond this no proof can be hoped for: the model grows with the cube of the scenes."""


class InputError(FlownoteException):
    """A file of scenes isn't what it must be."""

    headline = "Wrong input"


class Scene(TypedDict):
    """One scene; its `features` are empty when its `duration` is known."""

    name: str
    players: list[str]
    duration: float | None
    features: dict[str, float]
    turned_out: float | None


class Production(TypedDict):
    """Scenes in the order in which they are written, and who plays in them."""

    name: str
    unit: str
    cost_unit: str
    players: list[str]
    costs: list[float]
    scenes: list[Scene]


def shipped(name: str) -> Production:
    """Returns one of the productions that lie beside this file."""
    return parse(Path(__file__).with_name(name).read_text(encoding="utf-8"), source=name)


def plays(production: Production) -> np.ndarray:
    """Returns who plays when: a bool array of shape (players, scenes)."""
    return np.array(
        [
            [player in scene["players"] for scene in production["scenes"]]
            for player in production["players"]
        ],
        dtype=bool,
    ).reshape(len(production["players"]), len(production["scenes"]))


def parse(text: str, *, source: str) -> Production:
    """Reads a production.

    Parameters
    ----------
    text : str
        JSON, as this module's documentation shows it.
    source : str
        What errors call it: a file's name or `--instance`.

    Raises
    ------
    InputError
        Naming what is wrong, in which scene, and what to write instead.
    """
    given = _object(text, source)
    costs = _costs(given, source)
    scenes = [_scene(one, place) for one, place in _scenes(given, source)]
    _refuse_twice([scene["name"] for scene in scenes], source)
    if len(scenes) > MOST_SCENES:
        raise InputError(
            f"{source} has {len(scenes)} scenes; an order is proven for at most {MOST_SCENES}",
            hint="plan a part of them, such as what is shot at one place",
        )
    for scene in scenes:
        for player in scene["players"]:
            if "players" not in given:
                costs.setdefault(player, 1.0)
            elif player not in costs:
                near = difflib.get_close_matches(player, costs, n=1)
                raise InputError(
                    f"scene `{scene['name']}` of {source} has the player `{player}`, "
                    "whom `players` doesn't list",
                    hint=f"write `{near[0]}`, or list `{player}` with a cost"
                    if near
                    else f'list the player with a cost: `"players": {{"{player}": 1}}`',
                )
    return {
        "name": _text(given, "name", source, default=source),
        "unit": _text(given, "unit", source, default="time"),
        "cost_unit": _text(given, "cost_unit", source, default=""),
        "players": list(costs),
        "costs": list(costs.values()),
        "scenes": scenes,
    }


def parse_history(text: str, *, source: str) -> list[Scene]:
    """Reads scenes that were shot: each with its `duration` and all `FEATURES`.

    Raises
    ------
    InputError
        As for `parse`.
    """
    scenes: list[Scene] = []
    for given, place in _scenes(_object(text, source), source):
        scene = _scene({"players": [], **given}, place)
        if scene["duration"] is None:
            raise InputError(
                f"{place} has no `duration`, and nothing can be learnt from it",
                hint="say how long it took, or take the scene out",
            )
        scene["features"] = _features(given, place)
        scenes.append(scene)
    return scenes


def _object(text: str, source: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{source} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}",
            hint="look at csplib039.json beside flow.py for the format",
        ) from None
    if not isinstance(given, dict):
        raise InputError(
            f"{source} must be an object, not {_kind(given)}",
            hint='write `{"scenes": […]}`; csplib039.json beside flow.py is an example',
        )
    return given


def _costs(given: dict[str, Any], source: str) -> dict[str, float]:
    players = given.get("players", {})
    if not isinstance(players, dict):
        raise InputError(
            f"`players` of {source} must be an object of costs, not {_kind(players)}",
            hint='write `"players": {"Ana": 400, "Ben": 150}`, or leave it out: all cost 1',
        )
    for player, cost in players.items():
        if not _is_number(cost) or cost < 0:
            raise InputError(
                f"the player `{player}` of {source} has the cost {json.dumps(cost)}",
                hint="a cost is a number from 0 on, for one unit of time spent waiting",
            )
    return {player: float(cost) for player, cost in players.items()}


def _scenes(given: dict[str, Any], source: str) -> list[tuple[dict[str, Any], str]]:
    """Returns the scenes as they were written, each with the place that errors name."""
    scenes = given.get("scenes")
    if not isinstance(scenes, list) or not scenes:
        raise InputError(
            f"{source} has no `scenes`",
            hint='write `"scenes": [{"name": "1", "players": ["Ana"], "duration": 2}, …]`',
        )
    found = []
    for number, scene in enumerate(scenes, start=1):
        if not isinstance(scene, dict):
            raise InputError(
                f"scene number {number} of {source} must be an object, not {_kind(scene)}",
                hint='write `{"name": "1", "players": ["Ana"], "duration": 2}`',
            )
        name = _text(scene, "name", f"scene number {number} of {source}", default=str(number))
        found.append(({**scene, "name": name}, f"scene `{name}` of {source}"))
    return found


def _scene(given: dict[str, Any], place: str) -> Scene:
    players = given.get("players")
    if not isinstance(players, list) or not all(isinstance(it, str) for it in players):
        raise InputError(
            f"{place} has no list of `players`",
            hint='write `"players": ["Ana", "Ben"]`, or `[]` for a scene without anybody',
        )
    _refuse_twice(players, place)
    duration = _amount(given, "duration", place)
    features: dict[str, float] = {}
    if duration is None:
        if not any(name in given for name in FEATURES):
            raise InputError(
                f"{place} has no `duration`, and nothing to predict it from",
                hint=f'write `"duration": 2.5`, or {", ".join(f"`{it}`" for it in FEATURES)}',
            )
        features = _features(given, place)
    return {
        "name": given["name"],
        "players": players,
        "duration": duration,
        "features": features,
        "turned_out": _amount(given, "turned_out", place),
    }


def _features(given: dict[str, Any], place: str) -> dict[str, float]:
    features = {}
    for name in FEATURES:
        value = _amount(given, name, place) if name in AMOUNTS else given.get(name)
        if value is None:
            raise InputError(
                f"{place} doesn't say `{name}`, which its duration is predicted from",
                hint=f"add it, or say its `duration`; needed are {', '.join(FEATURES)}",
            )
        if name in FLAGS and not isinstance(value, bool):
            raise InputError(
                f"`{name}` of {place} is {json.dumps(value)}", hint="write `true` or `false`"
            )
        features[name] = float(value)
    return features


def _amount(given: dict[str, Any], name: str, place: str) -> float | None:
    value = given.get(name)
    if value is None:
        return None
    if not _is_number(value) or value <= 0:
        raise InputError(
            f"`{name}` of {place} is {json.dumps(value)}", hint="write a number above zero"
        )
    return float(value)


def _text(given: dict[str, Any], name: str, place: str, *, default: str) -> str:
    value = given.get(name, default)
    if name in given and (not isinstance(value, str) or not value.strip()):
        raise InputError(
            f"`{name}` of {place} is {json.dumps(value)}", hint=f'write a text: `"{name}": "…"`'
        )
    return value


def _refuse_twice(names: list[str], place: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"{place} names {', '.join(f'`{name}`' for name in twice)} twice",
            hint="give each a name of its own, or take one away",
        )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _kind(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    return "a text" if isinstance(value, str) else json.dumps(value)
