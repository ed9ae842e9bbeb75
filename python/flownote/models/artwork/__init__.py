"""Artwork: which frames of a film make good pictures of it, and why.

Frames are bytes of red, green and blue: an array of `numpy.uint8` of shape (n, height, width, 3),
which is read where it lies.

Examples
--------
>>> from flownote.models import artwork
>>> measures = artwork.measure(frames)
>>> measures["sharpness"].argmax()
"""

from __future__ import annotations

from flownote.models.artwork.measures import Measures, measure

__all__ = ["Measures", "measure"]
