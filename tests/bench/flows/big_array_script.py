"""What `big_array.py` does, without an engine: made, saved, loaded, added up."""

import sys
from pathlib import Path

import numpy as np

file = Path(sys.argv[1]) / "numbers.npy"
numbers = np.random.default_rng(0).random(2**26)
np.save(file, numbers)
del numbers
print(np.load(file).sum())
