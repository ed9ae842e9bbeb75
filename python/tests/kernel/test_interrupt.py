"""The stop button reaches user code and nothing else (notebook rule 15)."""

from __future__ import annotations

import time

import pytest
from kernel_process import KernelProcess

LOOPS = [
    "import time\nprint('go', flush=True)\ntime.sleep(60)",
    "print('go', flush=True)\nwhile True: pass",
    "import asyncio\nprint('go', flush=True)\nawait asyncio.sleep(60)",
    "print('go', flush=True)\nwhile True: print('x' * 1000)",
    "import subprocess\nprint('go', flush=True)\nsubprocess.run(['sleep', '60'])",
    "print('go', flush=True)\n!sleep 60",
    "print('go', flush=True)\ninput('?')",
    "%%time\nprint('go', flush=True)\nwhile True: pass",
]


@pytest.mark.parametrize("code", LOOPS)
def test_what_runs_is_stopped_and_the_kernel_goes_on(kernel: KernelProcess, code: str) -> None:
    kernel.run("kept = 41")
    kernel.start(code)
    kernel.until("output")
    time.sleep(0.1)
    kernel.interrupt()
    ran = kernel.finish()
    assert ran.status == "interrupted"
    assert ran.error["name"] == "KeyboardInterrupt"
    assert kernel.run("kept + 1").ok().result == "42"


def test_between_cells_it_does_nothing(kernel: KernelProcess) -> None:
    for _ in range(20):
        kernel.interrupt()
        assert kernel.run("1 + 1").status in ("ok", "interrupted")
    assert kernel.run("1 + 1").ok().result == "2"


def test_one_that_comes_before_the_cell_begins_is_for_it(kernel: KernelProcess) -> None:
    # The kernel is busy with what is to be kept of the cell before.
    slow = (
        "import time\nclass Slow:\n"
        "    def __reduce__(self): time.sleep(0.5); return (int, ())\nslow = Slow()"
    )
    kernel.run(slow).ok()
    kernel.send({"type": "export", "request": 1, "names": {"slow": 1}, "common": False})
    kernel.start("print('ran'); x = 1")
    kernel.interrupt()
    kernel.send({"type": "interrupt"})
    ran = kernel.finish()
    assert ran.status == "interrupted" and ran.text() == ""
    assert kernel.run("'well'").ok().result == "'well'"


def test_one_that_comes_while_inputs_are_read_stops_the_cell(kernel: KernelProcess) -> None:
    kernel.run(
        "import time, pickle\nclass Slow:\n    def __init__(self): self.x = 1\n"
        "    def __setstate__(self, state): print('reads', flush=True); time.sleep(0.5)\n"
        "slow = Slow()"
    ).ok()
    value = kernel.ask("export", "exported", names={"slow": 1})["values"]["slow"]
    kernel.start(
        "print('ran')",
        rebind={"set": {"again": {"version": 9, "value": value}}, "unset": []},
    )
    kernel.until("output")
    kernel.interrupt()
    ran = kernel.finish()
    assert ran.status == "interrupted" and "ran" not in ran.text()


def test_one_that_comes_while_values_are_written_ends_that(kernel: KernelProcess) -> None:
    kernel.run(
        "import time\nclass Slow(list):\n"
        "    def __iter__(self): print('writes', flush=True); time.sleep(60); return iter(())\n"
        "    def __reduce__(self): print('writes', flush=True); time.sleep(60)"
    ).ok()
    kernel.start("slow = {'a': Slow()}", exports=["slow"])
    kernel.until("output")
    kernel.interrupt()
    kernel.send({"type": "interrupt"})
    assert kernel.finish().status == "interrupted"
    assert kernel.run("'the next one'").ok().result == "'the next one'"


def test_one_that_comes_when_its_cell_is_over_is_nobodys(kernel: KernelProcess) -> None:
    for _ in range(20):
        kernel.run("1").ok()
        kernel.interrupt()
        kernel.send({"type": "interrupt"})
        # Whoever asks this knows that the message has been read.
        kernel.ask("is_complete", "completeness", code="1")
        assert kernel.run("'next'").status == "ok"


def test_a_storm_of_interrupts_leaves_the_kernel_well(kernel: KernelProcess) -> None:
    code = "for i in range(2000): print(i)\ndisplay(i)\n[str(x) for x in range(1000)]"
    for _ in range(30):
        kernel.start(code)
        for _ in range(5):
            kernel.interrupt()
            time.sleep(0.001)
        assert kernel.finish().status in ("ok", "interrupted")
    assert kernel.run("'well'").ok().result == "'well'"


def test_code_may_catch_it(kernel: KernelProcess) -> None:
    code = "try: print('go', flush=True); time.sleep(60)\nexcept KeyboardInterrupt: print('caught')"
    kernel.start(f"import time\n{code}")
    kernel.until("output")
    time.sleep(0.3)
    kernel.interrupt()
    ran = kernel.finish()
    assert ran.status == "ok" and "caught" in ran.text()


def test_shutdown_ends_a_cell_that_runs(kernel: KernelProcess) -> None:
    kernel.run("import atexit, time\natexit.register(print, 'bye');").ok()
    kernel.start("print('go', flush=True)\ntime.sleep(60)")
    kernel.until("output")
    kernel.send({"type": "shutdown"})
    text = ""
    with pytest.raises(EOFError):
        while True:
            message = kernel.receive()
            if message["type"] == "output" and message["output"]["kind"] == "stream":
                text += message["output"]["text"]
    assert text == "bye\n"
    assert kernel.process.wait() == 0


def test_it_ends_when_nobody_listens_any_more(kernel: KernelProcess) -> None:
    kernel.start("print('go', flush=True)\nwhile True: pass")
    kernel.until("output")
    kernel.socket.close()
    assert kernel.process.wait(20) is not None


@pytest.mark.parametrize(
    "frame", [b"\xff\xff\xff\xff", b"\x02\0\0\0{]", b"\x0f\0\0\0" + b'{"type": "odd"}']
)
def test_a_broken_protocol_ends_the_kernel(kernel: KernelProcess, frame: bytes) -> None:
    kernel.socket.sendall(frame)
    message = kernel.receive()
    assert message["type"] == "log" and message["level"] == "error"
    assert kernel.process.wait(20) == 76
