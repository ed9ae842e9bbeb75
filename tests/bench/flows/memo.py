"""A function with a 100 MB array as argument and result: computed, then taken again.

It runs on either: `flownote.memo`, or `joblib.Memory` where Flownote isn't installed.
"""

import json
import os
import sys
import time

import numpy as np

try:
    from flownote import memo

    os.environ["FLOWNOTE_STORE"] = os.path.join(sys.argv[1], "store")
except ModuleNotFoundError:
    import joblib

    memo = joblib.Memory(sys.argv[1], verbose=0).cache

ITEMS = 12_500_000


@memo
def doubled(array):
    return array * 2


def measured(array: np.ndarray) -> dict[str, float]:
    """Calls once; returns the seconds of processor time and of the clock."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = doubled(array)
    assert result[1] == 2 * array[1] and result[-1] == 2 * array[-1]
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


if __name__ == "__main__":
    array = np.arange(ITEMS, dtype=np.float64)
    first, again = measured(array), measured(array)
    found = {"first_cpu": first["cpu"], "again_cpu": again["cpu"], "again_wall": again["wall"]}
    print(json.dumps(found))
