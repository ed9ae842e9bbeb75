"""Widgets talk to the page through comms."""

from __future__ import annotations

from kernel_process import KernelProcess


def test_a_widget_opens_speaks_and_hears(kernel: KernelProcess) -> None:
    code = (
        "import ipywidgets\nslider = ipywidgets.IntSlider(3)\n"
        "slider.observe(lambda change: print('now', change['new']), 'value')\nslider"
    )
    ran = kernel.run(code).ok()
    comms = [one for one in ran.messages if one["type"] == "comm"]
    opened = {
        one["data"]["state"].get("_model_name"): one for one in comms if one["kind"] == "open"
    }
    model = opened["IntSliderModel"]
    assert model["target"] == "jupyter.widget"
    view = ran.shown("result")[0]["data"]["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == model["id"]
    kernel.send(
        {
            "type": "comm", "id": model["id"], "kind": "message",
            "data": {"method": "update", "state": {"value": 7}, "buffer_paths": []},
        }
    )  # fmt: skip
    printed = kernel.until("output")
    assert printed["output"]["text"] == "now 7\n" and printed["execution"] == 1
    assert kernel.run("slider.value").result == "7"


def test_a_target_of_the_notebooks_own(kernel: KernelProcess) -> None:
    code = (
        "heard = []\ndef opened(comm, message):\n"
        "    heard.append((message['content']['data'], message['buffers']))\n"
        "    comm.on_msg(lambda m: comm.send({'echo': m['content']['data']}, buffers=[b'ab']))\n"
        "get_ipython().kernel.comm_manager.register_target('mine', opened)"
    )
    kernel.run(code).ok()
    kernel.send({"type": "comm", "id": "c1", "kind": "open", "target": "mine", "data": {"a": 1},
                 "buffers": ["AAE="]})  # fmt: skip
    kernel.send({"type": "comm", "id": "c1", "kind": "message", "data": 5})
    answer = kernel.until("comm")
    assert answer["data"] == {"echo": 5} and answer["buffers"] == ["YWI="]
    assert kernel.run("heard").result == "[({'a': 1}, [b'\\x00\\x01'])]"
    kernel.send({"type": "comm", "id": "c2", "kind": "open", "target": "unknown", "data": {}})
    assert kernel.until("comm") == {"type": "comm", "id": "c2", "kind": "close", "data": {}}


def test_progress_bars(kernel: KernelProcess) -> None:
    ran = kernel.run("from tqdm import tqdm\nfor _ in tqdm(range(3)): pass").ok()
    assert "3/3" in ran.text("stderr")
    ran = kernel.run("from tqdm.auto import tqdm\nfor _ in tqdm(range(3)): pass").ok()
    assert any(one["type"] == "comm" for one in ran.messages)
    assert "application/vnd.jupyter.widget-view+json" in ran.shown()[0]["data"]


def test_a_long_fit_of_a_model_shows_the_notebooks_bar(kernel: KernelProcess) -> None:
    ran = kernel.run(
        "import numpy as np\nfrom scipy import sparse\n"
        "from flownote.models.recommend import BPR\n"
        "events = sparse.random(2000, 1500, 0.02, format='csr', random_state=1)\n"
        "events.data[:] = 1.0\n"
        "BPR(32, iterations=80).fit(events)\nNone"
    ).ok()
    states = [one["data"].get("state", {}) for one in ran.messages if one["type"] == "comm"]
    labels = [state["value"] for state in states if isinstance(state.get("value"), str)]
    assert any(label.startswith("BPR:") for label in labels), labels
    assert "application/vnd.jupyter.widget-view+json" in ran.shown()[0]["data"]
