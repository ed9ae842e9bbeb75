"""Widgets: comms both ways, with binary parts; anywidget as its users write it."""

from __future__ import annotations

from typing import Any

from jupyter_front_end import FrontEnd, front_end, place

__all__ = ["front_end", "place"]


def comms(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages of widgets among others."""
    return [one for one in messages if one["msg_type"].startswith("comm_")]


def test_a_comm_opened_by_the_kernel(front_end: FrontEnd) -> None:
    code = """
import comm
line = comm.create_comm(
    target_name="line", data={"a": 1}, metadata={"m": 2}, buffers=[b"\\x00\\xff"]
)
@line.on_msg
def answer(message):
    line.send({"back": message["content"]["data"]["n"] + 1}, buffers=message["buffers"])
"""
    answer = front_end.execute(code).ok
    (opened,) = comms(answer.messages)
    content = opened["content"]
    assert (content["target_name"], content["data"]) == ("line", {"a": 1})
    assert opened["metadata"] == {"m": 2}
    assert [bytes(one) for one in opened["buffers"]] == [b"\x00\xff"]
    known = front_end.reply(front_end.client.comm_info())["content"]["comms"]
    assert known == {content["comm_id"]: {"target_name": "line"}}
    assert front_end.reply(front_end.client.comm_info("other"))["content"]["comms"] == {}

    data = {"comm_id": content["comm_id"], "data": {"n": 41}}
    request = front_end.send("comm_msg", data, buffers=[b"abc"])
    answered = front_end.wait(request, reply=False)
    # The widget's answer comes before `idle`.
    (message,) = comms(answered.messages)
    assert message["content"] == {"comm_id": content["comm_id"], "data": {"back": 42}}
    assert [bytes(one) for one in message["buffers"]] == [b"abc"]

    front_end.run("line.close()")
    assert front_end.reply(front_end.client.comm_info())["content"]["comms"] == {}


def test_a_comm_opened_by_the_front_end(front_end: FrontEnd) -> None:
    code = """
import comm
seen = []
def opened(line, message):
    seen.append(message["content"]["data"])
    line.on_msg(lambda message: seen.append(message["content"]["data"]))
    line.on_close(lambda message: seen.append("closed"))
    line.send("hello")
comm.get_comm_manager().register_target("talk", opened)
"""
    front_end.run(code)
    content = {"comm_id": "of-the-page", "target_name": "talk", "data": {"n": 1}}
    answered = front_end.wait(front_end.send("comm_open", content), reply=False)
    assert [one["content"]["data"] for one in comms(answered.messages)] == ["hello"]
    for kind, data in (("comm_msg", {"n": 2}), ("comm_close", {})):
        content = {"comm_id": "of-the-page", "data": data}
        front_end.wait(front_end.send(kind, content), reply=False)
    assert front_end.execute("seen").ok.result == "[{'n': 1}, {'n': 2}, 'closed']"


def test_a_comm_that_nobody_takes_is_closed(front_end: FrontEnd) -> None:
    content = {"comm_id": "lost", "target_name": "nobody", "data": {}}
    answered = front_end.wait(front_end.send("comm_open", content), reply=False)
    (closed,) = comms(answered.messages)
    assert (closed["msg_type"], closed["content"]["comm_id"]) == ("comm_close", "lost")


def test_anywidget(front_end: FrontEnd) -> None:
    code = """
import anywidget, traitlets
class Counter(anywidget.AnyWidget):
    _esm = "export default { render({ model, el }) { el.textContent = model.get('value') } }"
    value = traitlets.Int(1).tag(sync=True)
    pixels = traitlets.Bytes(b"").tag(sync=True)
counter = Counter()
counter.observe(lambda change: print("now", change["new"]), "value")
counter
"""
    answer = front_end.execute(code).ok
    shown = [*answer.of("execute_result"), *answer.of("display_data")]
    view = shown[0]["data"]["application/vnd.jupyter.widget-view+json"]
    opened = {one["content"]["comm_id"]: one for one in comms(answer.messages)}
    state = opened[view["model_id"]]["content"]["data"]["state"]
    assert state["value"] == 1 and "textContent" in state["_esm"]

    update = {"method": "update", "state": {"value": 5}, "buffer_paths": [["pixels"]]}
    content = {"comm_id": view["model_id"], "data": update}
    request = front_end.send("comm_msg", content, buffers=[b"\x01\x02"])
    front_end.wait(request, reply=False)
    assert front_end.execute("counter.value, bytes(counter.pixels)").ok.result == (
        "(5, b'\\x01\\x02')"
    )
    messages = comms(front_end.execute("counter.value = 7").ok.messages)
    states = [one["content"]["data"].get("state", {}) for one in messages]
    assert {"value": 7} in states


def test_an_output_holds_what_is_printed_and_shown_within_it(front_end: FrontEnd) -> None:
    code = """
import ipywidgets
held = ipywidgets.Output()
with held:
    print("one", "line")
    print("another")
    display({"text/plain": "shown"}, raw=True)
print("outside")
"""
    answer = front_end.execute(code).ok
    assert [one["text"] for one in answer.of("stream")] == ["outside\n"]
    assert answer.of("display_data") == []
    kinds = "[one['output_type'] for one in held.outputs]"
    assert front_end.execute(kinds).ok.result == "['stream', 'display_data']"
    told = front_end.execute("held.outputs[0]['text']").ok.result
    assert told == "'one line\\nanother\\n'"
    # What waits to be cleared stands until something else comes.
    front_end.run("with held:\n    held.clear_output(wait=True)\n    print('anew')")
    assert front_end.execute("held.outputs[0]['text'], len(held.outputs)").ok.result == (
        "('anew\\n', 1)"
    )
    # An error within it is shown there, as in Jupyter, and the cell goes on.
    answer = front_end.execute("with held:\n    1 / 0\nprint('on')").ok
    assert answer.of("error") == []
    assert front_end.execute("held.outputs[-1]['ename']").ok.result == "'ZeroDivisionError'"
