"""Measures frames and finds shots by Flownote: seconds, and what was found."""

import frames
from repeated import report

from flownote.models import artwork

film = frames.film(4)


def measured() -> list[float]:
    """Returns the mean of each measure."""
    return [float(column.mean()) for column in artwork.measure(film).values()]


def cuts(method: str) -> list[float]:
    """Returns where shots begin."""
    return [float(shot.start) for shot in artwork.detect_shots(film, method)]


report(
    {
        "measures": measured,
        "content": lambda: cuts("content"),
        "adaptive": lambda: cuts("adaptive"),
        "hash": lambda: cuts("hash"),
    }
)
