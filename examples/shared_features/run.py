"""Starts both flows at the same moment, and shows what they say, line by line.

python run.py                   every further option goes to both `flownote run`
python run.py --store /tmp/s
"""

import subprocess
import sys
from pathlib import Path
from threading import Lock, Thread

HERE = Path(__file__).resolve().parent
FLOWS = ("tastes", "habits")
SHOWN = Lock()


def main(options: list[str]) -> int:
    """Runs both flows; 0 if both succeed."""
    runs = {name: start(name, options) for name in FLOWS}
    showing = [Thread(target=show, args=item) for item in runs.items()]
    for thread in showing:
        thread.start()
    for thread in showing:
        thread.join()
    return max(run.wait() for run in runs.values())


def start(name: str, options: list[str]) -> subprocess.Popen[str]:
    """Starts one flow."""
    how = [] if "--json" in options else ["--plain"]
    command = [sys.executable, "-m", "flownote", "run", str(HERE / f"{name}.py"), *how, *options]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )


def show(name: str, run: subprocess.Popen[str]) -> None:
    """Prints each line of a flow after its name."""
    assert run.stdout is not None
    for line in run.stdout:
        with SHOWN:
            print(f"{name} | {line}", end="", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
