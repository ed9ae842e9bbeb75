"""What all recommenders share."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from flownote.models.arguments import count, flag, flags, whole
from flownote.models.base import Model, native
from flownote.models.progress import shown
from flownote.models.recommend.events import events_of, member_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

Self = TypeVar("Self", bound="Recommender")


class Recommender(Model):
    """What says which items suit a member, from what they did.

    `recommend`, `predict` and `fold_in` take members that the fit never saw: all that counts
    is what they did.
    """

    def fit(self: Self, events: Any, *, show_progress: bool | None = None) -> Self:
        """Fit to what members did.

        Parameters
        ----------
        events : sparse matrix (members, items)
            How strong each event was, above 0. Nothing is copied of a CSR matrix of 64-bit
            floats.
        show_progress : bool, optional
            Show a bar where this lasts longer than a second; by default in terminals and
            notebooks only.

        Raises
        ------
        ModelError
            There are no events, one isn't above 0, a parameter is out of its range, or it is a
            table of (member, item) rows.
        """
        options = json.dumps(self._options())
        rows = events_of(events)
        with shown(show_progress, type(self).__name__) as progress:
            self._fitted = native().Recommender.fit(self.kind, rows, options, progress)
        return self

    def recommend(
        self,
        events: Any,
        k: int = 10,
        *,
        filter_seen: bool = True,
        allowed: ArrayLike | None = None,
        members: ArrayLike | None = None,
        exact: bool = False,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the best ``k`` items of each member, of all: none is sampled.

        `IALS` and `BPR` of more than 50,000 items have a graph of near ones (HNSW [1]_), which
        is made by the fit. It finds nearly all of the best, and what it finds is scored exactly.
        It is asked where that is faster and sure: for up to nine members at a time (for any
        number above 200,000 items), up to 20 items, at least half of which may be shown.
        Otherwise all items are scored.

        Parameters
        ----------
        events : sparse matrix (n, items)
            What the members did.
        k : int
            How many items.
        filter_seen : bool
            Leave out what a member did something with.
        allowed : (items,) of bool, optional
            Whether each item may be shown at all: what suits children, say. An item of which
            that isn't known isn't shown.
        members : (n,) of int, optional
            Which members of the fit they are. Their factors are then taken from it, which is
            faster; what they did is only filtered by. For `IALS` and `BPR`.
        exact : bool
            Score all items, however many there are.

        Returns
        -------
        items : (n, k) of int
            Best first; of equal scores the smaller number comes first. -1 where no item is left.
        scores : (n, k)
            Minus infinity where no item is left.

        References
        ----------
        .. [1] Malkov, Yashunin (2020). Efficient and Robust Approximate Nearest Neighbor Search
           Using Hierarchical Navigable Small World Graphs. IEEE TPAMI 42(4).
        """
        known = None if members is None else whole("members", members)
        mask = None if allowed is None else flags("allowed", allowed)
        unseen, places = flag("filter_seen", filter_seen), count("k", k)
        rows, all_items = events_of(events), flag("exact", exact)
        return self._native().recommend(rows, known, places, unseen, mask, all_items)

    def predict(self, events: Any, *, members: ArrayLike | None = None) -> np.ndarray:
        """Return the scores of all items, (n, items), for members who did this.

        Parameters
        ----------
        events : sparse matrix (n, items)
            What the members did.
        members : (n,) of int, optional
            Which members of the fit they are, to take their factors from it.
        """
        known = None if members is None else whole("members", members)
        return self._native().scores(events_of(events), known)

    def fold_in(self, items: Any, strengths: ArrayLike | None = None) -> np.ndarray:
        """Return the scores of all items, (items,), for one member, new or with new events.

        Parameters
        ----------
        items : (n,) of int, or sparse matrix (1, items)
            What the member did something with.
        strengths : (n,), optional
            How strong each event was; 1 by default.
        """
        return self._native().fold_in(*member_of(items, strengths))

    def explain(
        self, items: Any, item: int, *, strengths: ArrayLike | None = None
    ) -> list[tuple[int, float]] | None:
        """Return what each event adds to the score of ``item``, the most first.

        Together they are the score, of `IALS` to 32 bits; nothing of `Popularity`, whose scores
        are the same for everybody.

        Parameters
        ----------
        items : (n,) of int, or sparse matrix (1, items)
            What the member did something with.
        item : int
            The item whose score is explained.
        strengths : (n,), optional
            How strong each event was; 1 by default.

        Returns
        -------
        list of (int, float), or None
            Each event's item and what it adds. None for `BPR`, which can't tell.
        """
        wanted = count("item", item)
        found = self._native().explain(*member_of(items, strengths), wanted)
        if found is None:
            return None
        events, adds = found
        return list(zip(events.tolist(), adds.tolist(), strict=True))

    def _options(self) -> dict[str, Any]:
        """Return what the native fit is asked for."""
        return {}

    @classmethod
    def _load(cls, data: bytes) -> Any:
        return native().Recommender.from_bytes(cls.kind, data)

    def _arrays(self) -> dict[str, np.ndarray]:
        return {name: values.reshape(shape) for name, shape, values in self._fitted.found()}

    def _summary(self) -> str:
        items, members = self._fitted.facts()
        return f"{items:,} items" + (f", {members:,} members" if members else "")

    def _rows(self) -> list[tuple[str, ...]]:
        items, members = self._fitted.facts()
        rows = [("items", f"{items:,}")]
        if members:
            rows.append(("members", f"{members:,}"))
        rows += [(name, f"{value}") for name, value in self.get_params().items()]
        return [("", "value"), *rows]
