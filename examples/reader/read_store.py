"""Reads a Flownote store without Flownote: Python alone, and NumPy where a value is an array.

python read_store.py .flownote                         its flows
python read_store.py .flownote Hello                   the flow's runs, newest first
python read_store.py .flownote Hello/RUN               the run's tasks
python read_store.py .flownote Hello/RUN/start/0       the task's artifacts
python read_store.py .flownote Hello/RUN/start/0/name  the value
"""

import io
import json
import sys
from base64 import b64decode
from pathlib import Path


def done(run: Path, task: str) -> dict:
    """Returns what the last attempt at a task left behind; a task is `step/number`."""
    attempts = (run / "tasks").glob(f"{task}.*.done")
    return json.loads(max(attempts, key=lambda file: int(file.name.split(".")[1])).read_text())


def artifacts(run: Path, task: str) -> dict[str, dict]:
    """Returns the records of all that a task sees: its own, inherited, and the run's."""
    record = json.loads((run / "run.json").read_text())
    found = record.get("constants", {}) | record.get("parameters", {})
    manifest = done(run, task)["manifest"]
    for producer, names in manifest.get("inherited", {}).items():
        made = json.loads((run / "tasks" / f"{producer}.done").read_text())["manifest"]
        found |= {name: made["artifacts"][name] for name in names}
    return found | manifest.get("artifacts", {})


def load(store: Path, record: dict) -> object:
    """Returns the value of a record: its bytes stand inline, or are a file named by digest."""
    if "inline" in record:
        data = record["inline"].encode()
    elif "inline_base64" in record:
        data = b64decode(record["inline_base64"])
    else:
        data = (store / "blobs" / record["digest"][:2] / record["digest"]).read_bytes()
    match record["codec"]:
        case "json":  # what JSON lacks is an object: a tuple is {"$": "tuple", "v": […]}
            return json.loads(data)
        case "utf8":
            return data.decode()
        case "npy":
            import numpy

            return numpy.load(io.BytesIO(data), allow_pickle=False)
    return data  # Arrow, pickle, …: each has a reader of its own


def main(folder: str, pathspec: str = "") -> None:
    """Prints what a pathspec names."""
    store, (flow, run, step, task, name, *_) = Path(folder), pathspec.split("/") + [""] * 5
    at = store / "runs" / flow / run
    if not run:
        print(*sorted((entry.name for entry in at.iterdir()), reverse=bool(flow)), sep="\n")
    elif not task:
        files = at.glob("tasks/*/*.done")
        print(*sorted({f"{f.parent.name}/{f.name.split('.')[0]}" for f in files}), sep="\n")
    elif not name:
        for key, record in sorted(artifacts(at, f"{step}/{task}").items()):
            print(f"{key:20} {record['type']:20} {record['codec']:8} {record['size']:>12,} bytes")
    else:
        print(load(store, artifacts(at, f"{step}/{task}")[name]))


if __name__ == "__main__":
    main(*sys.argv[1:3])
