"""A ranking with its reasons."""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import dataclass, field

__all__ = ["Candidate", "Part", "Ranking", "Reason"]

# How many of the rejected a notebook shows.
_SHOWN = 12


@dataclass(frozen=True)
class Part:
    """What of a score one measure is."""

    name: str
    """The measure."""
    value: float
    """The frame's value."""
    normalized: float
    """Which share of the frames that pass the filters it is better than, equal ones by half."""
    weight: float
    """How much the measure counts; below 0 where less is better."""
    contribution: float
    """What it adds to the score: ``normalized`` × its share of all weights."""


@dataclass(frozen=True)
class Reason:
    """Why a frame wasn't chosen; ``str`` of it says so in words."""

    kind: str
    """``filter``, ``missing``, ``too like``, ``scored below`` or ``none wanted``."""
    text: str
    """In words."""
    measure: str | None = None
    """The measure that failed or isn't known."""
    value: float | None = None
    """Of ``filter`` the measure's value, of ``too like`` how alike they are, of ``scored below``
    the score."""
    limit: float | None = None
    """Of ``filter`` what the value may be, of ``scored below`` the lowest chosen score."""
    like: int | None = None
    """Of ``too like`` the chosen frame."""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Candidate:
    """A frame with its score and what that is made of."""

    frame: int
    """Which row it is."""
    score: float
    """From 0 to 1: the sum of the contributions."""
    parts: tuple[Part, ...] = field(repr=False)
    """What the score is made of, in the order of the weights."""
    reasons: tuple[Reason, ...] = ()
    """Why it wasn't chosen: all filters that it fails, or one other reason; none of the chosen."""

    def explain(self) -> str:
        """Return the score and the reasons in words, what adds most first."""
        lines = [f"frame {self.frame}: score {self.score:.3f}"]
        lines += [
            f"  {part.contribution:.3f} {part.name} {part.value:.4g}, better than "
            f"{part.normalized:.0%} (weight {part.weight:g})"
            for part in sorted(self.parts, key=lambda part: -part.contribution)
        ]
        lines += [f"  rejected: {reason}" for reason in self.reasons]
        return "\n".join(lines)


@dataclass(frozen=True)
class Ranking:
    """All frames: those chosen, in the order of choice, and those rejected, the best first."""

    chosen: tuple[Candidate, ...]
    """What was chosen."""
    rejected: tuple[Candidate, ...] = field(repr=False)
    """What wasn't, with its reasons."""

    @property
    def frames(self) -> list[int]:
        """The chosen rows, in the order of choice."""
        return [candidate.frame for candidate in self.chosen]

    def __getitem__(self, frame: int) -> Candidate:
        """Return what became of a frame."""
        for candidate in (*self.chosen, *self.rejected):
            if candidate.frame == frame:
                return candidate
        raise KeyError(f"no frame {frame} was ranked")

    def rejected_by(self) -> dict[str, float]:
        """Return which share of the rejected has each reason, the commonest first.

        Filters are told apart by their measures. A frame may fail several: shares may sum to
        more than 1.
        """
        found = Counter(
            key
            for candidate in self.rejected
            for key in {
                f"{reason.kind} {reason.measure}" if reason.measure else reason.kind
                for reason in candidate.reasons
            }
        )
        return {
            key: count / len(self.rejected)
            for key, count in sorted(found.items(), key=lambda it: (-it[1], it[0]))
        }

    def to_dict(self) -> list[dict[str, object]]:
        """Return a row for each frame, the chosen first, which pandas and polars make a frame of.

        A row has the frame, its score, its place among the chosen (from 1; None of others), its
        reasons in words, and each measure's contribution as ``+name``.
        """
        return [
            {
                "frame": candidate.frame,
                "score": candidate.score,
                "place": place,
                "reasons": "; ".join(map(str, candidate.reasons)),
                **{f"+{part.name}": part.contribution for part in candidate.parts},
            }
            for candidates in (self.chosen, self.rejected)
            for place, candidate in zip(
                range(1, len(candidates) + 1)
                if candidates is self.chosen
                else [None] * len(candidates),
                candidates,
                strict=True,
            )
        ]

    def _repr_html_(self) -> str:
        rows = [
            (candidate, "<br>".join(html.escape(str(reason)) for reason in candidate.reasons))
            for candidate in (*self.chosen, *self.rejected[:_SHOWN])
        ]
        lines = "".join(
            f"<tr><td>{candidate.frame}</td><td>{candidate.score:.3f}</td>"
            f"<td>{'rejected' if candidate.reasons else 'chosen'}</td>"
            f"<td>{words or html.escape(_most(candidate))}</td></tr>"
            for candidate, words in rows
        )
        return (
            f"<table><caption>{len(self.chosen)} frames chosen, {len(self.rejected)} rejected"
            "</caption><thead><tr><th>frame</th><th>score</th><th></th><th>why</th></tr></thead>"
            f"<tbody>{lines}</tbody></table>"
        )


def _most(candidate: Candidate) -> str:
    """Return the three measures that add most to a score."""
    parts = sorted(candidate.parts, key=lambda part: -part.contribution)[:3]
    return ", ".join(f"{part.name} {part.value:.4g} (+{part.contribution:.3f})" for part in parts)
