"""A column function of a WASM cell over a million rows, with a deadline, beside the same in a
Python loop and in NumPy.

It needs the studio: `bench.py wasm --python PYTHON_WITH_FLOWNOTE_STUDIO`.
"""

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from flownote_studio.wasm import compile_cell

ROWS = 1_000_000
ROUNDS = 21
EACH = "(i32.mul (local.get $at) (i32.const 8))"
EACH4 = "(i32.mul (local.get $at) (i32.const 4))"

CELL = f"""
;; export: score(affinity: f64[], age: i32[]) -> f64[]
;; limits: deadline=2s
(module
  (memory (export "memory") 1)
  (func (export "score") (param $rows i32) (param $affinity i32) (param $age i32) (param $out i32)
      (result i32)
    (local $at i32)
    (block $end (loop $next
      (br_if $end (i32.ge_u (local.get $at) (local.get $rows)))
      (f64.store (i32.add (local.get $out) {EACH})
        (f64.sub
          (f64.mul (f64.const 0.7) (f64.load (i32.add (local.get $affinity) {EACH})))
          (f64.mul (f64.const 0.01)
            (f64.convert_i32_s (i32.load (i32.add (local.get $age) {EACH4}))))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next)))
    (i32.const 0)))
"""


def looped(affinity: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Scores row by row, in Python."""
    rows = zip(affinity.tolist(), age.tolist(), strict=True)
    return np.array([0.7 * a - 0.01 * years for a, years in rows])


def vectorised(affinity: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Scores by NumPy's operations."""
    return 0.7 * affinity - 0.01 * age


def median_ms(function: Callable[..., Any], *columns: np.ndarray, rounds: int) -> float:
    """Calls a function again and again; returns the median, in milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        function(*columns)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    random = np.random.default_rng(0)
    affinity, age = random.random(ROWS), random.integers(0, 100, ROWS, dtype=np.int32)
    score = compile_cell(CELL)["score"]
    assert (score(affinity, age) == vectorised(affinity, age)).all()
    found = {
        "wasm_ms": median_ms(score, affinity, age, rounds=ROUNDS),
        "numpy_ms": median_ms(vectorised, affinity, age, rounds=ROUNDS),
        "loop_ms": median_ms(looped, affinity, age, rounds=3),
    }
    found["loop_times"] = found["loop_ms"] / found["wasm_ms"]
    print(json.dumps(found))
