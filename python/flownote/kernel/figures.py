"""Matplotlib's figures, shown and closed where a cell ends (notebook rule 13)."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.process import Kernel


class Figures:
    """Shows the open figures of pyplot.

    Attributes
    ----------
    formats
        What figures are drawn as: ``png``, ``retina``, ``svg``, ``jpeg``, ``pdf``.
    options
        More arguments of ``savefig``.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self.formats: tuple[str, ...] = ("png",)
        self.options: dict[str, Any] = {}

    def flush(self) -> None:
        """Show every open figure and close it, if this backend drew it."""
        backend = sys.modules.get("flownote.kernel.matplotlib_backend")
        if backend is not None and "matplotlib.pyplot" in sys.modules:
            backend.flush()
