"""Wraps the readers of libraries: those loaded now, and others when they are imported."""


def install() -> None:
    """Watch imports from now on."""
