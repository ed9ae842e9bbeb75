"""Which frames to choose: weighed, filtered, unlike each other, and with reasons for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flownote.models.arguments import count, number
from flownote.models.artwork.explained import Candidate, Part, Ranking, Reason
from flownote.models.artwork.measures import Measures
from flownote.models.base import ModelError, column, native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import ArrayLike

__all__ = ["Candidate", "Group", "Part", "Ranking", "Reason", "rank", "rank_groups"]


class Group(NamedTuple):
    """Members of one taste: what counts for them."""

    weights: Mapping[str, float] | None = None
    """In place of the weights for all."""
    affinity: ArrayLike | None = None
    """How much they like each candidate (n,): more is better, of whatever unit."""
    affinity_weight: float = 1.0
    """How much that counts beside the weights; it is the part ``affinity`` of a score."""


def rank(
    candidates: Mapping[str, ArrayLike] | Measures | Any,
    weights: Mapping[str, float],
    *,
    filters: Mapping[str, Sequence[float | None]] | None = None,
    diversity: float = 0.3,
    alike: float = 0.85,
    count: int = 12,
    hashes: ArrayLike | None = None,
    histograms: ArrayLike | None = None,
) -> Ranking:
    """Choose frames: the best by ``weights`` that pass ``filters`` and are unlike each other.

    A measure is normalized by rank: 0.8 is better than 80 % of the frames that pass the filters.
    The score is the weighted mean. Frames are chosen one after the other, the one first whose
    ``(1 − diversity) · score − diversity · likeness`` is the largest, likeness being that to the
    most alike frame chosen before it [1]_.

    Parameters
    ----------
    candidates : Measures, or columns by name, or a data frame
        Numbers of n frames: a frame of pandas or polars, or a table of Arrow.
    weights : mapping of str to float
        How much each measure counts; below 0 where less is better.
    filters : mapping of str to (least, most), optional
        What a measure has to be, or the frame isn't chosen; None is no limit.
    diversity : float
        How much it counts to be unlike what was chosen, from 0 to 1.
    alike : float
        Frames more like a chosen one than this aren't chosen: from 0 to 1 (the same).
    count : int
        How many to choose at most.
    hashes : (n,) of uint64, optional
        Perceptual hashes; by default those of ``candidates`` if they are `Measures`.
    histograms : (n, 64), optional
        Histograms of colours, likewise. Without either, frames are never alike.

    Returns
    -------
    Ranking
        What was chosen, and what wasn't: each with what its score is made of, and its reasons.

    Raises
    ------
    ModelError
        A weight or filter names no measure; a number is none.

    References
    ----------
    .. [1] Carbonell, Goldstein (1998). The use of MMR, diversity-based reranking for reordering
       documents and producing summaries. SIGIR.
    """
    given = _given(candidates, hashes, histograms)
    [ranking] = _ranked(given, weights, filters, (diversity, alike, count), [])
    return ranking


def rank_groups(
    candidates: Mapping[str, ArrayLike] | Measures | Any,
    groups: Mapping[str, Group],
    weights: Mapping[str, float] | None = None,
    *,
    filters: Mapping[str, Sequence[float | None]] | None = None,
    diversity: float = 0.3,
    alike: float = 0.85,
    count: int = 12,
    hashes: ArrayLike | None = None,
    histograms: ArrayLike | None = None,
) -> dict[str, Ranking]:
    """Choose frames for each taste group of members: `rank` with what counts for them.

    Parameters
    ----------
    candidates, weights, filters, diversity, alike, count, hashes, histograms
        As of `rank`; ``weights`` are of groups that have none of their own.
    groups : mapping of str to Group
        What counts for each.

    Returns
    -------
    dict of str to Ranking
        By group.

    Examples
    --------
    >>> rank_groups(
    ...     measures,
    ...     {"faces": Group({"face_share": 1.0}), "places": Group(affinity=liked)},
    ...     {"sharpness": 1.0},
    ... )
    """
    given = _given(candidates, hashes, histograms)
    tastes = [
        (
            None if group.weights is None else _weights(group.weights),
            None
            if group.affinity is None
            else (
                column("affinity", group.affinity),
                number("affinity_weight", group.affinity_weight),
            ),
        )
        for group in groups.values()
    ]
    if not tastes:
        return {}
    rankings = _ranked(given, weights or {}, filters, (diversity, alike, count), tastes)
    return dict(zip(groups, rankings, strict=True))


def _given(
    candidates: Any, hashes: ArrayLike | None, histograms: ArrayLike | None
) -> tuple[int, tuple[list, np.ndarray | None, np.ndarray | None]]:
    """Return how many candidates there are, their columns, hashes and histograms."""
    import numpy as np

    if isinstance(candidates, Measures):
        hashes = candidates.hashes if hashes is None else hashes
        histograms = candidates.histograms if histograms is None else histograms
    try:
        columns = [(str(name), column(str(name), candidates[name])) for name in _names(candidates)]
    except (TypeError, IndexError, KeyError):
        raise ModelError(
            "`candidates` have no columns by name",
            hint="give what `measure` returned, a dict of columns, or a data frame",
        ) from None
    rows = len(columns[0][1]) if columns else 0
    looks = _look("hashes", hashes, np.uint64, 1), _look("histograms", histograms, np.float32, 2)
    return rows, (columns, *looks)


def _names(candidates: Any) -> Iterable[Any]:
    """Return the names of columns: of a table what it calls them, else what it iterates over."""
    for attribute in ("column_names", "columns"):
        if hasattr(candidates, attribute):
            return getattr(candidates, attribute)
    return candidates


def _look(
    name: str, values: ArrayLike | None, kind: type[np.generic], dimensions: int
) -> np.ndarray | None:
    """Return what `measure` says of how frames look, as the native module takes it."""
    import numpy as np

    if values is None:
        return None
    hint = "give what `measure` returned, or nothing"
    try:
        found = np.ascontiguousarray(values, dtype=kind)
    except (TypeError, ValueError, OverflowError) as error:
        raise ModelError(f"`{name}` aren't of {kind.__name__}: {error}", hint=hint) from None
    if found.ndim != dimensions:
        raise ModelError(f"`{name}` has {found.ndim} dimensions, not {dimensions}", hint=hint)
    return found


def _ranked(
    given: tuple[int, tuple[list, np.ndarray | None, np.ndarray | None]],
    weights: Mapping[str, float],
    filters: Mapping[str, Sequence[float | None]] | None,
    numbers: tuple[float, float, int],
    groups: list,
) -> list[Ranking]:
    """Return a ranking for each group, or one where there is none."""
    diversity, alike, wanted = numbers
    rankings = native().rank(
        *given,
        _weights(weights),
        [(name, *_limits(name, it)) for name, it in _by_name("filters", filters or {})],
        (number("diversity", diversity), number("alike", alike), count("count", wanted)),
        groups,
    )
    return [
        Ranking(*(tuple(_candidate(told) for told in side) for side in sides)) for sides in rankings
    ]


def _weights(weights: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return names and weights."""
    return [(name, number(name, weight)) for name, weight in _by_name("weights", weights)]


def _by_name(argument: str, given: Any) -> Iterable[tuple[str, Any]]:
    """Return what is given for each measure."""
    if not hasattr(given, "items"):
        raise ModelError(
            f"`{argument}` are a `{type(given).__name__}`, and not by name",
            hint="give a dict of measures' names",
        )
    return [(str(name), value) for name, value in given.items()]


def _limits(name: str, limits: Sequence[float | None]) -> tuple[float | None, float | None]:
    """Return the least and the most that a filter lets pass."""
    try:
        least, most = (None if limit is None else float(limit) for limit in limits)
    except (TypeError, ValueError):
        raise ModelError(
            f"the filter of `{name}` is `{limits!r}`",
            hint="give the least and the most: (100, None), (None, 0.5) or (0.1, 0.9)",
        ) from None
    if least is not None and most is not None and least > most:
        raise ModelError(
            f"the filter of `{name}` is from {least:g} to {most:g}, which lets nothing pass",
            hint=f"give the least first: ({most:g}, {least:g})",
        )
    return least, most


def _candidate(told: tuple) -> Candidate:
    """Return a candidate as the native module tells it."""
    frame, score, parts, reasons = told
    return Candidate(
        frame, score, tuple(Part(*part) for part in parts), tuple(Reason(*it) for it in reasons)
    )
