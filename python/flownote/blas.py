"""Threads of linear algebra libraries that are loaded already (engine rule 15).

`python flow.py` imports the flow, and NumPy with it, before Flownote can set
``OMP_NUM_THREADS``: the libraries then believe that every worker has the machine to
itself, and workers fight over its cores.
"""

from __future__ import annotations

import os

# What sets the number of threads, as the usual builds name it.
_SETTERS = (
    "scipy_openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "openblas_set_num_threads64_",
    "openblas_set_num_threads",
    "MKL_Set_Num_Threads",
)


def limit_loaded(threads: int) -> None:
    """Give every loaded BLAS so many threads, unless the user's environment says how many."""
    if any(name in os.environ for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")):
        return
    libraries = _loaded()
    if not libraries:
        return
    import ctypes

    for path in libraries:
        library = ctypes.CDLL(path)
        for name in _SETTERS:
            setter = getattr(library, name, None)
            if setter is not None:
                setter(ctypes.c_int(threads))
                break


def _loaded() -> list[str]:
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            paths = {line.split(maxsplit=5)[-1].strip() for line in maps if "/" in line}
    except OSError:  # no /proc: not Linux
        return []
    names = ("openblas", "mkl_rt")
    return sorted(path for path in paths if any(n in os.path.basename(path) for n in names))
