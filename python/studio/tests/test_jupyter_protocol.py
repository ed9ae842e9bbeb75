"""The rest of Jupyter's protocol: input, interrupts, what is asked meanwhile, the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from jupyter_front_end import HUNG, FrontEnd, front_end, is_idle, place, wait_for_end

import flownote

__all__ = ["front_end", "place"]

WAITS = "import time\nprint('begun', flush=True)\nfor _ in range(600): time.sleep(0.1)"


def has_begun(message: dict) -> bool:
    return message["msg_type"] == "stream" and "begun" in message["content"]["text"]


def has_heard_an_interrupt(message: dict) -> bool:
    return is_idle(message) and message["parent_header"].get("msg_type") == "interrupt_request"


def test_a_cell_asks_for_a_line(front_end: FrontEnd) -> None:
    request = front_end.client.execute("name = input('who? '); name[::-1]", allow_stdin=True)
    asked = front_end.client.get_stdin_msg(timeout=HUNG)
    assert asked["msg_type"] == "input_request"
    assert asked["content"] == {"prompt": "who? ", "password": False}
    assert asked["parent_header"]["msg_id"] == request
    front_end.client.input("ana")
    assert front_end.wait(request).ok.result == "'ana'"


def test_a_password_is_not_shown(front_end: FrontEnd) -> None:
    code = "import getpass; len(getpass.getpass('secret: '))"
    request = front_end.client.execute(code, allow_stdin=True)
    assert front_end.client.get_stdin_msg(timeout=HUNG)["content"]["password"] is True
    front_end.client.input("12345")
    assert front_end.wait(request).ok.result == "5"


def test_nobody_is_asked_who_does_not_want_to_be(front_end: FrontEnd) -> None:
    answer = front_end.execute("input()", allow_stdin=False)
    assert answer.reply["ename"] == "StdinNotImplementedError"


def test_an_interrupt_stops_the_cell_and_what_waits(front_end: FrontEnd) -> None:
    front_end.run("kept = 3")
    request = front_end.client.execute(WAITS)
    behind = front_end.client.execute("kept = 4")
    front_end.until(request, has_begun)
    front_end.manager.interrupt_kernel()
    answer = front_end.wait(request)
    assert answer.reply["ename"] == "KeyboardInterrupt" and answer.kinds == ["error"]
    assert front_end.wait(behind).reply["status"] == "aborted"
    assert front_end.execute("kept").ok.result == "3"


def test_an_interrupt_stops_who_waits_for_a_line(front_end: FrontEnd) -> None:
    request = front_end.client.execute("input('stop me')", allow_stdin=True)
    front_end.client.get_stdin_msg(timeout=HUNG)
    front_end.manager.interrupt_kernel()
    assert front_end.wait(request).reply["ename"] == "KeyboardInterrupt"
    assert front_end.execute("1").ok.result == "1"


def test_an_interrupt_with_nothing_to_stop(front_end: FrontEnd) -> None:
    front_end.manager.interrupt_kernel()
    # A cell goes another way: it could come before an interrupt that was sent earlier.
    front_end.until(None, has_heard_an_interrupt)
    assert front_end.execute("'well'").ok.result == "'well'"


def test_code_is_completed_while_a_cell_runs(front_end: FrontEnd) -> None:
    front_end.run("import string")
    request = front_end.client.execute(WAITS)
    front_end.until(request, has_begun)
    content = front_end.reply(front_end.client.complete("string.ascii_up"))["content"]
    assert content["matches"] == ["string.ascii_uppercase"] or (
        content["matches"] == ["ascii_uppercase"]
    )
    assert content["cursor_end"] == len("string.ascii_up")
    content = front_end.reply(front_end.client.inspect("string.capwords"))["content"]
    assert content["found"] and "capwords" in content["data"]["text/plain"]
    assert front_end.reply(front_end.client.is_complete("if x:"))["content"] == {
        "status": "incomplete",
        "indent": "    ",
    }
    assert front_end.reply(front_end.client.kernel_info())["content"]["status"] == "ok"
    front_end.manager.interrupt_kernel()
    front_end.wait(request)


def test_places_count_the_line_that_names_the_language(front_end: FrontEnd) -> None:
    content = front_end.reply(front_end.client.complete("%%sql\nselec"))["content"]
    assert content["cursor_start"] == len("%%sql\n")
    assert "select" in [one.lower() for one in content["matches"]]
    assert front_end.reply(front_end.client.complete("%%sql\nselec", 3))["content"]["matches"] == []
    content = front_end.reply(front_end.client.is_complete("%%sql\nselect (1"))["content"]
    assert content["status"] == "incomplete"


def test_places_are_counted_in_code_points(front_end: FrontEnd) -> None:
    front_end.run("größe = 'x'")
    code = "'😀é'; größe.upp"
    content = front_end.reply(front_end.client.complete(code))["content"]
    assert content["cursor_end"] == len(code)
    (match,) = content["matches"]
    assert (code[: content["cursor_start"]] + match).endswith("größe.upper")


def test_history_by_range_and_pattern(front_end: FrontEnd) -> None:
    first = front_end.execute("'the first of them'").ok.reply["execution_count"]
    front_end.run("second = 2")

    def history(**wanted: object) -> list:
        return front_end.reply(front_end.client.history(**wanted))["content"]["history"]  # type: ignore[arg-type]

    wanted = history(hist_access_type="range", output=True, session=0, start=first, stop=first + 2)
    assert [(line, both) for _, line, both in wanted] == [
        (first, ["'the first of them'", "'the first of them'"]),
        (first + 1, ["second = 2", None]),
    ]
    (found,) = history(hist_access_type="search", pattern="'the ?irst*", n=1)
    assert found[1:] == [first, "'the first of them'"]
    assert len(history(hist_access_type="tail", n=1)) == 1


def test_who_has_no_key_is_not_heard(front_end: FrontEnd) -> None:
    intruder = front_end.manager.blocking_client()
    intruder.session.key = b"another"
    intruder.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=False)
    intruder.execute("intruded = True")
    # With the right key, over the same connection: what came before has been read by then.
    intruder.session.key = front_end.client.session.key
    request = intruder.execute("heard = 'intruded' in globals(); heard")
    assert front_end.wait(request, reply=False).result == "False"
    intruder.stop_channels()


@pytest.mark.parametrize(
    "frames",
    [
        [b""],
        [b"noise"],
        [b"<IDS|MSG>"],
        [b"<IDS|MSG>", b"no-hex"],
        [b"<IDS|MSG>", b"00", b"{}", b"{}"],
        [b"<IDS|MSG>", b"00" * 32, b"{", b"{}", b"{}", b"{}"],
        [b"<IDS|MSG>", b"", b"\xff" * 1000, b"{}", b"{}", b"{}"],
    ],
)
@pytest.mark.parametrize("channel", ["shell", "control", "stdin"])
def test_noise_does_no_harm(front_end: FrontEnd, channel: str, frames: list[bytes]) -> None:
    getattr(front_end.client, f"{channel}_channel").socket.send_multipart(frames)
    assert front_end.execute("'unharmed'").ok.result == "'unharmed'"


def test_contents_that_are_signed_and_make_no_sense(front_end: FrontEnd) -> None:
    for kind in ("complete_request", "inspect_request", "is_complete_request"):
        request = front_end.send(kind, {"code": 3, "cursor_pos": -1})
        assert front_end.reply(request)["content"]["status"] == "error"
    front_end.wait(front_end.send("comm_msg", {"data": 3}), reply=False)
    request = front_end.send("history_request", {"hist_access_type": "dance", "n": -3})
    assert front_end.reply(request)["content"]["history"] == []
    assert front_end.execute("'unharmed'").ok.result == "'unharmed'"


def test_unknown_messages_are_ignored(front_end: FrontEnd) -> None:
    front_end.send("dance_request", {"tune": "polka"})
    assert front_end.execute("'unmoved'").ok.result == "'unmoved'"


def test_the_heart_beats_while_a_cell_runs(front_end: FrontEnd) -> None:
    request = front_end.client.execute(WAITS)
    front_end.until(request, has_begun)
    assert front_end.client.hb_channel.is_beating()
    front_end.manager.interrupt_kernel()
    front_end.wait(request)


def test_a_crash_is_told_and_the_next_cell_runs(front_end: FrontEnd) -> None:
    front_end.run("gone = (n for n in range(3))")
    answer = front_end.execute("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert answer.reply["status"] == "error" and "SIGKILL" in answer.reply["evalue"]
    assert front_end.execute("gone").reply["ename"] == "NameError"


def test_what_does_not_stop_is_ended_by_a_further_interrupt(front_end: FrontEnd) -> None:
    code = (
        "import time\nprint('begun', flush=True)\nwhile True:\n"
        "    try: time.sleep(60)\n    except KeyboardInterrupt: pass"
    )
    request = front_end.client.execute(code)
    front_end.until(request, has_begun)
    front_end.manager.interrupt_kernel()

    def is_offered(message: dict) -> bool:
        return "Interrupt once more" in message["content"].get("text", "")

    front_end.until(request, is_offered)
    front_end.manager.interrupt_kernel()
    answer = front_end.wait(request)
    assert answer.reply["status"] == "error" and "Python interpreter" in answer.reply["evalue"]
    assert front_end.execute("'again'").ok.result == "'again'"


def test_two_front_ends_share_a_kernel(front_end: FrontEnd) -> None:
    other = front_end.manager.blocking_client()
    other.start_channels()
    other.wait_for_ready(timeout=HUNG)
    front_end.run("shared = 3")
    request = other.execute("shared + 1")
    # The reply goes to whoever asked; everybody sees the output.
    while (reply := other.get_shell_msg(timeout=HUNG))["parent_header"]["msg_id"] != request:
        pass
    assert reply["content"]["status"] == "ok"
    assert front_end.wait(request, reply=False).result == "4"
    asking = other.execute("input('who? ')", allow_stdin=True)
    assert other.get_stdin_msg(timeout=HUNG)["parent_header"]["msg_id"] == asking
    other.input("the other")
    assert front_end.wait(asking, reply=False).result == "'the other'"
    other.stop_channels()


def test_a_restart_forgets(place: Path) -> None:
    with FrontEnd() as front_end:
        before = int(front_end.execute("x = 1; import os; os.getpid()").ok.result)
        front_end.manager.restart_kernel()
        front_end.client.wait_for_ready(timeout=HUNG)
        wait_for_end(before)
        assert front_end.execute("x").reply["ename"] == "NameError"
        assert front_end.execute("1").reply["execution_count"] == 2


def test_nothing_stays_after_a_shutdown(place: Path) -> None:
    with FrontEnd() as front_end:
        front_end.run("%%sql\nselect 1")
        python = int(front_end.execute("import os; os.getpid()").ok.result)
        kernel = front_end.manager.provisioner.pid
        content = front_end.client.shutdown(reply=True, timeout=HUNG)["content"]
        assert content == {"status": "ok", "restart": False}
        wait_for_end(kernel)
        wait_for_end(python)


@pytest.mark.parametrize("now", [False, True])
def test_a_cell_that_runs_ends_with_its_kernel(place: Path, now: bool) -> None:
    with FrontEnd() as front_end:
        code = "import os, time; print('begun', os.getpid(), flush=True); time.sleep(600)"
        messages = front_end.until(front_end.client.execute(code), has_begun)
        python = int(messages[-1]["content"]["text"].split()[1])
        kernel = front_end.manager.provisioner.pid
        if now:
            os.kill(kernel, signal.SIGKILL)
        else:
            front_end.client.shutdown()
        wait_for_end(kernel)
        wait_for_end(python)


def test_sockets_may_be_files(place: Path) -> None:
    with FrontEnd(transport="ipc") as front_end:
        assert front_end.execute("1 + 1").ok.result == "2"


def test_what_ran_is_a_run(place: Path) -> None:
    with FrontEnd() as front_end:
        front_end.run("answer = 42")
        kernel = front_end.manager.provisioner.pid
        front_end.client.shutdown()
        wait_for_end(kernel)
    run = flownote.Flow("Notebook", store=str(place / ".flownote")).latest_run
    assert run["1"].task.data.answer == 42


def test_exit_in_a_cell_ends_the_kernel(place: Path) -> None:
    with FrontEnd() as front_end:
        kernel = front_end.manager.provisioner.pid
        answer = front_end.execute("exit()").ok
        assert [one["source"] for one in answer.reply["payload"]] == ["ask_exit"]
        wait_for_end(kernel)


def test_a_kernel_ends_with_who_started_it(place: Path) -> None:
    code = """
        import os
        from jupyter_client.manager import start_new_kernel
        manager, client = start_new_kernel(kernel_name="flownote")
        print(manager.provisioner.pid, flush=True)
        os._exit(0)
    """
    started = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    kernel = int(started.stdout)
    try:
        wait_for_end(kernel)
    except AssertionError:
        os.kill(kernel, signal.SIGKILL)
        raise


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "cannot be read"), ("{}", "is no connection file"), ("[", "is no connection file")],
)
def test_a_wrong_connection_file_is_told(tmp_path: Path, content: str | None, says: str) -> None:
    file = tmp_path / "connection.json"
    if content is not None:
        file.write_text(content)
    command = [sys.executable, "-m", "flownote_studio.jupyter", "-f", str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=HUNG)
    assert ended.returncode != 0
    assert ended.stderr.startswith("error: ") and says in ended.stderr and "hint: " in ended.stderr
