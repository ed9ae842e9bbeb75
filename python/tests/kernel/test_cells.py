"""Cells run as Python and Jupyter run them."""

from __future__ import annotations

import sys

import pytest
from kernel_process import KernelProcess


def test_the_last_expression_is_shown_and_others_are_not(warm: KernelProcess) -> None:
    ran = warm.run("1\n'two'\n1 + 2").ok()
    assert ran.result == "3"
    assert len(ran.shown("result")) == 1
    assert warm.run("x = 3").result is None
    assert warm.run("3;").result is None
    assert warm.run("3;  # quiet").result is None
    assert warm.run("';'  # not quiet").result == "';'"
    assert warm.run("None").result is None


def test_results_are_remembered(kernel: KernelProcess) -> None:
    kernel.run("40 + 2")
    assert kernel.run("_").result == "42"
    assert kernel.run("_1 + Out[1]").result == "84"
    assert kernel.run("In[1], _i, len(In)").result == "('40 + 2', '_1 + Out[1]', 5)"
    kernel.run("_ = 'mine'")
    kernel.run("7")
    assert kernel.run("_").result == "'mine'"


def test_what_a_cell_defines_is_told(kernel: KernelProcess) -> None:
    ran = kernel.run("import math\nx = [1, 2]\ndef f(): pass\nfor i in range(3): pass").ok()
    assert set(ran.finished["defined"]) == {"math", "x", "f", "i"}
    assert ran.finished["defined"]["x"] == {"type": "list", "summary": "2 items", "live": False}
    assert ran.finished["defined"]["f"]["live"] is True
    ran = kernel.run("del x\ny = 1").ok()
    assert ran.finished["deleted"] == ["x"]
    assert set(ran.finished["defined"]) == {"y"}
    # The same object again is a definition all the same.
    assert set(kernel.run("y = 1").finished["defined"]) == {"y"}
    assert kernel.run("if False:\n    y = 1").finished["defined"] == {}


def test_syntax_errors_name_the_cell_and_show_the_place(warm: KernelProcess) -> None:
    ran = warm.run("a = 1\nb = = 2", label="cell 7")
    assert ran.status == "error"
    assert ran.error["name"] == "SyntaxError"
    assert ran.error["message"] == "invalid syntax (Cell 7, line 2)"
    text = "\n".join(ran.error["traceback"])
    assert "Cell 7, line 2" in text and "b = = 2" in text and "^" in text
    assert ran.error["frames"][-1]["line"] == 2


def test_tracebacks_name_cells_and_lines(kernel: KernelProcess) -> None:
    kernel.run("def half(x):\n    y = 0\n    return x / y")
    ran = kernel.run("a = 1\nhalf(a)")
    assert ran.error["name"] == "ZeroDivisionError"
    where = [(one["cell"], one["line"], one["name"]) for one in ran.error["frames"]]
    assert where == [("cell-2", 2, "<module>"), ("cell-1", 3, "half")]
    text = "\n".join(ran.error["traceback"])
    assert "Cell 2, line 2" in text and "Cell 1, line 3" in text and "return " in text
    assert "flownote/kernel" not in text
    assert set(ran.finished["defined"]) == {"a"}


def test_chained_errors_are_all_shown(warm: KernelProcess) -> None:
    code = "try:\n    {}['a']\nexcept KeyError as error:\n    raise ValueError('no a') from error"
    text = "\n".join(warm.run(code).error["traceback"])
    assert "KeyError" in text and "direct cause" in text and "no a" in text
    code = "try:\n    {}['a']\nexcept KeyError as error:\n    error.missing"
    text = "\n".join(warm.run(code).error["traceback"])
    assert "During handling" in text


def test_runaway_recursion_is_cut(warm: KernelProcess) -> None:
    ran = warm.run("def f(n): return f(n + 1)\nf(0)")
    assert ran.error["name"] == "RecursionError"
    assert len(ran.error["traceback"]) < 50
    assert any("… repeated 9" in line for line in ran.error["traceback"])
    assert [frame.get("repeated", 0) > 900 for frame in ran.error["frames"]] == [False, True]


def test_runaway_recursion_of_two_functions_is_cut(warm: KernelProcess) -> None:
    ran = warm.run("def f(n): return g(n)\ndef g(n): return f(n)\nf(0)")
    assert len(ran.error["traceback"]) < 500
    assert any("more frames" in line for line in ran.error["traceback"])
    assert len(ran.error["frames"]) == 40


def test_an_error_whose_text_fails_is_shown(warm: KernelProcess) -> None:
    code = "class Bad(Exception):\n    def __str__(self): raise ValueError\nraise Bad"
    assert warm.run(code).error["name"] == "Bad"


def test_groups_of_exceptions_are_shown_whole(warm: KernelProcess) -> None:
    code = "raise ExceptionGroup('many', [ValueError(1), TypeError('t')])"
    if sys.version_info < (3, 11):
        pytest.skip("there are no groups")
    text = "\n".join(warm.run(code).error["traceback"])
    assert "many (2 sub-exceptions)" in text and "ValueError: 1" in text and "TypeError: t" in text


def test_missing_modules_come_with_a_hint(warm: KernelProcess) -> None:
    error = warm.run("import no_such_module_here").error
    assert error["name"] == "ModuleNotFoundError"
    assert "%pip install no_such_module_here" in error["hint"]


def test_top_level_await_has_one_loop(kernel: KernelProcess) -> None:
    code = (
        "import asyncio\nasync def f(x):\n    await asyncio.sleep(0)\n    return x * 2\nawait f(21)"
    )
    assert kernel.run(code).ok().result == "42"
    kernel.run("loop = asyncio.get_running_loop()")
    assert kernel.run("loop is asyncio.get_running_loop()").result == "True"
    kernel.run("task = asyncio.create_task(f(4))").ok()
    assert kernel.run("await task").ok().result == "8"
    assert kernel.run("asyncio.run(f(5))").ok().result == "10"
    code = "async with asyncio.timeout(5) if hasattr(asyncio, 'timeout') else asyncio.Lock():\n"
    assert kernel.run(code + "    print('in')").ok().text() == "in\n"


def test_tasks_go_on_between_cells_and_print_to_their_cell(kernel: KernelProcess) -> None:
    code = (
        "import asyncio\n"
        "async def later():\n    await asyncio.sleep(0.2)\n    print('later')\n"
        "task = asyncio.create_task(later())"
    )
    first = kernel.start(code)
    kernel.finish()
    message = kernel.until("output")
    assert message["execution"] == first
    assert message["output"] == {"kind": "stream", "name": "stdout", "text": "later\n"}


def test_threads_print_to_the_cell_that_started_them(kernel: KernelProcess) -> None:
    code = (
        "import threading, time\n"
        "def work():\n    time.sleep(0.3)\n    print('from the thread')\n"
        "threading.Thread(target=work).start()"
    )
    first = kernel.start(code)
    kernel.finish()
    kernel.start("time.sleep(0.6); print('from the cell')")
    found = {}
    while True:
        message = kernel.receive()
        if message["type"] == "output":
            found[message["output"]["text"]] = message["execution"]
        if message["type"] == "finished":
            break
    assert found == {"from the thread\n": first, "from the cell\n": first + 1}


def test_exit_is_asked_for(kernel: KernelProcess) -> None:
    ran = kernel.run("import sys\nsys.exit(3)")
    assert (ran.status, ran.finished["exit"]) == ("error", {"code": 3})
    assert ran.error["name"] == "SystemExit"
    assert kernel.run("1").result == "1"
    assert kernel.run("exit()").finished["exit"] == {"code": 0}


def test_warnings_name_the_cell(kernel: KernelProcess) -> None:
    code = "import warnings\nwarnings.warn('careful')"
    ran = kernel.run(code)
    assert ran.text("stderr") == "Cell 1:2: UserWarning: careful\n  warnings.warn('careful')\n"
    assert kernel.run(code).text("stderr").startswith("Cell 2:2: UserWarning: careful")


def test_future_imports_hold_for_later_cells(kernel: KernelProcess) -> None:
    kernel.run("from __future__ import annotations")
    assert kernel.run("def f(x: Unknown): pass\nf.__annotations__").result == "{'x': 'Unknown'}"


def test_source_of_functions_can_be_read_after_their_cell_ran_again(kernel: KernelProcess) -> None:
    kernel.run("def f():\n    return 1\nold = f")
    kernel.run("def f():\n    return 2", cell="cell-1")
    code = "import inspect\ninspect.getsource(old), inspect.getsource(f)"
    expected = "('def f():\\n    return 1\\n', 'def f():\\n    return 2\\n')"
    assert kernel.run(code).result == expected


def test_main_is_one_module(kernel: KernelProcess) -> None:
    kernel.run("import pickle, sys\nclass Point:\n    def __init__(self): self.x = 1")
    assert kernel.run("pickle.loads(pickle.dumps(Point())).x").ok().result == "1"
    assert kernel.run("sys.modules['__main__'].Point is Point, __name__").ok().result == (
        "(True, '__main__')"
    )
    assert kernel.run("locals() is globals(), eval('Point') is Point").ok().result == "(True, True)"


def test_silent_cells_show_no_result_and_count_for_nothing(kernel: KernelProcess) -> None:
    kernel.run("1")
    ran = kernel.run("2", silent=True)
    assert ran.result is None
    assert kernel.run("len(In)").result == "4"  # its own number is 3


@pytest.mark.parametrize("code", ["", "\n\n", "# only a comment", "pass"])
def test_cells_without_anything(warm: KernelProcess, code: str) -> None:
    ran = warm.run(code).ok()
    assert ran.outputs == [] and ran.finished["defined"] == {}


def test_a_script_that_runs_the_loop_itself_works(kernel: KernelProcess) -> None:
    code = (
        "import asyncio\nasync def main():\n    await asyncio.sleep(0)\n    return 'ran'\n"
        "asyncio.get_event_loop().run_until_complete(main())"
    )
    assert kernel.run(code).ok().result == "'ran'"
    assert kernel.run("await main()").ok().result == "'ran'"
    nested = "async def outer():\n    return loop.run_until_complete(main())\n"
    ran = kernel.run(f"loop = asyncio.get_running_loop()\n{nested}await outer()")
    assert ran.error["name"] == "RuntimeError"


def test_errors_of_threads_name_the_cell(kernel: KernelProcess) -> None:
    code = "import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start(); t.join()"
    text = kernel.run(code).ok().text("stderr")
    assert 'File "Cell 1", line 2' in text and "ZeroDivisionError" in text


def test_a_cell_that_takes_sigint_for_itself(kernel: KernelProcess) -> None:
    kernel.run("import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN);").ok()
    kernel.start("print('go')\ntime.sleep(60)")
    kernel.until("output")
    kernel.interrupt()
    assert kernel.finish().status == "interrupted"
