"""A store of a million artifacts: how long reading one task takes, and gc.

A real run's objects are multiplied into `RUNS` runs of `TASKS` tasks of ten artifacts, one
of them a blob of its own. Blobs that nobody refers to are laid beside, for gc to sweep.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from flownote._native import blake3_hex

FLOW = Path(__file__).with_name("ten_artifacts.py")
RUNS, TASKS = 100, 1000
UNREFERENCED = 10_000
FLOWNOTE = [sys.executable, "-m", "flownote"]


def main(folder: Path) -> None:
    """Measures a small store, makes it large, measures again, and collects."""
    store = folder / "store"
    subprocess.run([*FLOWNOTE, "run", str(FLOW), "--quiet", "--store", str(store)], check=True)
    (origin,) = (store / "runs/Ten").iterdir()
    multiply(store, origin, runs=1, tasks=100)
    small = reading(store)
    multiply(store, origin, runs=RUNS, tasks=TASKS)
    print(f"made {RUNS * TASKS * 10} artifacts", flush=True)
    large = reading(store)
    orphan(store)
    gc = collect(store, "1h") + collect(store, "0s")  # the first moves, the second deletes
    found = {"small_ms": small, "large_ms": large, "times": large / small, "gc": gc}
    print(json.dumps(found))


def multiply(store: Path, origin: Path, *, runs: int, tasks: int) -> None:
    """Writes so many runs like `origin`, each of so many tasks."""
    done = (origin / "tasks/work/0.0.done").read_text()
    blob = json.loads(done)["manifest"]["artifacts"]["block"]["digest"]
    entries = [path for path in store.glob("index/Ten/*/*") if origin.name in path.name]
    for number in range(runs):
        run = f"{origin.name[:-6]}{number:06x}"
        place = origin.with_name(run)
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(origin, place)
        for path in [*place.rglob("*.done"), place / "run.json"]:
            path.write_text(path.read_text().replace(origin.name, run))
        for entry in entries:
            shutil.copy(entry, entry.with_name(entry.name.replace(origin.name, run)))
        for task in range(tasks):
            digest = write_blob(store, f"{number}/{task}")
            text = done.replace(origin.name, run).replace(blob, digest)
            text = text.replace('"task":"0"', f'"task":"{task}"')
            (place / f"tasks/work/{task}.0.done").write_text(text)


def write_blob(store: Path, content: str) -> str:
    """Writes a small blob and returns its digest."""
    digest = blake3_hex(content.encode())
    place = store / "blobs" / digest[:2] / digest
    place.parent.mkdir(exist_ok=True)
    place.write_text(content)
    return digest


def reading(store: Path) -> float:
    """Returns how long it takes to read a task's values, in milliseconds: the best of 50."""
    os.environ["FLOWNOTE_STORE"] = str(store)
    from flownote import Task, namespace

    namespace(None)
    run = sorted(path.name for path in (store / "runs/Ten").iterdir())[0]
    took = []
    for task in range(50):
        began = time.perf_counter()
        data = Task(f"Ten/{run}/work/{task}").data
        assert (data.a, data.d, data.g) == (2, "other", [4, 5, 6])
        took.append(time.perf_counter() - began)
    return min(took) * 1000


def orphan(store: Path) -> None:
    """Writes blobs that nobody refers to, as of long ago."""
    long_ago = time.time() - 30 * 86_400
    for number in range(UNREFERENCED):
        digest = write_blob(store, f"orphan {number}")
        os.utime(store / "blobs" / digest[:2] / digest, (long_ago, long_ago))


def collect(store: Path, grace: str) -> float:
    """Collects once; returns the seconds it took."""
    began = time.perf_counter()
    subprocess.run([*FLOWNOTE, "gc", "--grace", grace, "--store", str(store)], check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main(Path(sys.argv[1]))
