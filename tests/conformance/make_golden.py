"""Writes `golden.json` and `golden_client.json`: what Metaflow makes of every case, and of the
lines of `client_uses.py` (the case `client`).

`python make_golden.py PYTHON [CASE…]`, where PYTHON has metaflow==2.19.39, numpy and pandas.
Without a case, all of them (a few minutes).
"""

from __future__ import annotations

import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from cases import CASES, Case
from engines import Engine, flat

GOLDEN = Path(__file__).resolve().parent / "golden.json"
CLIENT = Path(__file__).resolve().parent / "golden_client.json"


def golden(python: str, case: Case) -> dict[str, Any]:
    """Run a case by Metaflow and return what it left, flat."""
    with tempfile.TemporaryDirectory() as folder:
        return flat(Engine("metaflow", python).run(case, Path(folder)), case.output)


def main(python: str, *names: str) -> None:
    """Make the golden values of the named cases, or of all."""
    known = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.exists() else {}
    cases = [case for case in CASES if not names or case.name in names]
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda case: _said(python, case), cases)
        made = {case.name: left for case, left in zip(cases, found, strict=True)}
    if not names or "client" in names:
        with tempfile.TemporaryDirectory() as folder:
            _write(CLIENT, Engine("metaflow", python).client_uses(Path(folder)))
    kept = {case.name: made.get(case.name) or known.get(case.name) for case in CASES}
    _write(GOLDEN, kept)


def _write(file: Path, found: dict[str, Any]) -> None:
    file.write_text(json.dumps(found, indent=0, sort_keys=True) + "\n", "utf-8")


def _said(python: str, case: Case) -> dict[str, Any] | None:
    try:
        found = golden(python, case)
    except Exception as error:
        print(f"{case.name}: {error}", file=sys.stderr, flush=True)
        return None
    print(f"{case.name}: {len(found)} values", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
