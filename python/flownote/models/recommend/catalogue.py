"""Rows of items with a title: what they have in common, in words."""

from __future__ import annotations

from typing import Any, NamedTuple

from flownote.models.arguments import count, whole
from flownote.models.base import ModelError, native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Catalogue", "TitledRow"]


class TitledRow(NamedTuple):
    """Items, and what they have in common in words."""

    title: str
    items: list[int]


class Catalogue:
    """What is known of items, for titles such as "Sci-Fi from the 1970s".

    Parameters
    ----------
    attributes : mapping of str to sequence
        For each kind of attribute, what each item has of it: a text, several, or None. The kinds'
        order is that of the words in a title.
    phrases : mapping of str to str
        How a title says a kind: ``"{}"`` by default, ``"from the {}"`` for decades, say.
    noun : str
        What a title begins with where no attribute does.

    Examples
    --------
    >>> catalogue = Catalogue(
    ...     {"genre": [["Sci-Fi", "Horror"], ["Sci-Fi"]], "decade": ["1970s", "1970s"]},
    ...     phrases={"decade": "from the {}"},
    ... )
    >>> catalogue.title([0, 1])
    'Sci-Fi from the 1970s'
    """

    def __init__(
        self,
        attributes: Mapping[str, Sequence[Any]],
        *,
        phrases: Mapping[str, str] | None = None,
        noun: str = "Titles",
    ) -> None:
        lengths = {len(values) for values in attributes.values()}
        if len(lengths) > 1:
            raise ModelError(
                f"`attributes` are of {' and '.join(map(str, sorted(lengths)))} items",
                hint="give each kind a value for each item; None where there is none",
            )
        phrases = dict(phrases or {})
        if unknown := [kind for kind in phrases if kind not in attributes]:
            raise ModelError(
                f"`phrases` has `{unknown[0]}`, which isn't a kind of attribute",
                hint=f"the kinds are {', '.join(attributes) or 'none'}",
            )
        named: list[tuple[int, str]] = []
        numbers: dict[tuple[int, str], int] = {}
        items: list[list[int]] = [[] for _ in range(max(lengths, default=0))]
        for kind, values in enumerate(attributes.values()):
            names = [_names(value) for value in values]
            for name in sorted(set().union(*names)):
                numbers[kind, name] = len(named)
                named.append((kind, name))
            for own, found in zip(items, names, strict=True):
                own += [numbers[kind, name] for name in found]
        wording = [phrases.get(kind, "{}") for kind in attributes]
        self._native = native().Catalogue(noun, wording, named, items)
        self._shown = (tuple(attributes), len(items))

    def title(self, items: Iterable[int]) -> str | None:
        """Return what these items have in common; None where they have nothing.

        Of all combinations of attributes that every one of them has, it is the one that the
        fewest items of the catalogue have.
        """
        return self._native.title(_numbers(items))

    def rows(self, ranked: Iterable[int], *, rows: int = 5, length: int = 6) -> list[TitledRow]:
        """Return titled rows of a member's ranking.

        Each is of a combination of attributes that is rare in the catalogue and common high in
        the ranking. No item stands twice.

        Parameters
        ----------
        ranked : iterable of int
            Items, best first; those below 0 are passed over. A few hundred make good rows.
        rows, length : int
            How many rows at most, and of how many items.
        """
        places = [item for item in ranked if item >= 0]
        found = self._native.rows(_numbers(places), count("rows", rows), count("length", length))
        return [TitledRow(title, items) for title, items in found]

    def __repr__(self) -> str:
        kinds, items = self._shown
        return f"<Catalogue of {items:,} items by {', '.join(kinds)}>"


def _numbers(items: Iterable[int]) -> list[int]:
    try:
        found = whole("items", list(items)).tolist()
    except TypeError:
        raise ModelError(f"`items` is {items!r}", hint="give a list of items") from None
    if wrong := [item for item in found if item < 0]:
        raise ModelError(f"`items` has {wrong[0]}", hint="items are numbered from 0")
    return found


def _names(value: Any) -> set[str]:
    if value is None:
        return set()
    return {value} if isinstance(value, str) else {str(name) for name in value}
