"""A flow is loaded once, under both names; what can't be loaded says why and where."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from project_files import HEAD, clean_interpreter, loaded, write

from flownote import sources
from flownote.exceptions import FlowLoadError
from flownote.loader import limit_threads, load_again, load_flow, split_target

FLOW = """
    class F(FlowSpec):
        @step
        def start(self):
            self.next(self.end)
        @step
        def end(self):
            pass
"""

# name → (files, target, message, place, hint): parts of what the user reads
ERRORS: dict[str, tuple[dict[str, str], str, str, str, str]] = {
    "no such file": ({}, "flow.py", "no such file: `", "", "check the path"),
    "a misspelt file": (
        {"flow.py": FLOW},
        "flwo.py",
        "no such file",
        "",
        "did you mean `flow.py`?",
    ),
    "a folder": ({"flows/flow.py": FLOW}, "flows", "is a folder", "", "name the file in it"),
    "not Python": ({"flow.txt": "x"}, "flow.txt", "is not a Python file", "", "ends in .py"),
    "no flow": (
        {"flow.py": "x = 1"},
        "flow.py",
        "holds no flow",
        "flow.py",
        "class MyFlow(FlowSpec)",
    ),
    "two flows": (
        {"flow.py": FLOW + FLOW.replace("class F", "class G")},
        "flow.py",
        "holds 2 flows",
        "flow.py",
        "flow.py:G`",
    ),
    "no such class": ({"flow.py": FLOW}, "flow.py:G", "holds no flow `G`", "flow.py", "`F`"),
    "syntax": (
        {"flow.py": "\nx = (1,\ny = 2\n"},
        "flow.py",
        "syntax error: ",
        "flow.py:3",
        "the line reads: x = (1,",
    ),
    "syntax in a helper": (
        {"flow.py": "import helper\n" + FLOW.replace("    ", "", 1), "helper.py": "def f(:\n"},
        "flow.py",
        "syntax error: invalid syntax",
        "helper.py:1",
        "the line reads: def f(:",
    ),
    "a module that isn't installed": (
        {"flow.py": "\nimport sklearn.no_such_thing\n"},
        "flow.py",
        "the module `sklearn` is not installed",
        "flow.py:3",
        "pip install scikit-learn",
    ),
    "the same in a helper": (
        {"flow.py": "import helper\n", "helper.py": "\n\nimport no_such_module_at_all\n"},
        "flow.py",
        "the module `no_such_module_at_all` is not installed",
        "helper.py:3",
        "pip install no_such_module_at_all",
    ),
    "a name that flownote lacks": (
        {"flow.py": "from flownote import cord\n"},
        "flow.py",
        "cannot import name 'cord' from 'flownote'",
        "flow.py:2",
        "not part of flownote",
    ),
    "a name that Metaflow has": (
        {"flow.py": "from flownote import card\n"},
        "flow.py",
        "cannot import name 'card' from 'flownote'",
        "flow.py:2",
        "`card` is a name of Metaflow; assign what it should show",
    ),
    "Metaflow itself": (
        {"flow.py": "from metaflow.cards import Table\n"},
        "flow.py",
        "the module `metaflow` is not installed",
        "flow.py:2",
        "write `from flownote import …`",
    ),
    "an exception": (
        {"flow.py": "\nx = 1 / 0\n"},
        "flow.py",
        "loading the flow failed: ZeroDivisionError: division by zero",
        "flow.py:3",
        "whenever the flow is loaded",
    ),
    "an exit": (
        {"flow.py": "import sys\nsys.exit(3)\n"},
        "flow.py",
        "ends the program while it is loaded (exit 3)",
        "flow.py:3",
        '__name__ == "__main__"',
    ),
    "a wrong decorator": (
        {"flow.py": "from flownote import retry\n@retry(tims=3)\ndef f(): pass\n"},
        "flow.py",
        "`@retry` has no attribute `tims`",
        "flow.py:3",
        "`times`",
    ),
    "a name of Python's": (
        {"json.py": "x = 1"},
        "json.py",
        "has the name of a module",
        "json.py",
        "another name",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, target, message, place, hint = ERRORS[name]
    monkeypatch.chdir(tmp_path)
    write(tmp_path, files)
    with clean_interpreter(tmp_path), pytest.raises(FlowLoadError) as caught:
        load_flow(target)
    error = caught.value
    assert message in error.message
    assert hint in (error.hint or "")
    shown = error.render().splitlines()
    if place:
        assert any(line.startswith("  --> ") and line.endswith(place) for line in shown), shown


def test_the_traceback_of_an_error_begins_in_user_code(tmp_path: Path) -> None:
    with pytest.raises(FlowLoadError) as caught, loaded(tmp_path, {"flow.py": "x = 1 / 0"}):
        pass
    lines = (caught.value.traceback or "").splitlines()
    assert "flow.py" in lines[1]
    assert lines[-1] == "ZeroDivisionError: division by zero"


def test_both_names_are_one_module(tmp_path: Path) -> None:
    with loaded(tmp_path, {"flow.py": FLOW}) as found:
        assert sys.modules["flow"] is sys.modules["__main__"]
        assert found.flow.__module__ == found.module == "flow"
        assert pickle.loads(pickle.dumps(found.flow)) is found.flow


def test_a_helper_that_imports_the_flow_doesnt_load_it_again(tmp_path: Path) -> None:
    flow = "import counter\ncounter.n += 1\n" + "import helper\n" + FLOW.replace("\n    ", "\n")
    helper = "def flow():\n    import flow\n    return flow.F\n"
    with loaded(tmp_path, {"flow.py": flow, "helper.py": helper, "counter.py": "n = 0\n"}) as found:
        assert sys.modules["helper"].flow() is found.flow
        assert sys.modules["counter"].n == 1


def test_a_class_is_chosen(tmp_path: Path) -> None:
    both = FLOW + FLOW.replace("class F", "class G")
    with loaded(tmp_path, {"flow.py": both}, "flow.py:G") as found:
        assert found.name == "G"
    with loaded(tmp_path, {"flow.py": FLOW + "    class G(F):\n        pass\n"}) as found:
        assert found.name == "G"  # F is its base


def test_a_flow_that_is_only_imported(tmp_path: Path) -> None:
    files = {"flow.py": "from flows import F\n", "flows.py": HEAD + FLOW.replace("\n    ", "\n")}
    with loaded(tmp_path, files) as found:
        assert (found.name, found.flow.__module__) == ("F", "flows")


def test_an_instance_at_the_top_of_the_file_runs_nothing(tmp_path: Path) -> None:
    with loaded(tmp_path, {"flow.py": FLOW + "    F()\n"}) as found:
        assert found.name == "F"


def test_split_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert split_target("flow.py") == ("flow.py", None)
    assert split_target("a/flow.py:G") == ("a/flow.py", "G")
    (tmp_path / "odd:name").touch()
    assert split_target("odd:name") == ("odd:name", None)


def test_the_text_is_kept_as_loaded(tmp_path: Path) -> None:
    files = {"flow.py": "import helper\n" + FLOW.replace("\n    ", "\n"), "helper.py": "x = 1\n"}
    with loaded(tmp_path, files):
        pass
    # The second time Python reads the helper's bytecode, and its text is kept all the same.
    with loaded(tmp_path, files):
        (tmp_path / "helper.py").write_text("x = 2\n")
        kept = {Path(path).name: text for path, text in sources.kept().items()}
        assert kept["helper.py"] == "x = 1\n"
        assert "class F" in kept["flow.py"]
        assert not any("site-packages" in path for path in sources.kept())


def test_a_module_imported_later_is_kept(tmp_path: Path) -> None:
    with loaded(tmp_path, {"flow.py": FLOW, "late.py": "x = 1\n"}):
        import late  # type: ignore[import-not-found]

        assert late.x == 1
        (tmp_path / "late.py").write_text("x = 2\n")
        assert sources.text_of(late.__file__) == "x = 1\n"


def test_threads_of_numerical_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
    for name in (*names, "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    limit_threads(8, 3)
    assert [os.environ[name] for name in names] == ["2"] * 4
    limit_threads(8, 1)
    assert os.environ["OMP_NUM_THREADS"] == "2"  # somebody said so before
    for name in names:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    limit_threads(8, 2)
    assert os.environ["OMP_NUM_THREADS"] == "5"
    assert "MKL_NUM_THREADS" not in os.environ


PROGRAM = """
import sys, types
import flownote.shell
from flownote import FlowSpec, step
from dataclasses import dataclass

@dataclass
class Point:
    x: int = 1

class F(FlowSpec):
    @step
    def start(self):
        self.next(self.end)
    @step
    def end(self):
        pass

def main(arguments, *, flow):
    import flow as again
    print(arguments[1:], flow.name, flow.module, again.F is F, Point.__module__, F.__module__)
    print(F(use_cli=False).name, F().name)
    return 7

if __name__ == "__main__":
    flownote.shell.main = main
    F()
    print("not reached")
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    package = str(Path(sources.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": package}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, text=True, capture_output=True
    )


def test_python_flow_py_runs_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(PROGRAM)
    done = run(tmp_path, "flow.py", "run", "--x", "1")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "['run', '--x', '1'] F flow True flow flow",
        "F F",
    ]
    assert done.returncode == 7


def test_python_m_runs_it_too(tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(PROGRAM)
    done = run(tmp_path, "-m", "flow", "run")
    assert done.stdout.splitlines()[0] == "['run'] F flow True flow flow"


def test_an_import_runs_nothing(tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(PROGRAM + "\nF()\n")
    done = run(tmp_path, "-c", "import flow; print(flow.F().name)")
    assert (done.stdout, done.stderr) == ("F\n", "")


def test_a_fresh_interpreter_loads_the_same_class(tmp_path: Path) -> None:
    files = {"flow.py": FLOW, "sub/other.py": "x = 1"}
    with loaded(tmp_path, files) as found:
        target = found.target()
    with clean_interpreter(tmp_path):
        again = load_again(target)
        assert (again.__name__, again.__module__) == ("F", "flow")
