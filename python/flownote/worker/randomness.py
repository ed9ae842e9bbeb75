"""Random numbers of a cached step: equal work draws equal ones (engine rule 23).

The global generators of Python and NumPy begin with the task's seed. Generators that a step
makes itself (``numpy.random.default_rng()``) are as the step makes them, and so are those of
processes that it starts.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager

from flownote.world import imports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any


def _seed_python(module: Any, seed: int) -> Callable[[], None]:
    state = module.getstate()
    module.seed(seed)
    return lambda: module.setstate(state)


def _seed_numpy(module: Any, seed: int) -> Callable[[], None]:
    state = module.get_state()
    module.seed([(seed >> shift) & 0xFFFFFFFF for shift in (0, 32, 64, 96)])
    return lambda: module.set_state(state)


# Module → how its generator is seeded; what that returns puts it back.
_GENERATORS = {"random": _seed_python, "numpy.random": _seed_numpy}


@contextmanager
def seeded(seed: str | None) -> Iterator[None]:
    """Seed the global generators while a step runs, also those that it imports itself.

    Parameters
    ----------
    seed
        128 bits in hex; None leaves them alone.
    """
    if seed is None:
        yield
        return
    back: list[Callable[[], None]] = []

    def begin(name: str) -> None:
        back.append(_GENERATORS[name](sys.modules[name], int(seed, 16)))

    # Loading them costs more than a small task: only what is there, or comes.
    for name in _GENERATORS:
        if name in sys.modules:
            begin(name)
        else:
            imports.once_imported(name, begin)
    try:
        yield
    finally:
        # A process that runs one task after another isn't left with a seed.
        imports.forget(_GENERATORS)
        for put_back in back:
            put_back()
