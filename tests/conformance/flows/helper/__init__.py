"""Helpers that the flows import: a package beside them."""
