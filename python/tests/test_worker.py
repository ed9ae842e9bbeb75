"""Attempts run in real processes: what they write, read, print, and how they end."""

from __future__ import annotations

import os
from typing import Any

from small_engine import SmallEngine

from flownote import FlowSpec, step


class Line(FlowSpec):
    """Two steps."""

    @step
    def start(self) -> None:
        self.x = 1
        self.words = ["a", "b"]
        self.text = "é"
        self.next(self.end)

    @step
    def end(self) -> None:
        print(self.x, self.words)


def test_a_value_goes_from_start_to_end(tmp_path: Any) -> None:
    with SmallEngine(tmp_path, Line) as engine:
        start = engine.run("start")
        assert start.artifacts["x"] == {
            "codec": "json", "type": "int", "size": 1, "inline": "1", "preview": "1",
            "digest": start.artifacts["x"]["digest"],
        }  # fmt: skip
        assert start.artifacts["text"]["codec"] == "utf8"
        assert start.manifest["next"] == {"kind": "steps", "steps": ["end"]}
        end = engine.run("end", ["start/0.0"])
        assert end.stdout == b"1 ['a', 'b']\n"
        assert end.artifacts == {}
        assert end.manifest["next"] == {"kind": "end"}
        assert set(end.manifest["inherited"]["start/0.0"]) == {"x", "words", "text"}
        assert os.waitstatus_to_exitcode(end.status) == 0
