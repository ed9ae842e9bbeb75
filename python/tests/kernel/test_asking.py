"""Questions to the person in front of the notebook."""

from __future__ import annotations

from typing import Any

from kernel_process import KernelProcess


def answer(kernel: KernelProcess, text: str) -> dict[str, Any]:
    """Answer the next question; return it, and what was printed before it."""
    printed = ""
    while True:
        message = kernel.receive()
        if message["type"] == "input_request":
            kernel.send({"type": "input_reply", "text": text})
            return {**message, "printed": printed}
        if message["type"] == "output":
            printed += message["output"].get("text", "")


def test_input_and_getpass(kernel: KernelProcess) -> None:
    number = kernel.start("name = input('who? ')\nname")
    request = answer(kernel, "Ana")
    assert request == {
        "type": "input_request", "execution": number, "prompt": "who? ", "password": False,
        "printed": "",
    }  # fmt: skip
    assert kernel.finish().ok().result == "'Ana'"
    kernel.start("from getpass import getpass\ngetpass()")
    request = answer(kernel, "secret")
    assert (request["prompt"], request["password"]) == ("Password: ", True)
    assert kernel.finish().ok().result == "'secret'"
    kernel.start("import sys\nsys.stdin.readline()")
    answer(kernel, "line")
    assert kernel.finish().ok().result == "'line\\n'"


def test_nobody_is_there(kernel: KernelProcess) -> None:
    ran = kernel.run("input()", allow_stdin=False)
    assert ran.error["name"] == "StdinNotImplementedError"


def test_a_debugger(kernel: KernelProcess) -> None:
    kernel.run("def f(x):\n    y = x + 1\n    breakpoint()\n    return y")
    kernel.start("f(1)")
    assert answer(kernel, "p y")["prompt"] == "(Pdb) "
    assert answer(kernel, "c")["printed"] == "2\n"
    assert kernel.finish().ok().result == "2"


def test_a_debugger_after_the_error(kernel: KernelProcess) -> None:
    kernel.run("def g(x):\n    return 1 / x\ng(0)")
    kernel.start("%debug")
    answer(kernel, "p x")
    assert answer(kernel, "q")["printed"] == "0\n"
    assert kernel.finish().status == "ok"
