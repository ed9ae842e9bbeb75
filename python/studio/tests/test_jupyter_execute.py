"""Executing over Jupyter's protocol: order, counts, errors, what belongs to what."""

from __future__ import annotations

import pytest
from jupyter_front_end import FrontEnd, front_end, is_idle, place

__all__ = ["front_end", "place"]


def test_everything_lies_between_busy_and_idle(front_end: FrontEnd) -> None:
    code = "print('a'); display('b'); import sys; print('c', file=sys.stderr); 40 + 2"
    answer = front_end.execute(code).ok
    states = [one["content"].get("execution_state") for one in answer.messages]
    assert (states[0], states[-1]) == ("busy", "idle") and set(states[1:-1]) == {None}
    assert answer.kinds == ["execute_input", "stream", "display_data", "stream", "execute_result"]
    (result,) = answer.of("execute_result")
    (asked,) = answer.of("execute_input")
    assert asked["code"] == code
    assert result["execution_count"] == asked["execution_count"] == answer.reply["execution_count"]


def test_an_error_is_shown_and_replied(front_end: FrontEnd) -> None:
    answer = front_end.execute("def load():\n    raise ValueError('no rows')\nload()")
    (error,) = answer.of("error")
    assert (error["ename"], error["evalue"]) == ("ValueError", "no rows")
    assert any("load()" in line for line in error["traceback"])
    assert f"Cell {answer.reply['execution_count']}," in "\n".join(error["traceback"])
    same = {key: answer.reply[key] for key in ("ename", "evalue", "traceback")}
    assert answer.reply["status"] == "error" and same == error


def test_what_waits_is_aborted_by_an_error(front_end: FrontEnd) -> None:
    codes = ["import time; time.sleep(1); 1 / 0", "aborted = 1", "aborted = 2"]
    requests = [front_end.client.execute(code) for code in codes]
    statuses = [front_end.wait(request).reply["status"] for request in requests]
    assert statuses == ["error", "aborted", "aborted"]
    assert front_end.execute("aborted").reply["ename"] == "NameError"


def test_what_waits_runs_when_errors_may_happen(front_end: FrontEnd) -> None:
    first = front_end.client.execute("import time; time.sleep(1); 1 / 0", stop_on_error=False)
    second = front_end.client.execute("went_on = True", stop_on_error=False)
    assert front_end.wait(first).reply["status"] == "error"
    assert front_end.wait(second).reply["status"] == "ok"


def test_a_silent_request_leaves_no_trace(front_end: FrontEnd) -> None:
    before = front_end.execute("1").reply["execution_count"]
    answer = front_end.execute("silently = 7; silently", silent=True).ok
    assert answer.kinds == []
    after = front_end.execute("silently").ok
    assert after.result == "7" and after.reply["execution_count"] == before + 1
    kept = front_end.execute("_", store_history=False).ok
    assert kept.result == "7"
    assert front_end.execute("1").reply["execution_count"] == before + 2
    assert front_end.execute(f"Out[{before + 1}]").result == "7"


def test_expressions_are_evaluated_beside(front_end: FrontEnd) -> None:
    wanted = {"sum": "beside + 1", "text": "'é\"\\n'", "wrong": "not_there", "bad": "1 +"}
    answer = front_end.execute("beside = 41", user_expressions=wanted).ok
    values = answer.reply["user_expressions"]
    assert values["sum"] == {"status": "ok", "data": {"text/plain": "42"}, "metadata": {}}
    assert values["text"]["data"]["text/plain"] == repr('é"\n')
    assert (values["wrong"]["status"], values["wrong"]["ename"]) == ("error", "NameError")
    assert values["bad"]["ename"] == "SyntaxError"
    assert answer.kinds == ["execute_input"]
    assert front_end.execute("1 / 0", user_expressions=wanted).reply["user_expressions"] == {}


def test_languages_share_their_values(front_end: FrontEnd) -> None:
    front_end.run("import pandas as pd\nratings = pd.DataFrame({'stars': [5, 3, 4]})")
    front_end.run("%%sql\n-- out: top\nselect max(stars) as best from ratings")
    assert front_end.execute("int(top['best'].iloc[0])").ok.result == "5"
    wrong = front_end.execute("%%sql\nselect * from nowhere")
    assert wrong.reply["status"] == "error" and "nowhere" in wrong.reply["evalue"]


def test_a_thread_prints_to_the_cell_that_started_it(front_end: FrontEnd) -> None:
    code = (
        "import threading, time\n"
        "go = threading.Event()\n"
        "def late():\n    go.wait(); print('from the thread', flush=True)\n"
        "thread = threading.Thread(target=late); thread.start()"
    )
    starter = front_end.client.execute(code)
    front_end.wait(starter)
    other = front_end.client.execute("go.set(); thread.join(); print('done')")
    messages = front_end.until(None, lambda it: is_idle(it) and of(it) == other)
    printed = [(of(it), it["content"]["text"]) for it in messages if it["msg_type"] == "stream"]
    assert (starter, "from the thread\n") in printed
    assert (other, "done\n") in printed


def of(message: dict) -> str:
    """The request that a message belongs to."""
    return message["parent_header"]["msg_id"]


def test_a_display_is_updated_by_its_name(front_end: FrontEnd) -> None:
    code = "bar = display('0 %', display_id='bar'); bar.update('100 %')"
    answer = front_end.execute(code).ok
    (shown,), (update,) = answer.of("display_data"), answer.of("update_display_data")
    assert shown["transient"] == update["transient"] == {"display_id": "bar"}
    assert update["data"]["text/plain"] == "'100 %'"


def test_outputs_are_cleared(front_end: FrontEnd) -> None:
    code = "from IPython.display import clear_output; print(1); clear_output(wait=True); print(2)"
    answer = front_end.execute(code).ok
    assert answer.kinds == ["execute_input", "stream", "clear_output", "stream"]
    assert answer.of("clear_output") == [{"wait": True}]


def test_payloads_come_with_the_reply(front_end: FrontEnd) -> None:
    answer = front_end.execute("get_ipython().set_next_input('x = 1')").ok
    (payload,) = answer.reply["payload"]
    assert (payload["source"], payload["text"]) == ("set_next_input", "x = 1")


def test_many_outputs_arrive_in_their_order(front_end: FrontEnd) -> None:
    answer = front_end.execute("for n in range(2000): display(n)").ok
    numbers = [int(one["data"]["text/plain"]) for one in answer.of("display_data")]
    assert numbers == list(range(2000))


def test_hundreds_of_cells(front_end: FrontEnd) -> None:
    """Old cells are let go; what they defined stays."""
    front_end.run("first = 'of many'; total = 0")
    for _ in range(130):
        front_end.run("total += 1")
    assert front_end.execute("first, total").ok.result == "('of many', 130)"


@pytest.mark.parametrize("code", ["", "   \n", "# nothing"])
def test_nothing_is_executed_well(front_end: FrontEnd, code: str) -> None:
    assert front_end.execute(code).ok.kinds == ["execute_input"]
