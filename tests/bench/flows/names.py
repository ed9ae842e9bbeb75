"""What the names of a thousand cells mean: cold, known by digest, and after an edit.

`thousand_cells`, an example of the notebook's crate in the folder `BENCH_EXAMPLES`, measures;
this reads what it prints.
"""

import json
import os
import re
import subprocess

LINE = re.compile(r"^(cold|cached|edited)\s+([\d.]+) ms$", re.MULTILINE)


if __name__ == "__main__":
    program = f"{os.environ['BENCH_EXAMPLES']}/thousand_cells"
    told = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    found = {f"{word}_ms": float(number) for word, number in LINE.findall(told)}
    assert set(found) == {"cold_ms", "cached_ms", "edited_ms"}, told
    print(json.dumps(found))
