"""The flows of the benchmark say `from dialect import …` and run on either engine."""

import os

try:
    from flownote import FlowSpec, step
except ModuleNotFoundError:
    from metaflow import FlowSpec, step

if os.environ.get("BENCH_NUMPY"):
    import numpy  # noqa: F401 - its import is what is measured

__all__ = ["FlowSpec", "step"]
