"""Which models there are: those in Rust where the studio is installed, else those in SciPy."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

MODULES = {"rust": "rust_models", "scipy": "models"}

ADVICE = (
    "These are 13 models in NumPy and SciPy. With `pip install flownote-studio` the same flow\n"
    "compares 20 in Rust (iALS and BPR, too), and recommends titled rows."
)


def chosen(name: str) -> str:
    """Returns the engine to use: `auto` is the best that is installed."""
    if name == "auto":
        return "rust" if find_spec("flownote_studio") else "scipy"
    if name not in MODULES:
        raise ValueError(f"`--models` is `{name}`: there are auto, {' and '.join(MODULES)}")
    return name


def models(name: str) -> ModuleType:
    """Returns an engine's module."""
    return import_module(MODULES[name])
