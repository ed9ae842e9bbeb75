"""Completion and help, also while a cell runs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from kernel_process import PACKAGE, KernelProcess


def completions(kernel: KernelProcess, code: str) -> tuple[str, list[str]]:
    """Return the text that is replaced, and what could stand there."""
    cursor = len(code)
    answer = kernel.ask("complete", "completions", code=code, cursor=cursor)
    return code[answer["start"] : answer["end"]], [one["text"] for one in answer["items"]]


def test_live_names_are_completed(kernel: KernelProcess) -> None:
    kernel.run("import pandas as pd\nframe = pd.DataFrame({'weight': [1]})\nfrom math import sqrt")
    assert completions(kernel, "fra") == ("fra", ["frame"])
    assert completions(kernel, "x = frame.wei") == ("wei", ["weight"])
    replaced, found = completions(kernel, "é = 1\nframe.value_c")
    assert (replaced, found) == ("value_c", ["value_counts"])
    answer = kernel.ask("complete", "completions", code="sqr", cursor=3)
    assert answer["items"][0]["type"] == "function"
    assert "x" in answer["items"][0]["signature"]
    assert completions(kernel, "%tim")[1] == ["%time", "%timeit", "%%time", "%%timeit"]


def test_it_answers_while_a_cell_runs(kernel: KernelProcess) -> None:
    kernel.run("value = 'text'")
    waits = "for _ in range(300): time.sleep(0.01)"
    kernel.start(f"import time\nprint(1, flush=True)\n{waits}\nsum(range(10 ** 7))")
    kernel.until("output")
    assert completions(kernel, "value.capit")[1] == ["capitalize"]
    answer = kernel.ask("inspect", "inspected", code="value", cursor=2)
    assert answer["found"]
    kernel.interrupt()
    kernel.finish()


def test_help_at_the_cursor(kernel: KernelProcess) -> None:
    kernel.run("def area(width, height=1):\n    '''Multiplies.'''\n    return width * height")
    for code, cursor in (("area", 2), ("area(3, ", 8), ("x = area(len([1]), 2", 19)):
        answer = kernel.ask("inspect", "inspected", code=code, cursor=cursor)
        text = answer["data"]["text/plain"]
        assert "area(width, height=1)" in text and "Multiplies." in text
    answer = kernel.ask("inspect", "inspected", code="area", cursor=2, detail=1)
    assert "return width * height" in answer["data"]["text/plain"]
    assert not kernel.ask("inspect", "inspected", code="nothing_here", cursor=3)["found"]


def test_a_glance_at_a_name_tells_what_it_is(warm: KernelProcess) -> None:
    warm.run(
        "import numpy as np\nnumbers = list(range(1000))\ntable = np.zeros((3, 4))\n"
        "word = 'a' * 999\ndef area(width, height=1):\n    '''Multiplies.\n\n    Parameters\n"
        "    ----------\n    width\n        In metres.\n    '''\n"
    )

    def glance(name: str) -> dict[str, str]:
        answer = warm.ask("inspect", "inspected", code=name, cursor=len(name))
        return dict(answer["data"]["application/vnd.flownote.brief+json"])

    assert glance("area") == {"signature": "area(width, height=1)", "doc": "Multiplies."}
    assert glance("numbers") == {
        "type": "list", "size": "1,000 items", "value": "[0, 1, 2, 3, 4, 5, ...]"
    }  # fmt: skip
    table = glance("table")
    assert (table["type"], table["size"]) == ("numpy.ndarray", "3 × 4 float64")
    assert (glance("word")["size"], len(glance("word")["value"])) == ("999 letters", 240)
    assert glance("np")["signature"] == "module np"


@pytest.mark.parametrize(
    ("code", "status", "indent"),
    [
        ("1", "complete", ""), ("print('hello')", "complete", ""),
        ("def f(x):\n  return x*2\n\n\n", "complete", ""), ("print('''hello", "incomplete", ""),
        ("def f(x):\n  x*2", "incomplete", "  "), ("def f(x):", "incomplete", "    "),
        ("import = 7q", "invalid", ""), ("await f()", "complete", ""), ("%time 1", "complete", ""),
        ("for i in x:\n    break", "incomplete", ""), ("", "complete", ""),
    ],
)  # fmt: skip
def test_is_it_complete(warm: KernelProcess, code: str, status: str, indent: str) -> None:
    answer = warm.ask("is_complete", "completeness", code=code)
    assert (answer["status"], answer["indent"]) == (status, indent)


def test_a_bare_python_has_everything_but_jedi(tmp_path: Path) -> None:
    # -S: no site-packages, so neither IPython nor jedi nor NumPy.
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "flownote").symlink_to(PACKAGE)
    environment = {"PYTHONPATH": str(alone)}
    with KernelProcess(tmp_path, [sys.executable, "-S"], environment) as kernel:
        assert kernel.run("{'a': [1] * 40}").ok().result.count("\n") > 2
        assert kernel.run("get_ipython().config['IPKernelApp'] is not None").ok().result == "True"
        assert kernel.run("import IPython").error["name"] == "ModuleNotFoundError"
        kernel.run("word = 'x'")
        assert completions(kernel, "word.capit") == ("word.capit", ["word.capitalize"])
        assert (
            "Docstring"
            in kernel.ask("inspect", "inspected", code="len", cursor=2)["data"]["text/plain"]
        )
        assert kernel.run("get_ipython().run_line_magic('time', '1')").ok().result == "1"
        ran = kernel.run("x = [1]", exports=["x"])
        assert ran.finished["exports"]["x"]["inline"] == "[1]"
