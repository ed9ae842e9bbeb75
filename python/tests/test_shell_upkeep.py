"""`tag`, `env`, `store`, `gc`, help, exit codes, pipes and terminals."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import pytest


def test_tags_are_added_removed_and_replaced(project):
    assert project.shell("run flow.py --quiet --tag b").code == 0
    assert project.shell("tag add latest a c").lines() == [
        "Train/<run>",
        "tags  a, b, c",
        "system  python:<v>, user:ana",
    ]
    removed = project.shell("tag remove latest c none")
    assert removed.lines()[1] == "tags  a, b"
    assert removed.err == "note: the run had no tag `none`\n"
    assert project.shell("tag replace Train x").lines()[1] == "tags  x"
    assert json.loads(project.shell("tag list latest --json").raw)["user"] == ["x"]
    assert project.shell("runs --tag x").lines()[1].endswith("ana  x")
    refused = project.shell("tag remove latest user:ana")
    assert (refused.code, "system tag" in refused.err) == (2, True)


def test_the_environment_of_a_run(trained):
    first, last = trained.run_ids()
    record = json.loads(trained.shell("env latest --json").raw)
    assert record["python"]
    assert trained.shell("env latest").lines()[0] == "WHAT  VALUE"
    same = trained.shell(f"env {first} --diff {last}")
    assert same.out == "Train/<run> and Train/<run> had the same environment.\n"


def test_environments_are_compared(project):
    assert project.shell("run flow.py --quiet").code == 0
    record = next(project.store.glob("runs/*/*/run.json"))
    run = json.loads(record.read_text())
    other = run["run"][:-6] + ("000000" if run["run"][-6:] != "000000" else "111111")
    run |= {"run": other, "environment": {"python": {"version": "2.7"}, "extra": "1"}}
    folder = record.parent.parent / other
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps(run))
    told = project.shell(f"env {record.parent.name} --diff {other}")
    assert told.code == 0
    assert told.lines()[:2] == ["- Train/<run>", "+ Train/<run>"]
    assert "+ extra 1" in told.lines()
    assert "+ python.version 2.7" in told.lines()


def test_the_store_is_measured_and_checked(trained):
    info = trained.shell("store info").lines()
    assert info[0] == "<store>"
    assert info[-2] == "FLOW  RUNS  BLOBS  SIZE  RECORDS"
    assert info[-1].startswith("Train  2  1  10 kB  ")
    check = trained.shell("store check")
    assert (check.code, check.out.startswith("✓ no damage: 2 runs, 11 attempts, 1 blob")) == (
        0, True,
    )  # fmt: skip
    doctor = trained.shell("store doctor")
    assert (doctor.code, "✓  exclusion  of two writers, one wins" in doctor.lines()) == (0, True)
    assert json.loads(trained.shell("store info --json").raw)["flows"][0]["runs"] == 2


def test_damage_is_named_with_its_maker(project):
    assert project.shell("run flow.py --quiet").code == 0
    run = project.run_ids()[0]
    record = json.loads(project.shell(f"artifacts {run}/end/0/long --json").raw)[0]["record"]
    blob = project.store / "blobs" / record["digest"][:2] / record["digest"]
    blob.chmod(0o644)
    blob.write_bytes(b"y" * 10_000)
    check = project.shell("store check")
    assert check.code == 1
    assert check.lines()[0] == (
        "✕ artifact `long` of `Train/<run>/join/0.0` is damaged: "
        "its bytes don't match digest <digest>"
    )
    dump = project.shell(f"dump {run}/end/long")
    assert (dump.code, dump.err.splitlines()[0]) == (
        3,
        "error: artifact `long` of `join/0.0` is damaged: its bytes don't match digest <digest>",
    )
    repaired = project.shell("store check --repair")
    assert repaired.lines()[0].endswith("(moved aside)")


def test_gc_tells_before_it_takes(project):
    for alpha in ("0.1", "0.2"):
        assert project.shell(f"run flow.py --quiet --alpha {alpha}").code == 0
    old = project.run_ids()[0]
    told = project.shell("gc --dry-run --keep-runs 1")
    assert told.raw.splitlines()[0] == f"would delete run Train/{old}"
    assert len(project.run_ids()) == 2
    took = project.shell("gc --keep-runs 1 --older-than 0s")
    assert took.raw.splitlines()[0] == f"deleted run Train/{old}"
    assert json.loads(project.shell("runs --json").raw)[0]["run"] != old
    again = project.shell("gc --keep-runs 1")
    assert again.lines()[0] == "nothing to take away"
    (kept,) = project.run_ids()
    assert project.shell("tag add latest champion").code == 0
    spared = project.shell("gc --keep-runs 0").raw.splitlines()[0]
    assert spared == f"kept run Train/{kept}: it is tagged; `--tagged` deletes it too"
    gone = project.shell("gc --keep-runs 0 --tagged").raw.splitlines()[0]
    assert gone == f"deleted run Train/{kept}"
    wrong = project.shell("gc --older-than x")
    assert (wrong.code, "write 45s, 90m, 12h, 30d or 2w" in wrong.err) == (2, True)


def test_the_browser_is_another_package(project):
    hidden = (
        "import sys\n"
        "class Hidden:\n"
        "    def find_spec(name, *_):\n"
        "        if name == 'flownote_studio': raise ModuleNotFoundError(name=name)\n"
        "sys.meta_path.insert(0, Hidden)\n"
        "from flownote.shell import main\n"
        "sys.exit(main(['flownote', 'ui', '--port', '1']))"
    )
    ui = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True)
    assert ui.returncode != 0
    assert ui.stderr == (
        "error: notebooks and their page are part of the package `flownote-studio`, which "
        "is not installed\nhint: install it beside flownote: pip install flownote-studio\n"
    )


@pytest.mark.parametrize(
    ("line", "code"), [("show --store s3://", 2), ("runs --status odd", 2), ("logs latest", 5)]
)
def test_exit_codes(project, line, code):
    assert project.shell(line).code == code


@pytest.mark.parametrize("line", ["runs --json", "completion bash", "help --all", "show flow.py"])
def test_a_closed_pipe_ends_quietly(trained, line):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "flownote", *line.split()],
        cwd=trained.folder, env=trained.env, stdout=write, stderr=subprocess.PIPE,
    )  # fmt: skip
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("columns", [100, 60, 24])
def test_tables_fit_the_terminal(trained, columns):
    shown = _on_terminal(trained, ["artifacts", trained.run_ids()[0]], columns)
    assert max(map(len, shown.splitlines())) <= columns
    assert "total" in shown


def _on_terminal(project, arguments: list[str], columns: int) -> str:
    import fcntl
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    command = [sys.executable, "-m", "flownote", *arguments]
    env = project.env | {"NO_COLOR": "1", "TERM": "xterm"}
    with subprocess.Popen(
        command, cwd=project.folder, env=env, stdin=slave, stdout=slave, stderr=slave
    ):
        os.close(slave)
        out = b""
        while True:
            try:
                piece = os.read(master, 4096)
            except OSError:
                break
            if not piece:
                break
            out += piece
    os.close(master)
    return out.decode().replace("\r\n", "\n")
