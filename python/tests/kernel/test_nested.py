"""Nested values are shown as data that folds, beside their text."""

from __future__ import annotations

import json
from typing import Any

from kernel_process import KernelProcess


def nested_of(kernel: KernelProcess, code: str) -> tuple[Any, dict[str, Any]]:
    """Return a result's JSON and what its metadata says of it; None and nothing without."""
    (result,) = kernel.run(code).ok().shown("result")
    metadata = result["metadata"]
    if "application/json" not in result["data"]:
        assert not metadata
        return None, {}
    about = metadata["flownote"]["nested"]
    assert metadata["application/json"] == {"root": about["type"], "expanded": False}
    return result["data"]["application/json"], about


def test_nested_values_are_json_beside_their_text(warm: KernelProcess) -> None:
    code = (
        "import datetime\n"
        "{'a/b': [{'day': datetime.date(2024, 5, n), 3: (n, None)} for n in (1, 2)]}"
    )
    data, about = nested_of(warm, code)
    assert data == {
        "a/b": [
            {"day": "datetime.date(2024, 5, 1)", "3": [1, None]},
            {"day": "datetime.date(2024, 5, 2)", "3": [2, None]},
        ]
    }
    assert about == {"type": "dict", "items": 1, "written": ["/a~1b/0/day", "/a~1b/1/day"]}
    ran = warm.run("[{'n': n, 'word': 'word' * n} for n in range(8)]")
    assert ran.result.startswith("[{'n': 0, 'word': ''},\n {'n': 1, 'word': 'word'},\n")


def test_small_and_flat_values_are_text_alone(warm: KernelProcess) -> None:
    for code in ("[1, [2, 3]]", "{'a': {}}", "list(range(20))", "'one\\ntwo'", "{1: 'x' * 99}"):
        assert nested_of(warm, code) == (None, {}), code
    assert nested_of(warm, "list(range(500))")[0] == list(range(500))


def test_a_nested_value_is_taken_within_bounds(warm: KernelProcess) -> None:
    data, about = nested_of(warm, "list(range(1400))")
    assert (len(data), data[-1]) == (1001, "… 400 more")
    assert about == {"type": "list", "items": 1400, "written": ["/1000"]}
    data, _ = nested_of(warm, "{n: list(range(2000)) for n in range(30)}")
    assert sum(map(len, data.values())) < 11_000
    data, _ = nested_of(
        warm,
        "deep = []\nfor _ in range(40):\n    deep = [deep, 'x' * 40]\nlong = [deep] * 30\nlong",
    )
    assert "list of 2" in json.dumps(data)
    data, about = nested_of(warm, "own = [['x' * 70], ['y' * 70]]\nown.append(own)\nown")
    assert (data[-1], about["written"]) == ("list that holds this one", ["/2"])
    data, _ = nested_of(
        warm,
        "import numpy as np\n[['z' * 70, float('nan'), 2**60, b'b'], [np.zeros(9), np.int64(4)]]",
    )
    assert data == [
        ["z" * 70, "nan", str(2**60), "b'b'"],
        ["numpy.ndarray 9 float64", "np.int64(4)"],
    ]


def test_a_nested_value_that_fails_is_its_text(warm: KernelProcess) -> None:
    code = (
        "class Once:\n    said = 0\n    def __repr__(self):\n        self.said += 1\n"
        "        return 'once' * 20 if self.said == 1 else 1 / 0\n[[Once()], [1] * 30]"
    )
    assert nested_of(warm, code) == (None, {})
