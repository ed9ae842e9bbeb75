"""What cells print arrives whole, in order, and soon."""

from __future__ import annotations

import time

import pytest
from kernel_process import KernelProcess


def test_text_arrives_while_the_cell_runs(kernel: KernelProcess) -> None:
    kernel.start("import time\nprint('now')\ntime.sleep(5)")
    began = time.monotonic()
    message = kernel.until("output")
    assert message["output"]["text"] == "now\n"
    assert time.monotonic() - began < 4
    kernel.start("print('a', end=''); time.sleep(3)")
    kernel.until("finished")
    assert kernel.until("output")["output"]["text"] == "a"


def test_a_hundred_thousand_lines_are_few_messages(kernel: KernelProcess) -> None:
    ran = kernel.run("for i in range(100_000): print(i)").ok()
    assert ran.text() == "".join(f"{place}\n" for place in range(100_000))
    assert len(ran.messages) < 200


def test_a_huge_text_is_cut_into_messages(kernel: KernelProcess) -> None:
    ran = kernel.run("print('\\x00' * 30_000_000)").ok()
    assert len(ran.text()) == 30_000_001


def test_streams_keep_their_order(kernel: KernelProcess) -> None:
    code = "import sys\nfor i in range(3):\n    print(i)\n    print(i, file=sys.stderr)"
    ran = kernel.run(code).ok()
    found = [(one["name"], one["text"]) for one in ran.outputs]
    assert found == [(name, f"{place}\n") for place in range(3) for name in ("stdout", "stderr")]


def test_bytes_and_surrogates_are_replaced(kernel: KernelProcess) -> None:
    code = "import sys\nsys.stdout.buffer.write(b'a\\xff\\xc3')\nsys.stdout.buffer.write(b'\\xa9')"
    assert kernel.run(code + ";").ok().text() == "a�é"
    assert kernel.run("print('x\\udc80y')").ok().text() == "x?y\n"
    assert kernel.run("import os\nos.write(1, bytes(range(128, 140)));").ok().text() == "�" * 12


def test_programs_and_c_code_print_to_the_cell(kernel: KernelProcess) -> None:
    code = (
        "import os, subprocess, ctypes\nprint('one')\nos.system('echo two')\nprint('three')\n"
        "subprocess.run(['echo', 'four'])\nprint('five')\n"
        "subprocess.run(['sh', '-c', 'echo six >&2'])\n"
        "libc = ctypes.CDLL(None)\nlibc.puts(b'seven')\nlibc.fflush(None)\nNone"
    )
    ran = kernel.run(code).ok()
    assert ran.text() == "one\ntwo\nthree\nfour\nfive\nseven\n"
    assert ran.text("stderr") == "six\n"


def test_forked_children_print_and_are_no_kernels(kernel: KernelProcess) -> None:
    code = (
        "import os\npid = os.fork()\nif pid == 0:\n    print('child', flush=True)\n"
        "    os._exit(0)\nos.waitpid(pid, 0)\nprint('parent')"
    )
    assert kernel.run(code).ok().text() == "child\nparent\n"
    code = (
        "import multiprocessing\ncontext = multiprocessing.get_context('fork')\n"
        "def work(n):\n    print('working', n)\n    return n * n\n"
        "with context.Pool(2) as pool:\n    print(pool.map(work, [1, 2, 3]))"
    )
    ran = kernel.run(code).ok()
    assert ran.text().count("working") == 3 and "[1, 4, 9]" in ran.text()


def test_what_was_printed_before_a_sudden_end_arrives(kernel: KernelProcess) -> None:
    kernel.start("import os\nfor i in range(1000): print(i)\nos._exit(7)")
    text = ""
    with pytest.raises(EOFError):
        while True:
            message = kernel.receive()
            if message["type"] == "output":
                text += message["output"]["text"]
    assert text.endswith("999\n")
    assert kernel.process.wait() == 7


def test_a_slow_reader_holds_up_the_cell(kernel: KernelProcess) -> None:
    kernel.start("import sys\nfor i in range(400): sys.stdout.write('x' * 100_000)")
    time.sleep(1.5)
    with open(f"/proc/{kernel.process.pid}/statm") as file:
        resident = int(file.read().split()[1]) * 4096
    assert resident < 120 << 20
    assert len(kernel.finish().ok().text()) == 40_000_000


def test_displays_keep_their_place_among_text(kernel: KernelProcess) -> None:
    ran = kernel.run("print('a')\ndisplay(1)\nprint('b')").ok()
    assert [one["kind"] for one in ran.outputs] == ["stream", "display", "stream"]


def test_streams_are_what_libraries_expect(warm: KernelProcess) -> None:
    code = (
        "import sys\n"
        "(sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.fileno(), sys.stderr.fileno(),"
        " sys.stdout.writable(), sys.stdout.write('abc'))"
    )
    assert warm.run(code).ok().result == "(False, 'UTF-8', 1, 2, True, 3)"
    assert warm.run("sys.stdout.write(b'bytes')").error["name"] == "TypeError"
    code = "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as s: print(1)\n"
    assert warm.run(code + "s.getvalue()").ok().result == "'1\\n'"


def test_logging_of_a_root_handler_arrives(warm: KernelProcess) -> None:
    code = "import logging\nlogging.basicConfig(force=True)\nlogging.warning('look')"
    assert warm.run(code).ok().text("stderr") == "WARNING:root:look\n"


def test_a_child_that_comes_to_the_cells_end_is_no_kernel(kernel: KernelProcess) -> None:
    ran = kernel.run("import os\npid = os.fork()\nif pid:\n    print(os.waitpid(pid, 0)[1])").ok()
    assert ran.text() == "0\n"
    assert kernel.run("1 + 1").ok().result == "2"


def test_what_is_too_large_to_show_is_said_and_the_cell_goes_on(kernel: KernelProcess) -> None:
    ran = kernel.run("display({'text/html': 'x' * (70 << 20)}, raw=True)\n'on'").ok()
    assert "display not shown" in ran.text("stderr") and ran.result == "'on'"
