"""Artwork: which frames of a film make good pictures of it, and why.

Frames are bytes of red, green and blue: an array of `numpy.uint8` of shape (n, height, width, 3),
which is read where it lies. `measure` says what each looks like, `detect_faces` who is in it,
`detect_shots` what belongs together; `rank` chooses among them and gives its reasons.

Examples
--------
>>> from flownote.models import artwork
>>> measures = artwork.measure(frames)
>>> ranking = artwork.rank(
...     measures,
...     weights={"sharpness": 2, "colourfulness": 1, "blur": -1},
...     filters={"luminance": (0.1, 0.9), "letterbox": (None, 0.0)},
...     count=12,
... )
>>> ranking.chosen[0].parts
>>> ranking.rejected[0].reasons
"""

from __future__ import annotations

from flownote.models.artwork.faces import Box, Face, NotAvailable, cluster_faces, detect_faces
from flownote.models.artwork.measures import Measures, measure
from flownote.models.artwork.ranking import (
    Candidate,
    Group,
    Part,
    Ranking,
    Reason,
    rank,
    rank_groups,
)
from flownote.models.artwork.shots import Shot, ShotDetector, detect_shots

__all__ = [
    "Box",
    "Candidate",
    "Face",
    "Group",
    "Measures",
    "NotAvailable",
    "Part",
    "Ranking",
    "Reason",
    "Shot",
    "ShotDetector",
    "cluster_faces",
    "detect_faces",
    "detect_shots",
    "measure",
    "rank",
    "rank_groups",
]
