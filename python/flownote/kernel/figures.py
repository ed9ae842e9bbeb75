"""Matplotlib's figures, shown and closed where a cell ends (notebook rule 13)."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from flownote.kernel.process import Kernel

BACKEND = "module://flownote.kernel.matplotlib_backend"


class Figures:
    """Shows the open figures of pyplot.

    Attributes
    ----------
    formats
        What figures are drawn as: ``png``, ``retina``, ``svg``, ``jpeg``, ``pdf``.
    options
        More arguments of ``savefig``.
    closes
        Whether a cell's end closes its figures.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self.formats: tuple[str, ...] = ("png",)
        self.options: dict[str, Any] = {}
        self.closes = True

    @property
    def is_used(self) -> bool:
        """Whether there may be figures to show."""
        return "flownote.kernel.matplotlib_backend" in sys.modules

    def flush(self) -> None:
        """Show every open figure and close it, if this backend drew it."""
        if self.is_used and "matplotlib.pyplot" in sys.modules:
            sys.modules["flownote.kernel.matplotlib_backend"].flush()

    def use(self) -> None:
        """Draw in the notebook from now on (``%matplotlib inline``)."""
        os.environ["MPLBACKEND"] = BACKEND
        if "matplotlib" not in sys.modules:
            return
        import matplotlib

        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].switch_backend(BACKEND)
        else:
            matplotlib.rcParams["backend"] = BACKEND
        matplotlib.interactive(True)

    def choose(self, formats: str | Iterable[str], **options: Any) -> None:
        """Choose what figures are drawn as."""
        names = (formats,) if isinstance(formats, str) else tuple(formats)
        self.formats, self.options = names, {**self.options, **options}
        backend = sys.modules.get("flownote.kernel.matplotlib_backend")
        if backend is not None:
            backend.select(self._kernel.formatters.formatters, names, **self.options)
