"""Runs one command and measures its whole process tree. Linux only.

    python measure.py OUTPUT.json LOG COMMAND…

This process adopts every orphan of the command (`PR_SET_CHILD_SUBREAPER`) and reaps it,
so that what the kernel counts for its children is the whole tree: processor time summed,
resident memory of the largest process.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36


def measure(command: list[str], log: str) -> dict[str, float]:
    """Runs the command, waits for all that it started, and returns what they used."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")
    with open(log, "wb") as output:
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    code = wall = None
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            break
        if pid == process.pid:
            wall, code = time.monotonic() - start, os.waitstatus_to_exitcode(status)
    process.returncode = code
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "code": code,
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "rss": usage.ru_maxrss * 1024,
    }


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(measure(sys.argv[3:], sys.argv[2]), file)
