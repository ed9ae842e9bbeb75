"""A disk that is full, and a `/dev/shm` that is: what can't be written is said clearly, nothing
that was stored is altered, and the next cell works when there is room again.

Each test is a program in namespaces of its own, where it may mount a small file system. A
system that doesn't allow that skips them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PACKAGE = "import flownote, flownote_studio"

NOTEBOOK = """\
# %% id="kept"
first = list(range(100_000))

# %% id="large"
import numpy as np, pandas as pd
frame = pd.DataFrame({"x": np.arange(4_000_000.0)})

# %% [sql] id="sum"
# -- out: total
# select sum(x) as s from frame

# %% id="told"
print(len(first), total.s[0])
"""
WHOLE = "100000 7999998000000.0\n"

HEAD = """\
import json, os, subprocess, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
folder = Path(sys.argv[1])
room = Path(sys.argv[3])
told = {}

def full():
    with open(room / "filler", "wb", buffering=0) as file:
        for size in (1 << 20, 1 << 10):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass

def make_room():
    os.remove(room / "filler")

def run(*words):
    os.environ |= {"FLOWNOTE_STORE": str(folder / "store"), "FLOWNOTE_USER": "ana"}
    done = subprocess.run([sys.executable, "-m", "flownote", *words], cwd=folder,
                          capture_output=True, text=True, timeout=120)
    return [done.returncode, done.stdout, done.stderr]
"""


def in_namespace(program: str, folder: Path, room: Path, size: str) -> Any:
    """Runs a program where a small file system stands at `room`; returns what it told."""
    if shutil.which("unshare") is None:
        pytest.skip("there is no `unshare`")
    room.mkdir(exist_ok=True)
    mount = f'mount -t tmpfs -o size={size} none "$0" && exec "$@"'
    enter = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, str(room)]
    if subprocess.run([*enter, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount a file system of their own")
    script = HEAD + program + "\nprint(json.dumps(told))\n"
    arguments = [str(folder), str(HERE), str(room)]
    done = subprocess.run(
        [*enter, sys.executable, "-c", script, *arguments],
        capture_output=True, text=True, timeout=300, cwd="/", env={**os.environ},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_run_on_a_full_disk_says_so_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    program = f"""
(folder / "first.py").write_text({NOTEBOOK.partition('# %% id="large"')[0]!r})
(folder / "nb.py").write_text({NOTEBOOK!r})
told["first"] = run("run", "first.py", "--cache")
files = [path for path in (folder / "store" / "blobs").rglob("*") if path.is_file()]
blobs = {{path: path.read_bytes() for path in files}}
with open(room / "filler", "wb") as file:
    file.write(bytes(40 << 20))
told["full"] = run("run", "nb.py", "--cache")
told["altered"] = [str(path) for path, was in blobs.items() if path.read_bytes() != was]
make_room()
told["check"] = run("store", "check")
told["again"] = run("run", "nb.py", "--cache")
"""
    told = in_namespace(program, tmp_path, tmp_path, "64m")
    assert told["first"][0] == 0, told["first"]
    code, out, err = told["full"]
    assert code == 1, (out, err)
    assert "No space left on device" in err
    assert "hint: make room" in err
    assert "Traceback" not in err
    assert told["altered"] == []
    assert told["check"][0] == 0, told["check"]
    assert told["again"][:2] == [0, WHOLE], told["again"][2]


def test_a_disk_without_any_room_at_all(tmp_path: Path) -> None:
    program = f"""
(folder / "nb.py").write_text({NOTEBOOK!r})
told["first"] = run("run", "nb.py")
full()
told["full"] = run("run", "nb.py")
make_room()
told["check"] = run("store", "check")
told["again"] = run("run", "nb.py")
"""
    told = in_namespace(program, tmp_path, tmp_path, "200m")
    assert told["first"][:2] == [0, WHOLE], told["first"]
    code, out, err = told["full"]
    assert code != 0, (out, err)
    assert "No space left on device" in err
    assert "Traceback" not in err
    assert "panicked" not in err
    assert told["check"][0] == 0, told["check"]
    assert told["again"][:2] == [0, WHOLE], told["again"][2]


def test_the_next_cell_of_an_open_session_works_when_there_is_room(tmp_path: Path) -> None:
    program = """
from jupyter_client.manager import KernelManager
specs = folder / "jupyter" / "kernels" / "flownote"
specs.mkdir(parents=True)
argv = [sys.executable, "-m", "flownote_studio.jupyter", "-f", "{connection_file}"]
(specs / "kernel.json").write_text(json.dumps(
    {"argv": argv, "display_name": "Flownote", "language": "python"}))
os.environ |= {"JUPYTER_PATH": str(folder / "jupyter"), "FLOWNOTE_STORE": str(folder / "store"),
               "JUPYTER_RUNTIME_DIR": str(room / "..")}
os.chdir(folder)
from jupyter_front_end import FrontEnd
with FrontEnd() as front_end:
    front_end.run("import numpy as np, pandas as pd\\nframe = pd.DataFrame({'x': np.arange(1e6)})")
    full()
    answer = front_end.execute("%%sql\\nselect sum(x) as s from frame")
    told["full"] = [answer.reply["status"], answer.reply.get("evalue", "")]
    told["python"] = front_end.execute("len(frame)").ok.result
    make_room()
    answer = front_end.execute("%%sql\\nselect sum(x) as s from frame")
    told["again"] = [answer.reply, answer.of("execute_result")]
"""
    told = in_namespace(program, tmp_path / "disk", tmp_path / "disk", "32m")
    status, message = told["full"]
    assert status == "error"
    assert "No space left on device" in message
    assert told["python"] == "1000000"
    reply, results = told["again"]
    assert reply["status"] == "ok", reply
    assert "499999500000" in results[0]["data"]["text/plain"]


def test_a_full_shared_memory_stops_nobody(tmp_path: Path) -> None:
    program = f"""
full()
(folder / "nb.py").write_text({NOTEBOOK!r})
told["ran"] = run("run", "nb.py")
"""
    told = in_namespace(program, tmp_path, Path("/dev/shm"), "64k")
    assert told["ran"][:2] == [0, WHOLE], told["ran"][2]
