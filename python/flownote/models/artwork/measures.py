"""What can be said of frames from their pixels alone."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from flownote.models.artwork.frames import frames_of
from flownote.models.base import ModelError, column, native
from flownote.models.progress import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import ArrayLike

__all__ = ["Measures", "measure"]

# How many frames a notebook shows.
_SHOWN = 8


class Measures(Mapping):
    """Numbers of frames by name, each a column (n,) of floats. `measure` makes it.

    Attributes
    ----------
    hashes : (n,) of uint64
        Perceptual hashes: frames that look alike share most bits.
    histograms : (n, 64) of float32
        Which share of a frame's pixels have each colour: 4 levels of red × 4 of green × 4 of
        blue.
    """

    hashes: np.ndarray
    histograms: np.ndarray

    def __init__(
        self, columns: dict[str, np.ndarray], hashes: np.ndarray, histograms: np.ndarray
    ) -> None:
        self._columns = columns
        self.hashes = hashes
        self.histograms = histograms

    @property
    def names(self) -> list[str]:
        """The names of the numbers."""
        return list(self._columns)

    @property
    def n_frames(self) -> int:
        """How many frames there are."""
        return len(self.hashes)

    def __getitem__(self, name: str) -> np.ndarray:
        try:
            return self._columns[name]
        except KeyError:
            raise KeyError(f"no measure `{name}`: there are {', '.join(self.names)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def take(self, rows: ArrayLike) -> Measures:
        """Return the measures of some frames: their places, or a mask (n,) of bools."""
        import numpy as np

        rows = np.asarray(rows)
        if rows.size == 0:
            rows = rows.astype(np.intp)
        columns = {name: values[rows] for name, values in self._columns.items()}
        return Measures(columns, self.hashes[rows], self.histograms[rows])

    def with_columns(self, **columns: ArrayLike) -> Measures:
        """Return these measures and others: numbers (n,) by name, such as of faces.

        Raises
        ------
        ModelError
            A column isn't a number for each frame.
        """
        added = {name: column(name, values) for name, values in columns.items()}
        for name, values in added.items():
            if len(values) != self.n_frames:
                raise ModelError(
                    f"`{name}` has {len(values)} values for {self.n_frames} frames",
                    hint="give one for each frame",
                )
        return Measures({**self._columns, **added}, self.hashes, self.histograms)

    @staticmethod
    def concat(parts: Iterable[Measures]) -> Measures:
        """Return the measures of frames that were measured in parts, one behind the other.

        Raises
        ------
        ModelError
            There is no part, or parts have other names.
        """
        import numpy as np

        parts = list(parts)
        if not parts or any(part.names != parts[0].names for part in parts):
            raise ModelError(
                "`parts` are no measures of the same names" if parts else "`parts` are none",
                hint="give what `measure` returned for each part of a film",
            )
        columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        return Measures(
            columns,
            np.concatenate([part.hashes for part in parts]),
            np.concatenate([part.histograms for part in parts]),
        )

    def to_dict(self) -> dict[str, np.ndarray]:
        """Return the columns by name, which pandas and polars make a frame of."""
        return dict(self._columns)

    def __eq__(self, other: object) -> bool:
        import numpy as np

        if not isinstance(other, Measures):
            return NotImplemented
        return (
            self.names == other.names
            and all(np.array_equal(self[name], other[name]) for name in self)
            and np.array_equal(self.hashes, other.hashes)
            and np.array_equal(self.histograms, other.histograms)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Measures of {self.n_frames} frames: {', '.join(self.names)}>"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(name)}</th>" for name in ["frame", *self.names])
        lines = "".join(
            f"<tr><td>{row}</td>"
            + "".join(f"<td>{values[row]:.4g}</td>" for values in self._columns.values())
            + "</tr>"
            for row in range(min(self.n_frames, _SHOWN))
        )
        more = self.n_frames - _SHOWN
        rest = f", {more} more below" if more > 0 else ""
        return (
            f"<table><caption>Measures of {self.n_frames} frames{rest}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
        )


def measure(frames: ArrayLike | Any, *, show_progress: bool | None = None) -> Measures:
    """Measure frames: light, sharpness, composition, and what like pictures share.

    All threads work; the result is the same on however many. A small picture, whose longest side
    is at most 512 (means of whole blocks of pixels), is what ``blur``, ``text`` and what is about
    composition and saliency is computed from; all else is of the frame as it is.

    Parameters
    ----------
    frames : (n, height, width, 3) of uint8
        Red, green and blue.
    show_progress : bool, optional
        Show a bar where this lasts longer than a second; by default in terminals and
        notebooks only.

    Returns
    -------
    Measures
        For each frame, all of them finite:

        ``luminance``
            The mean of the light (ITU-R BT.601), from 0 to 1.
        ``contrast``
            The standard deviation of the light: RMS contrast [1]_.
        ``entropy``
            Shannon's entropy of the 256 levels of light, in bits.
        ``colourfulness``
            0 for grey, about 45 averagely, 109 extremely colourful [2]_.
        ``sharpness``
            The variance of the Laplacian of the light from 0 to 255 [3]_.
        ``tenengrad``
            The mean squared gradient of the same [4]_.
        ``blur``
            How little a further blur would take, from 0 (sharp) to 1 [5]_.
        ``motion_blur``
            ``blur`` × the coherence of gradients: how much of it has one direction [6]_.
        ``motion_angle``
            That direction in degrees, from 0 (horizontal) to below 180, downwards to the right.
        ``saliency``
            Which share of the saliency the most salient tenth has: spectral residual [7]_.
        ``saliency_x``, ``saliency_y``
            The centroid of the saliency, from 0 (left, top) to 1.
        ``symmetry``
            The correlation with the picture mirrored left to right.
        ``thirds``
            How near the saliency is to the points of the rule of thirds [8]_.
        ``depth_of_field``
            Which share of the detail the middle quarter has: ¼ where all is equally sharp [9]_.
        ``letterbox``
            Which share of the picture is black bars.
        ``text``
            Which share of the picture looks like writing: a proxy, nothing is read [10]_.

    Raises
    ------
    ModelError
        They aren't frames.

    References
    ----------
    .. [1] Peli (1990). Contrast in complex images. J. Opt. Soc. Am. A 7(10).
    .. [2] Hasler, Süsstrunk (2003). Measuring colourfulness in natural images. SPIE 5007.
    .. [3] Pech-Pacheco et al. (2000). Diatom autofocusing in brightfield microscopy. ICPR.
    .. [4] Krotkov (1987). Focusing. International Journal of Computer Vision 1.
    .. [5] Crété et al. (2007). The blur effect. SPIE 6492.
    .. [6] Bigün, Granlund (1987). Optimal orientation detection of linear symmetry. ICCV.
    .. [7] Hou, Zhang (2007). Saliency detection: a spectral residual approach. CVPR.
    .. [8] Mai et al. (2011). Rule of thirds detection from photograph. ISM.
    .. [9] Datta et al. (2006). Studying aesthetics in photographic images. ECCV.
    .. [10] Wu, Manmatha, Riseman (1999). TextFinder. IEEE PAMI 21(11).
    """
    pixels = frames_of(frames)
    with shown(show_progress, "measure", unit=" frames") as progress:
        columns, hashes, histograms = native().measure(pixels, progress)
    return Measures(dict(columns), hashes, histograms)
