"""What goes wrong in notebooks: floods, bytes that are no text, odd tables, two at once."""

from __future__ import annotations

import json
import re
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from interpreter_process import Interpreter
from notebook_folder import Folder

HUNG = 60


def resident(pid: int) -> int:
    """How much memory a process holds, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024  # type: ignore[index]


FLOOD = """\
# %% id="flood"
line = "x" * 999
for number in range(200_000):
    print(line)

# %% id="after"
print("still here")
"""


def test_output_faster_than_its_reader_waits_and_takes_no_memory(folder: Folder) -> None:
    folder.notebook("nb", FLOOD)
    running = folder.begin("run", "nb.ipynb")
    assert running.stdout is not None
    assert running.stderr is not None
    # Nobody reads: it stands still when the pipe is full.
    steady, before = 0, -1
    for _ in range(HUNG * 10):
        time.sleep(0.1)
        now = resident(running.pid)
        steady = steady + 1 if now == before else 0
        before = now
        if steady == 20:
            break
    assert running.poll() is None, running.stderr.read()
    assert before < 250 << 20, f"{before >> 20} MB are held of 200 MB of output"
    out, err = running.communicate(timeout=HUNG)
    assert running.returncode == 0, err
    assert out.endswith("still here\n")
    assert 60_000_000 < len(out) < 70_000_000
    assert "More output is not shown" in err


def test_what_is_no_text_is_shown_as_text(folder: Folder) -> None:
    folder.notebook(
        "nb",
        '# %% id="bytes"\n'
        "import os, sys\n"
        "_ = sys.stdout.buffer.write(bytes(range(256)) * 100)\n"
        "_ = sys.stdout.flush()\n"
        'os.write(1, b"\\xff\\xfe raw\\n")\n'
        'os.system("head -c 20000 /dev/urandom")\n'
        'print("\\udc80 lone")\n\n'
        '# %% id="after"\nprint("still here")\n',
    )
    ran = folder.flownote("run", "nb.ipynb", "--output", "done.ipynb")
    assert ran.code == 0, ran.err
    done = json.loads((folder.path / "done.ipynb").read_text())
    shown = "".join("".join(one.get("text", "")) for one in done["cells"][0]["outputs"])
    assert "\ufffd\ufffd raw" in shown
    assert " !\"#$%&'()*" in shown
    assert done["cells"][1]["outputs"][0]["text"] == ["still here\n"]
    assert "still here" in folder.flownote("logs", "latest").out


TABLES = """\
# %% id="make"
import numpy as np, pandas as pd
no_rows = pd.DataFrame({"a": np.array([], dtype="int64"), "b": np.array([], dtype=str)})
no_columns = pd.DataFrame(index=range(3))
wide = pd.DataFrame(np.arange(20_000).reshape(2, -1), columns=[f"c{i}" for i in range(10_000)])

# %% [sql] id="rows"
# -- out: from_no_rows
# select * from no_rows where a > 0

# %% [sql] id="wide"
# -- out: from_wide
# select * from wide where c0 = 0

# %% [sql] id="columns"
# -- out: from_no_columns
# select * from no_columns

# %% id="back"
print(list(from_no_rows.columns), len(from_no_rows), from_wide.shape, from_wide.c9999.sum())
print(len(from_no_columns.columns))
"""


def test_tables_without_rows_and_with_ten_thousand_columns_cross_both_ways(folder: Folder) -> None:
    folder.notebook("nb", TABLES)
    ran = folder.flownote("run", "nb.ipynb")
    assert ran.code == 0, ran.err
    assert ran.out.endswith("['a', 'b'] 0 (1, 10000) 9999\n0\n"), ran.out


@pytest.mark.parametrize(
    ("frame", "query", "words"),
    [
        (
            "pd.DataFrame([[1, 2]], columns=['a', 'a'])",
            "select * from frame",
            "`a`",
        ),
        ("pd.DataFrame({'a': [1], 'b': [2]})", "-- out: t\nselect a, b as a from frame", "`a`"),
    ],
    ids=["a name twice in Python", "a name twice in SQL"],
)
def test_a_table_that_the_other_language_has_no_form_for_says_so(
    folder: Folder, frame: str, query: str, words: str
) -> None:
    told = "\n".join(f"# {line}" for line in query.splitlines())
    folder.notebook(
        "nb",
        f'# %% id="make"\nimport pandas as pd\nframe = {frame}\n\n'
        f'# %% [sql] id="ask"\n{told}\n\n# %% id="use"\n'
        + ("print(t)\n" if "out:" in query else "print(len(frame))\n"),
    )
    ran = folder.flownote("run", "nb.ipynb")
    errors = [line for line in ran.err.splitlines() if line.startswith("error:")]
    if ran.code == 0:
        pytest.fail(f"it ran:\n{ran.out}{ran.err}")
    assert "cell 2 (SQL)" in errors[0], ran.err
    assert words in errors[0], ran.err
    assert "Traceback" not in ran.err
    assert "panicked" not in ran.err


def test_two_runs_of_one_notebook_at_once_are_two_runs(folder: Folder) -> None:
    folder.notebook(
        "nb",
        '# %% id="slow"\nimport time\ntime.sleep(1)\nrows = list(range(1000))\n\n'
        '# %% id="told"\nprint(sum(rows))\n',
    )
    both = [folder.begin("run", "nb.ipynb", "--cache") for _ in range(2)]
    for running in both:
        out, err = running.communicate(timeout=HUNG)
        assert (running.returncode, out) == (0, "499500\n"), err
    assert folder.client("print(len(list(Flow('Notebook').runs())), run.successful)") == "2 True\n"
    assert folder.flownote("store", "check").code == 0


NONSENSE = {
    "cut": struct.pack("<I", 500) + b'{"type": "execu',
    "oversized": struct.pack("<I", 0xFFFFFFFF) + b"x",
    "no text": struct.pack("<I", 4) + b"\xff\xfe\x00\x01",
    "no type": struct.pack("<I", 2) + b"{}",
    "unknown": struct.pack("<I", 19) + b'{"type": "unknown"}',
}


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("module", ["flownote_studio.interpreter", "flownote.kernel"])
def test_an_interpreter_that_hears_nonsense_ends(
    tmp_path: Path, module: str, nonsense: str
) -> None:
    with Interpreter(tmp_path, module=module) as interpreter:
        interpreter.socket.sendall(NONSENSE[nonsense])
        if nonsense == "cut":
            interpreter.socket.shutdown(socket.SHUT_WR)
        assert interpreter.process.wait(HUNG) != -9


@pytest.mark.parametrize("module", ["flownote_studio.interpreter", "flownote.kernel"])
def test_an_interpreter_that_is_asked_out_of_order_answers_or_ends(
    tmp_path: Path, module: str
) -> None:
    language = "python" if module == "flownote.kernel" else "sql"
    code = "1 + 1" if language == "python" else "select 1 + 1"
    with Interpreter(tmp_path, module=module) as interpreter:
        interpreter.send({"type": "interrupt"})
        interpreter.send({"type": "input_reply", "text": "nobody asked"})
        interpreter.send({"type": "forget", "versions": [{"name": "x", "version": 99}]})
        answer = interpreter.ask("export", names={"x": 99}, common=True)
        assert "error" in answer["values"]["x"]
        assert interpreter.run(code, language).data() is not None


@pytest.fixture
def little_memory() -> Iterator[Path]:
    """A control group whose processes share 300 MB; skips where none may be made."""
    base = Path("/sys/fs/cgroup")
    old = (base / "memory" / "memory.limit_in_bytes").exists()
    group = (base / "memory" if old else base) / f"flownote-test-{time.time_ns()}"
    try:
        group.mkdir()
        limit = "memory.limit_in_bytes" if old else "memory.max"
        (group / limit).write_text("300000000")
    except OSError as error:
        if group.exists():
            group.rmdir()
        pytest.skip(f"no control group with a limit can be made: {error}")
    yield group
    group.rmdir()


def test_an_interpreter_that_the_system_ends_for_want_of_memory_says_so(
    folder: Folder, little_memory: Path
) -> None:
    folder.notebook(
        "nb",
        "# %%\nkept = [1]\n\n# %%\nheld = [bytearray(50_000_000) for _ in range(40)]\n\n"
        "# %% [sql]\n# select * from kept\n",
    )
    line = f"echo $$ > {little_memory}/cgroup.procs && exec {sys.executable} -m flownote run"
    ran = subprocess.run(
        ["/bin/sh", "-c", f"{line} nb.ipynb"],
        cwd=folder.path,
        env=folder.surroundings,
        capture_output=True,
        text=True,
        timeout=HUNG * 2,
    )
    assert ran.returncode == 1, ran.stderr
    assert "error: cell 2 (Python): the Python interpreter was killed by the system" in ran.stderr
    assert "hint: load less at once, or end other programs" in ran.stderr
    assert folder.flownote("store", "check").code == 0
