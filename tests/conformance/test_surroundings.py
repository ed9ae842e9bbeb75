"""Where and how a flow is run: folders, locales, launchers, debuggers, terminals, secrets."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from project import Done, Project

HERE = Path(__file__).resolve().parent

FLOW = """
import os
from flownote import FlowSpec as F, Parameter, isolate, step as s


class Here(F):
    alpha = Parameter("alpha", default=0.5)

    @s
    def start(self):
        print("grüße 🌊")
        self.items = [1, 2]
        self.next(self.work, foreach="items")

    @isolate("spawn")
    @s
    def work(self):
        self.pid, self.parent = os.getpid(), os.getppid()
        self.x = self.input * self.alpha
        self.next(self.join)

    @s
    def join(self, inputs):
        self.total = sum(one.x for one in inputs)
        self.next(self.a, self.b)

    @s
    def a(self):
        self.next(self.both)

    @s
    def b(self):
        self.next(self.both)

    @s
    def both(self, inputs):
        self.merge_artifacts(inputs)
        self.next(self.end)

    @s
    def end(self):
        print("total", self.total)


if __name__ == "__main__":
    Here()
"""

DEBUGGED = """
from flownote import FlowSpec, step


class Debugged(FlowSpec):
    @step
    def start(self):
        self.x = 41
        breakpoint()
        self.next(self.end)

    @step
    def end(self):
        print("x is", self.x)


if __name__ == "__main__":
    Debugged()
"""

ITEMS = """
from flownote import FlowSpec, JSONType, Parameter, step


class Items(FlowSpec):
    what = Parameter("what", type=JSONType, default="[1, 2]")

    @step
    def start(self):
        self.items = self.what
        self.next(self.work, foreach="items")

    @step
    def work(self):
        self.same = self.input > 0
        self.next(self.join)

    @step
    def join(self, inputs):
        self.got = [one.input for one in inputs]
        self.next(self.end)

    @step
    def end(self):
        print(self.got)


if __name__ == "__main__":
    Items()
"""

SECRET = """
import os
from flownote import FlowSpec, catch, secrets, step


class Secret(FlowSpec):
    @catch(var="failure")
    @secrets(sources=["env:API_KEY"])
    @step
    def start(self):
        print("key", os.environ["API_KEY"])
        raise ValueError("bad key " + os.environ["API_KEY"])
        self.next(self.end)

    @step
    def end(self):
        print(self.failure)


if __name__ == "__main__":
    Secret()
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose path has a space and letters that are not ASCII."""
    folder = tmp_path / "mein Projekt ü"
    folder.mkdir()
    (folder / "here.py").write_text(FLOW, "utf-8")
    return Project(folder)


def succeeded(done: Done) -> Done:
    """Assert that the flow came to its end."""
    assert done.code == 0, done.err
    assert "[start/0] grüße 🌊\n" in done.out
    assert done.out.endswith("[end/0] total 1.5\n")
    return done


def test_a_folder_with_spaces_and_unicode(project: Project) -> None:
    done = succeeded(project.shell("run", "here.py"))
    assert "started in " + str(project.folder / ".flownote") in done.err
    assert json.loads(project.shell("dump", "Here/latest/end/0/total", "--json").out) == 1.5


def test_python_flow_py(project: Project) -> None:
    succeeded(project.python("here.py", "run", "--alpha", "0.5"))
    assert "--alpha" in project.python("here.py", "run", "--help").out
    assert project.python("here.py", "check").code == 0


def test_a_c_locale(project: Project) -> None:
    succeeded(project.shell("run", "here.py", LC_ALL="C", LANG="C"))


def test_no_home(project: Project) -> None:
    succeeded(project.shell("run", "here.py", HOME=None))


def test_no_bytecode(project: Project) -> None:
    succeeded(project.shell("run", "here.py", PYTHONDONTWRITEBYTECODE="1"))
    assert not list(project.folder.rglob("__pycache__"))


def test_from_another_folder(project: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = str(project.folder / "here.py")
    succeeded(project.shell("run", file, folder=elsewhere))
    assert (elsewhere / ".flownote").is_dir()
    below = project.folder / "below"
    below.mkdir()
    (project.folder / ".flownote").mkdir()
    succeeded(project.shell("run", "../here.py", folder=below))
    assert not (below / ".flownote").exists(), "the store is looked for upwards"


def test_two_runs_at_once(project: Project) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: project.shell("run", "here.py", "-q"), range(2)))
    assert [done.code for done in both] == [0, 0]
    runs = json.loads(project.shell("runs", "Here", "--json").out)
    assert [run["status"] for run in runs] == ["succeeded"] * 2


@pytest.mark.parametrize(
    "options",
    ["--spawn", "--in-process", "--max-workers 1", "--with retry --with timeout:seconds=60"],
)
def test_launchers(project: Project, options: str) -> None:
    done = project.shell("run", "here.py", *options.split())
    assert done.code == 0, done.err
    assert "total 1.5\n" in done.out


def test_the_runs_id_in_a_file(project: Project) -> None:
    project.shell("run", "here.py", "-q", "--run-id-file", "id", "--tag", "x y", "--tag", "ü")
    run = (project.folder / "id").read_text().strip()
    assert "x y, ü" in project.shell("tag", "list", run).out


def test_the_environment_of_a_run(project: Project) -> None:
    project.shell("run", "here.py", "-q")
    version = ".".join(map(str, sys.version_info[:3]))
    assert version in project.shell("env", "latest").out


def test_metrics_are_columns(project: Project) -> None:
    for alpha in ("0.5", "2"):
        project.shell("run", "here.py", "-q", "--alpha", alpha)
    table = project.shell("runs", "Here", "--columns", "alpha,total", "--sort", "-total").out
    assert [line.split()[-2:] for line in table.splitlines()] == [
        ["alpha", "total"],
        ["2.0", "6.0"],
        ["0.5", "1.5"],
    ]


def test_a_debugger(tmp_path: Path) -> None:
    project = Project(tmp_path)
    (tmp_path / "debugged.py").write_text(DEBUGGED)
    done = project.shell("run", "debugged.py", "--in-process", stdin="self.x = 42\nc\n")
    assert done.code == 0, done.err
    assert "x is 42\n" in done.out
    done = project.shell("run", "debugged.py")
    assert done.code == 1
    assert "hint: a debugger needs the terminal: run with `--in-process`" in done.err


def test_a_join_that_asks_for_items_is_reused_for_the_same_items_only(tmp_path: Path) -> None:
    project = Project(tmp_path)
    (tmp_path / "items.py").write_text(ITEMS)
    first = project.shell("run", "items.py", "--cache")
    same = project.shell("run", "items.py", "--cache")
    other = project.shell("run", "items.py", "--cache", "--what", "[1, 3]")
    assert "[1, 2]" in first.out, first.err
    assert "◆ join/0 reused" in same.err
    assert "[1, 3]" in other.out, other.err


def test_secrets_are_masked_everywhere(tmp_path: Path) -> None:
    project = Project(tmp_path)
    (tmp_path / "secret.py").write_text(SECRET)
    done = project.shell("run", "secret.py", API_KEY="sesame-open-1234")
    assert done.code == 0, done.err
    assert "[start/0] key ***\n" in done.out
    assert "bad key ***" in done.out
    stored = [file for file in (tmp_path / ".flownote").rglob("*") if file.is_file()]
    assert not [file for file in stored if b"sesame-open" in file.read_bytes()]
    assert "sesame-open" not in done.out + done.err


@pytest.mark.parametrize("name", ["unstorable", "deep"])
def test_what_python_words_differently_in_each_version(tmp_path: Path, name: str) -> None:
    project = Project(tmp_path)
    project.add(HERE / "wrong" / f"{name}.py")
    done = project.shell("run", f"{name}.py")
    assert done.code == 1
    for part in {
        "unstorable": [
            "can't store 3 attributes",
            "`self.lock` (_thread.lock)",
            "`self.lines` (generator)",
            "`self.score` (function)",
        ],
        "deep": ["more times]", "RecursionError: maximum recursion depth exceeded"],
    }[name]:
        assert part in done.err
    assert len(done.err) < 3000


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare")
def test_a_folder_that_cant_be_written(project: Project, tmp_path: Path) -> None:
    """Mounts the project read-only, in a namespace of its own."""
    flownote = f"'{sys.executable}' -m flownote run here.py -q"
    mount = 'mount --bind "$PWD" "$PWD" && mount -o remount,ro,bind "$PWD" && cd "$PWD"'
    command = f"{mount} || exit 77; {flownote}; echo $?; {flownote} --store '{tmp_path}/store'"
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", command],
        cwd=project.folder, env=project.env, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("mounting isn't allowed here")
    assert "error: the store is on a read-only disk, so the folder" in done.stderr
    assert done.stdout.startswith("3\n")
    assert done.stdout.endswith("total 1.5\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_parses(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell}")
    script = Project(tmp_path).shell("completion", shell)
    parsed = subprocess.run([shell, "-n"], input=script.out, capture_output=True, text=True)
    assert (parsed.returncode, parsed.stderr) == (0, "")


def test_a_reader_that_leaves_early(project: Project) -> None:
    words = f"'{sys.executable}' -m flownote"
    line = f"{words} run here.py | head -1; {words} help --all | head -1; {words} runs | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        cwd=project.folder, env=project.env, capture_output=True, text=True,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "panicked" not in done.stderr
    assert "Broken pipe" not in done.stderr


def test_no_color(project: Project) -> None:
    """On a terminal there is colour, with NO_COLOR there is none."""
    project.shell("run", "here.py", "-q")
    command = f"'{sys.executable}' -m flownote runs"
    shown = [
        subprocess.run(
            ["script", "-qec", command, "/dev/null"],
            cwd=project.folder,
            env=project.env | {"TERM": "xterm"} | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        ).stdout
        for more in ({}, {"NO_COLOR": "1"})
    ]
    assert "\x1b[" in shown[0]
    assert "\x1b[" not in shown[1]
    assert "succeeded" in shown[1]
