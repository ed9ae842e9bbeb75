"""Names are rebound before each cell, and versions kept (notebook rules 3 and 5)."""

from __future__ import annotations

from typing import Any

import pytest
from kernel_process import KernelProcess


def bind(**versions: int) -> dict[str, Any]:
    """A `rebind` that binds names to versions that the kernel has."""
    return {"set": versions, "unset": []}


def test_a_cell_sees_the_versions_that_it_is_given(kernel: KernelProcess) -> None:
    kernel.run("x = 'first'")
    kernel.run("x = 'second'")
    assert kernel.run("x", rebind=bind(x=1)).result == "'first'"
    assert kernel.run("x", rebind=bind(x=2)).result == "'second'"
    ran = kernel.run("x", rebind={"set": {}, "unset": ["x"]})
    assert ran.error["name"] == "NameError"


def test_functions_see_globals_as_at_their_callers_position(kernel: KernelProcess) -> None:
    kernel.run("scale = 2\ndef f(x): return x * scale")
    kernel.run("scale = 10")
    assert kernel.run("f(1)", rebind=bind(scale=1)).result == "2"
    assert kernel.run("f(1)", rebind=bind(scale=2)).result == "10"


MUTATIONS = [
    ("[1, 2]", "x.append(3)", "[1, 2]", "[1, 2, 3]"),
    ("{'a': 1}", "x['b'] = 2", "{'a': 1}", "{'a': 1, 'b': 2}"),
    ("{'a': [1]}", "x['a'].append(2)", "{'a': [1]}", "{'a': [1, 2]}"),
    ("{1}", "x.add(2)", "{1}", "{1, 2}"),
    ("3", "x += 1", "3", "4"),
    ("bytearray(b'a')", "x.extend(b'b')", "bytearray(b'a')", "bytearray(b'ab')"),
    (
        "__import__('collections').defaultdict(list)",
        "x['k'].append(1)",
        "defaultdict(list, {})",
        "defaultdict(list, {'k': [1]})",
    ),
    (
        "__import__('collections').Counter('aab')",
        "x.update('b')",
        "Counter({'a': 2, 'b': 1})",
        "Counter({'a': 2, 'b': 2})",
    ),
    ("__import__('numpy').zeros(2)", "x[0] = 5", "array([0., 0.])", "array([5., 0.])"),
]


@pytest.mark.parametrize(("make", "change", "before", "after"), MUTATIONS)
def test_a_change_in_place_leaves_the_old_version(
    kernel: KernelProcess, make: str, change: str, before: str, after: str
) -> None:
    kernel.run(f"x = {make}").ok()
    ran = kernel.run(change, snapshot=["x"]).ok()
    assert "x" in ran.finished["defined"] and ran.finished["defined"]["x"]["live"] is False
    assert kernel.run("x", rebind=bind(x=1)).result == before
    assert kernel.run("x", rebind=bind(x=2)).result == after
    # Running the cell again starts from the value above it.
    kernel.run(change, snapshot=["x"], rebind=bind(x=1)).ok()
    assert kernel.run("x", rebind=bind(x=5)).result == after
    assert kernel.run("x", rebind=bind(x=1)).result == before


def test_frames_change_in_every_way_and_keep_their_old_version(kernel: KernelProcess) -> None:
    code = "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2], 't': ['x', 'y']})\nold = df.copy()"
    kernel.run(code).ok()
    changes = [
        "df['b'] = 1",
        "df.loc[0, 'a'] = 9",
        "df.iloc[:, 0] *= 3",
        "df.rename(columns={'a': 'z'}, inplace=True)",
        "df.drop(index=0, inplace=True)",
        "df['a'].to_numpy()",
        "df.columns = ['p', 'q']",
        "df.insert(0, 'c', 5)",
    ]
    for change in changes:
        kernel.run(change, snapshot=["df"], rebind=bind(df=1)).ok()
        ran = kernel.run("df.equals(old) and list(df.columns) == ['a', 't']", rebind=bind(df=1))
        assert ran.result == "True", change


def test_objects_of_the_notebooks_classes_are_copied(kernel: KernelProcess) -> None:
    kernel.run("class Box:\n    def __init__(self): self.items = [1]\nx = Box()")
    kernel.run("x.items.append(2); x.name = 'n'", snapshot=["x"]).ok()
    assert kernel.run("x.items, vars(x)", rebind=bind(x=1)).result == "([1], {'items': [1]})"
    assert kernel.run("x.items", rebind=bind(x=2)).result == "[1, 2]"


def test_what_has_no_cheap_copy_is_live(kernel: KernelProcess) -> None:
    kernel.run("import numpy\nbig = numpy.zeros((65 << 20) // 8)\ngen = iter([1, 2])")
    ran = kernel.run("big[0] = 1\nnext(gen)", snapshot=["big", "gen"])
    assert ran.finished["defined"]["big"]["live"] and ran.finished["defined"]["gen"]["live"]


@pytest.mark.parametrize("make", ["[1]", "{'a': [1]}", "__import__('numpy').zeros(2)"])
def test_names_of_one_object_go_on_sharing_one(kernel: KernelProcess, make: str) -> None:
    kernel.run(f"x = {make}\ny = x\nholds = [x, 1]").ok()
    change = "(x.append(2) if hasattr(x, 'append') else x.__setitem__(1, 5))"
    # The text of the cell shows only one of the names.
    ran = kernel.run(change, snapshot=["holds", "x"]).ok()
    assert list(ran.finished["defined"]) == ["holds", "x", "y"]
    same = "x is y, holds[0] is x, repr(x)"
    after = kernel.run(same).result
    assert after.startswith("(True, True, ") and after != kernel.run(f"repr({make})").result
    before = kernel.run(same, rebind=bind(x=1, y=1, holds=1)).result
    assert before.startswith("(True, True, ") and before != after


def test_equal_constants_are_no_aliases(kernel: KernelProcess) -> None:
    kernel.run("x = 1\ny = 1\ns = t = 'text'").ok()
    ran = kernel.run("x += 1\ns += '!'", snapshot=["x", "s"]).ok()
    assert list(ran.finished["defined"]) == ["s", "x"]


def test_a_large_array_that_changes_in_place_has_no_old_version(kernel: KernelProcess) -> None:
    kernel.run("import numpy as np").ok()
    kernel.run("x = np.zeros(10_000_000)\ny = x").ok()
    ran = kernel.run("x[0] = 1", snapshot=["x"]).ok()
    assert ran.finished["lost"] == [{"name": "x", "version": 2}, {"name": "y", "version": 2}]
    assert list(ran.finished["defined"]) == ["x", "y"]
    answer = kernel.ask("export", "exported", names={"x": 2, "y": 2}, common=True)
    for value in answer["values"].values():
        assert "is not in this Python process" in value["error"]["message"]
    assert kernel.run("x is y, x[0]").result in ("(True, np.float64(1.0))", "(True, 1.0)")
    assert kernel.run("z = [1]\nz.append(2)").finished["lost"] == []


def test_names_of_one_object_are_one_after_they_were_stored(kernel: KernelProcess) -> None:
    kernel.run("x = [1, 2]\nother = [1, 2]").ok()
    first = kernel.ask("export", "exported", names={"x": 1, "other": 1})["values"]
    kernel.run("y = x").ok()
    second = kernel.ask("export", "exported", names={"y": 2})["values"]
    with KernelProcess(kernel.folder) as another:
        given = {
            name: {"version": version, "value": value}
            for name, version, value in (
                ("x", 11, first["x"]), ("other", 11, first["other"]), ("y", 12, second["y"]),
            )
        }  # fmt: skip
        rebind = {"set": given, "unset": []}
        assert another.run("x is y, x is other, x == other", rebind=rebind).result == (
            "(True, False, True)"
        )
        another.run("x.append(3)", snapshot=["x"]).ok()
        assert another.run("x is y, y").result == "(True, [1, 2, 3])"
        assert another.run("x is y, y", rebind=bind(x=11, y=12)).result == "(True, [1, 2])"


def test_what_lives_in_the_process_only_is_told(kernel: KernelProcess) -> None:
    code = (
        "import threading, numpy\nfile = open('/dev/null')\nlock = threading.Lock()\n"
        "class Holder: pass\nholder = Holder(); holder.lock = lock\nplain = Holder()\n"
        "pair = (1, lock)\ntable = numpy.ones(3)\nnumbers = {'a': [1, 2.0, None]}"
    )
    defined = kernel.run(code).ok().finished["defined"]
    live = {name for name, one in defined.items() if one["live"]}
    assert live == {"file", "lock", "Holder", "holder", "pair"}
    assert defined["table"]["summary"] == "3 float64"
    assert defined["plain"]["type"] == "__main__.Holder"


def test_forgotten_versions_are_gone(kernel: KernelProcess) -> None:
    kernel.run("x = 1")
    kernel.run("x = 2")
    kernel.send({"type": "forget", "versions": [{"name": "x", "version": 1}]})
    assert kernel.run("x", rebind=bind(x=1)).error["name"] == "NameError"
    assert kernel.run("x", rebind=bind(x=2)).result == "2"


def test_history_is_never_unbound(kernel: KernelProcess) -> None:
    kernel.run("41")
    assert kernel.run("_ + 1", rebind={"set": {}, "unset": ["anything"]}).result == "42"
    assert kernel.run("5").finished["defined"] == {}


def test_two_thousand_names_rebind_in_no_time(kernel: KernelProcess) -> None:
    kernel.run("\n".join(f"name_{place} = {place}" for place in range(2000))).ok()
    versions = {f"name_{place}": 1 for place in range(2000)}
    ran = kernel.run("name_1999", rebind={"set": versions, "unset": []})
    assert ran.result == "1999"
    assert ran.finished["defined"] == {}


SHARED = [
    ("a = [1]; d = {'x': a}", "`d` holds `a`"),
    ("a = [1]; b = [a]; c = (0, [b])", "holds `a`"),
    ("inner = {}; d = [inner]; e = [inner]; del inner", "hold one object"),
    ("class Point: pass\np = Point(); a = []; p.items = a", "`p` holds `a`"),
    ("rows = [{'a': 1}]\nfor row in rows: pass", "`rows` holds `row`"),
]


@pytest.mark.parametrize(("code", "why"), SHARED)
def test_what_is_held_twice_is_not_stored_apart(kernel: KernelProcess, code: str, why: str) -> None:
    assert why in kernel.run(code).ok().finished["uncacheable"]


def test_what_an_earlier_cell_left_is_held_by_a_later_one(kernel: KernelProcess) -> None:
    assert "uncacheable" not in kernel.run("a = [1]").ok().finished
    assert "`d` holds `a`" in kernel.run("d = {'x': a}").ok().finished["uncacheable"]
    assert "uncacheable" not in kernel.run("len(d)").ok().finished


@pytest.mark.parametrize(
    "code",
    [
        "x = 'text'; y = [x, x, 1]",
        "a = [1]; b = a",
        "a = [1]; b = {'x': list(a)}",
        "f = len; g = [f]",
        "pair = (1, 2); both = [pair, pair]",
    ],
)
def test_what_nothing_changes_may_be_held_twice(kernel: KernelProcess, code: str) -> None:
    assert "uncacheable" not in kernel.run(code).ok().finished
