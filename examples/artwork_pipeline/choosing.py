"""What is looked at in a film, and what counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from flownote.models import artwork
from flownote.video import Video

WIDTH = 640
"""Pixels from left to right in which frames are measured."""

SHORT = 3000
"""So many frames are all looked at; of longer films two a second."""

WEIGHTS = {
    "face_share": 2.0,
    "frontality": 1.0,
    "sharpness": 1.0,
    "colourfulness": 1.0,
    "contrast": 1.0,
    "thirds": 0.5,
    "depth_of_field": 0.5,
    "motion_blur": -1.0,
}
"""How much each measure counts; below zero where less is better."""

FILTERS: dict[str, tuple[float | None, float | None]] = {
    "luminance": (0.05, 0.92),
    "contrast": (0.04, None),
    "blur": (None, 0.7),
    "text": (None, 0.25),
    "from_boundary": (6.0, None),
}
"""What has to be: the least and the most of a measure."""


def fit_step(frames: int, rate: float) -> int:
    """Returns which frames to look at: each so many'th."""
    return 1 if frames <= SHORT else max(1, round(rate / 2))


def shots(path: str) -> list[dict[str, Any]]:
    """Returns a film's shots; every frame is read, in a small size."""
    detector = artwork.ShotDetector()
    found = []
    for frames, _ in Video(path).frames(width=256, chunk=64):
        found += detector.update(frames)
    found += detector.finish()
    return [shot._asdict() for shot in found]


def look(path: str, first: int, stop: int, step: int, network: str = "") -> dict[str, Any]:
    """Returns what is seen in a part of a film: each frame's measures and faces."""
    measures, faces, times = [], [], []
    video = Video(path)
    for frames, seconds in video.frames(first=first, stop=stop, every=step, width=WIDTH):
        measures.append(artwork.measure(frames))
        found = artwork.detect_faces(frames, network=network or None)
        faces += [_face(those, frames.shape[1]) for those in found]
        times.append(seconds)
    if not times:
        return {"frames": np.zeros(0, int)}
    together = artwork.Measures.concat(measures)
    seconds = np.concatenate(times)
    return {
        "frames": np.arange(first, first + step * len(seconds), step),
        "times": seconds,
        "measures": together.to_dict(),
        "hashes": together.hashes,
        "histograms": together.histograms,
        "faces": np.array(faces),
    }


def _face(faces: list[artwork.Face], height: int) -> tuple[float, float, float]:
    """Returns how many faces there are, the largest's share of the height, and its frontality."""
    if not faces:
        return 0.0, 0.0, 0.0
    largest = max(faces, key=lambda face: face.box.height)
    return float(len(faces)), largest.box.height / height, max(largest.frontality, 0.0)


def together(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns what was seen in all parts, in the film's order."""
    parts = sorted((part for part in parts if len(part["frames"])), key=lambda it: it["frames"][0])
    names = parts[0]["measures"]
    joined = {
        name: np.concatenate([part[name] for part in parts])
        for name in ("frames", "times", "hashes", "histograms", "faces")
    }
    joined["measures"] = {
        name: np.concatenate([part["measures"][name] for part in parts]) for name in names
    }
    return joined


def candidates(seen: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns the columns that frames are chosen by, with the shot that each is in."""
    frames = seen["frames"]
    starts = np.array([shot["start"] for shot in found])
    ends = np.array([shot["end"] for shot in found])
    shot = np.searchsorted(starts, frames, side="right") - 1
    number, share, frontality = seen["faces"].T
    # Dissolves and fades take time: there a frame counts half.
    soft = np.array([1 + (it["transition"] in ("fade", "dissolve")) for it in found] + [1])
    return {
        "frames": frames,
        "times": seen["times"],
        "shot": shot,
        "hashes": seen["hashes"],
        "histograms": seen["histograms"],
        "columns": {
            **seen["measures"],
            "faces": number,
            "face_share": share,
            "frontality": frontality,
            "from_boundary": np.minimum(
                (frames - starts[shot]) / soft[shot], (ends[shot] - 1 - frames) / soft[shot + 1]
            ),
        },
    }


def rank(
    of: dict[str, Any],
    *,
    count: int,
    diversity: float,
    weights: dict[str, float] = WEIGHTS,
    filters: dict[str, tuple[float | None, float | None]] = FILTERS,
) -> list[dict[str, Any]]:
    """Returns a row for each frame, the chosen first: its score, and its reasons in words."""
    ranking = artwork.rank(
        of["columns"],
        weights,
        filters=filters,
        diversity=diversity,
        count=count,
        hashes=of["hashes"],
        histograms=of["histograms"],
    )
    rows = []
    for candidate in (*ranking.chosen, *ranking.rejected):
        chosen = not candidate.reasons
        rows.append(
            {
                "frame": int(of["frames"][candidate.frame]),
                "time": float(of["times"][candidate.frame]),
                "shot": int(of["shot"][candidate.frame]) + 1,
                "score": candidate.score,
                "chosen": chosen,
                "kind": "" if chosen else candidate.reasons[0].kind,
                "why": "" if chosen else _why(candidate.reasons[0]),
                "reasons": _for(candidate)
                if chosen
                else [_said(reason, of["frames"]) for reason in candidate.reasons],
            }
        )
    return rows


def _for(candidate: artwork.Candidate) -> list[str]:
    """Returns what speaks most for a frame, in words."""
    good = [part for part in candidate.parts if part.normalized > 0.5]
    parts = sorted(good, key=lambda part: -part.contribution)[:3]
    return [
        f"{NAMES.get(part.name, part.name)} {part.value:.3g}, better than {part.normalized:.0%}"
        for part in parts
    ]


def _said(reason: artwork.Reason, frames: np.ndarray) -> str:
    """Returns a reason in words, with the film's frame numbers."""
    if reason.like is not None:
        return f"too like frame {frames[reason.like]}, which was chosen ({reason.value:.0%} alike)"
    for name, word in NAMES.items():
        if reason.measure == name:
            return str(reason).replace(name, word, 1)
    return str(reason)


LITTLE = {True: "little", False: "much"}

NAMES = {
    "face_share": "face, share of the height",
    "from_boundary": "frames to the nearest boundary",
    "motion_blur": "motion blur",
    "depth_of_field": "depth of field",
    "thirds": "rule of thirds",
    "colourfulness": "colours",
}
"""What measures are called."""


def _why(reason: artwork.Reason) -> str:
    """Returns what rejects frames, as they are counted."""
    words = {
        ("luminance", True): "too dark",
        ("luminance", False): "too bright",
        ("contrast", True): "of one colour",
        ("blur", False): "blurred",
        ("text", False): "writing",
        ("from_boundary", True): "between two shots",
    }
    if reason.kind == "filter":
        assert reason.measure and reason.value is not None and reason.limit is not None
        below = reason.value < reason.limit
        return words.get((reason.measure, below), f"{reason.measure} too {LITTLE[below]}")
    return {"too like": "like a chosen one", "scored below": "others are better"}[reason.kind]


def shares(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Returns which share of all frames each reason rejected, the commonest first.

    A frame that several filters reject is counted once, by the first.
    """
    reasons = [row["why"] for row in rows if row["why"]]
    counted = {why: reasons.count(why) / len(rows) for why in set(reasons)}
    return dict(sorted(counted.items(), key=lambda it: (-it[1], it[0])))
