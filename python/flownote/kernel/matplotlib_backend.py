"""Matplotlib's backend in notebooks: figures are drawn by Agg and shown where they are asked
for, or where the cell ends. `matplotlib` loads it by name (``MPLBACKEND``)."""

from __future__ import annotations

import base64
import io
import sys
from functools import partial

import matplotlib
from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Figures that were made since the last cell ended.
_is_drawn = False


class FigureManager(FigureManagerBase):
    """Shows one figure in the cell's output."""

    def show(self) -> None:
        """Show the figure as it is now (``Figure.show``)."""
        _show_figure(self.canvas.figure)

    @classmethod
    def pyplot_show(cls, *, block: Any = None) -> None:
        """Show every open figure and close it (``plt.show``)."""
        show()


class FigureCanvas(FigureCanvasAgg):
    """Agg's canvas, whose figures are shown."""

    manager_class = FigureManager

    @classmethod
    def new_manager(cls, figure: Any, num: Any) -> Any:
        """Make a figure's manager; its cell will show it."""
        global _is_drawn
        if matplotlib.is_interactive():
            _is_drawn = True
        return super().new_manager(figure, num)


def show(close: bool | None = None, block: Any = None) -> None:
    """Show every open figure, and close them all."""
    try:
        for manager in Gcf.get_all_fig_managers():
            _show_figure(manager.canvas.figure)
    finally:
        if _closes(close) and Gcf.get_all_fig_managers():
            sys.modules["matplotlib.pyplot"].close("all")


def flush() -> None:
    """Show what a cell left open: it ends now."""
    global _is_drawn
    if _is_drawn:
        _is_drawn = False
        show()


def _closes(close: bool | None) -> bool:
    from flownote.kernel import process

    if close is not None or process.kernel is None:
        return bool(close)
    return process.kernel.figures.closes


def _show_figure(figure: Any) -> None:
    from flownote.kernel import process

    if process.kernel is not None:
        process.kernel.display.display(figure, metadata=_metadata(figure))


def _metadata(figure: Any) -> dict[str, Any] | None:
    """Say which background a transparent figure needs to be legible."""
    from matplotlib import colors

    if colors.to_rgba(figure.get_facecolor())[3] >= 0.5:
        return None
    labels = [
        label.get_color()
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for label in axis.get_ticklabels()
    ]
    light = colors.to_rgba_array(labels)[:, :3].dot((0.299, 0.587, 0.114)) > 0.5
    if light.size and (light == light[0]).all():
        return {"needs_background": "dark" if light[0] else "light"}
    return None


def draw(figure: Any, *, form: str, **options: Any) -> Any:
    """Return a figure as ``form``: base64 for images, text for SVG; None when it is empty."""
    if not figure.axes and not figure.lines:
        return None
    is_double = form in ("retina", "png2x")
    buffer = io.BytesIO()
    settings = {
        "format": "png" if is_double else form,
        "facecolor": figure.get_facecolor(),
        "edgecolor": figure.get_edgecolor(),
        "dpi": figure.dpi * 2 if is_double else figure.dpi,
        "bbox_inches": "tight",
        **options,
    }
    if figure.canvas is None:
        FigureCanvasAgg(figure)
    figure.canvas.print_figure(buffer, **settings)
    data = buffer.getvalue()
    if form == "svg":
        return data.decode()
    encoded = base64.b64encode(data).decode()
    if is_double:
        width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
        return encoded, {"width": width // 2, "height": height // 2}
    return encoded


_FORMS = {
    "png": "image/png",
    "retina": "image/png",
    "png2x": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
}


def select(formatters: dict[str, Any], forms: Any, **options: Any) -> None:
    """Choose what figures are drawn as."""
    forms = {forms} if isinstance(forms, str) else set(forms)
    unknown = forms - set(_FORMS)
    if unknown:
        names = ", ".join(sorted(_FORMS))
        raise ValueError(f"figures can't be drawn as {', '.join(sorted(unknown))}, only as {names}")
    for formatter in formatters.values():
        formatter.pop(Figure, None)
    for form in forms:
        formatters[_FORMS[form]].for_type(Figure, partial(draw, form=form, **options))


def _enter() -> None:
    from flownote.kernel import process

    if process.kernel is not None:
        kernel = process.kernel
        select(kernel.formatters.formatters, kernel.figures.formats, **kernel.figures.options)
        matplotlib.interactive(True)


_enter()
