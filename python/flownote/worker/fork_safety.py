"""Is this process fit to be forked? (engine rule 15)

Threads don't survive a fork, and what they held locked stays locked. They are counted
after a probe fork, for some libraries (NumPy's BLAS) end their threads in a fork handler
of their own. A process that has spoken to a GPU is never fit.
"""

from __future__ import annotations

import os
import sys
import threading
import warnings

# Threads that a fork does no harm to, by the start of the name that the kernel shows:
# jemalloc's purging threads have fork handlers of their own, and polars' cleaner of
# spilled files is idle until polars is used.
_HARMLESS = ("jemalloc_bg_thd", "polars-ooc-clea")

# Thread name → the module that starts such threads.
_OWNERS = {
    "polars": "polars",
    "async-executor": "polars",
    "tokio": "polars",
    "grpc": "grpc",
    "tf_": "tensorflow",
    "pt_": "torch",
    "openblas": "numpy",
    "ray": "ray",
}

# Modules whose threads bear the program's own name.
_NAMELESS = ("torch", "tensorflow", "jax", "cupy", "pyarrow", "duckdb", "cv2", "numba", "grpc")


def fork_safety() -> tuple[bool, list[str], str | None]:
    """Return whether a fork is safe, what is in its way, and a line that says so.

    Returns
    -------
    tuple
        ``(ok, names, notice)``; ``names`` are modules, or threads that nobody claims.
    """
    names = ["CUDA"] if _has_touched_gpu() else []
    if not names:
        _probe()
        names = _foreign_threads()
    if not names:
        return True, [], None
    what = ", ".join(names)
    return False, names, f"each task starts a fresh Python: {what} doesn't survive a fork"


def thread_count() -> int:
    """Return how many threads this process has."""
    return len(os.listdir("/proc/self/task"))


def fork() -> int:
    """Fork without Python's warning of threads: here they are counted, after the fork."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _probe() -> None:
    child = fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _has_touched_gpu() -> bool:
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{descriptor}")
        except OSError:  # the listing's own descriptor
            continue
        if target.startswith(("/dev/nvidia", "/dev/kfd", "/dev/dri/")):
            return True
    return False


def _foreign_threads() -> list[str]:
    own = os.getpid()
    python = {t.native_id: t for t in threading.enumerate()}
    names: dict[str, None] = {}
    for entry in os.listdir("/proc/self/task"):
        if int(entry) == own:
            continue
        thread = python.get(int(entry))
        name = _python_owner(thread) if thread is not None else _native_owner(entry)
        if name:
            names[name] = None
    return list(names)


def _python_owner(thread: threading.Thread) -> str:
    target = getattr(thread, "_target", None) or type(thread)
    module = getattr(target, "__module__", "")
    return f"thread `{thread.name}`" + (f" of {module}" if module != "threading" else "")


def _native_owner(entry: str) -> str | None:
    try:
        with open(f"/proc/self/task/{entry}/comm") as file:
            name = file.read().strip()
    except OSError:  # it ended meanwhile
        return None
    if name.startswith(_HARMLESS):
        return None
    for start, owner in _OWNERS.items():
        if name.startswith(start) and owner in sys.modules:
            return owner
    loaded = [module for module in _NAMELESS if module in sys.modules]
    return f"a native thread (of {' or '.join(loaded)})" if loaded else f"a thread `{name}`"
