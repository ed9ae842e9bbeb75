"""A flow's description says what its source says, right or wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from project_files import loaded

from flownote.describe import describe
from flownote.exceptions import DecoratorError


def described(folder: Path, flow: str, **files: str) -> dict[str, Any]:
    texts = {f"{name}.py": text for name, text in files.items()} | {"flow.py": flow}
    with loaded(folder, texts) as found:
        return describe(found.flow)


def body(start: str, before: str = "") -> str:
    """Return a flow whose step `start` has the given body."""
    lines = "\n".join(f"        {line}" for line in start.splitlines())
    return (
        f"{before}\nclass F(FlowSpec):\n    @step\n    def start(self):\n{lines}\n"
        "    @step\n    def a(self):\n        self.next(self.end)\n"
        "    @step\n    def b(self):\n        self.next(self.end)\n"
        "    @step\n    def end(self):\n        pass\n"
    )


PLAIN = {
    "targets": ["a"],
    "foreach": None,
    "has_foreach": False,
    "literal": True,
    "last": True,
    "keywords": [],
}

# name → (body of `start`, what each transition says beside its line)
TRANSITIONS = {
    "linear": ("self.next(self.a)", [{}]),
    "split": ("self.next(self.a, self.b)", [{"targets": ["a", "b"]}]),
    "foreach": (
        "self.xs = [1]\nself.next(self.a, foreach='xs')",
        [{"foreach": "xs", "has_foreach": True}],
    ),
    "foreach by variable": (
        "name = 'xs'\nself.next(self.a, foreach=name)",
        [{"has_foreach": True, "literal": False}],
    ),
    "foreach of no text": (
        "self.next(self.a, foreach=3)",
        [{"has_foreach": True, "literal": False}],
    ),
    "several lines": (
        "self.next(\n    self.a,\n    # both\n    self.b,\n)",
        [{"targets": ["a", "b"]}],
    ),
    "in an if": ("if self.x:\n    self.next(self.a)", [{"last": False}]),
    "in both branches": (
        "if self.x:\n    self.next(self.a)\nelse:\n    self.next(self.b)",
        [{"last": False}, {"last": False, "targets": ["b"]}],
    ),
    "not last": ("self.next(self.a)\nprint()", [{"last": False}]),
    "twice": (
        "self.next(self.a)\nself.next(self.b)",
        [{"last": False}, {"targets": ["b"]}],
    ),
    "none": ("pass", []),
    "to nothing": ("self.next()", [{"targets": []}]),
    "unknown target": ("self.next(self.nowhere)", [{"targets": ["nowhere"]}]),
    "target by variable": (
        "t = self.a\nself.next(t)",
        [{"targets": [], "literal": False}],
    ),
    "target by getattr": (
        "self.next(getattr(self, 'a'))",
        [{"targets": [], "literal": False}],
    ),
    "starred targets": (
        "self.next(*[self.a])",
        [{"targets": [], "literal": False}],
    ),
    "starred keywords": (
        "self.next(self.a, **{'foreach': 'xs'})",
        [{"literal": False}],
    ),
    "other keyword": (
        "self.next(self.a, num_parallel=3)",
        [{"keywords": ["num_parallel"]}],
    ),
    "in a lambda": ("f = lambda: self.next(self.a)\nf()", [{"last": False}]),
    "assigned": ("x = self.next(self.a)", [{"last": False}]),
    "in a try": (
        "try:\n    self.next(self.a)\nfinally:\n    pass",
        [{"last": False}],
    ),
    "another's next": ("it = iter([1])\nnext(it)\nself.next(self.a)", [{}]),
    "an artifact's next": ("self.it.next(self.b)\nself.next(self.a)", [{}]),
    "in a string": ("'self.next(self.b)'\nself.next(self.a)", [{}]),
}


@pytest.mark.parametrize("case", TRANSITIONS)
def test_transitions(case: str, tmp_path: Path) -> None:
    start, expected = TRANSITIONS[case]
    step = described(tmp_path, body(start))["steps"][0]
    found = [{k: v for k, v in one.items() if k != "line"} for one in step["transitions"]]
    assert found == [PLAIN | one for one in expected]


def test_whole_description(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    flow = '''
        class Train(FlowSpec):
            """Train a model.

            With care:
                Indented.
            """

            alpha = Parameter("alpha", default=0.5, help="learning rate")
            layers = [1, 2]

            @step
            def start(self):
                """Begin."""
                self.next(self.end)

            @step
            def end(self):
                pass
    '''
    assert described(tmp_path, flow) == {
        "name": "Train",
        "file": "flow.py",
        "line": 3,
        "doc": "Train a model.\n\nWith care:\n    Indented.",
        "parameters": [
            {
                "attribute": "alpha",
                "line": 10,
                "name": "alpha",
                "kind": "float",
                "default": "0.5",
                "required": False,
                "separator": None,
                "help": "learning rate",
            }
        ],
        "steps": [
            {
                "name": "start",
                "file": "flow.py",
                "line": 14,
                "doc": "Begin.",
                "arguments": ["self"],
                "decorators": [],
                "transitions": [PLAIN | {"line": 16, "targets": ["end"]}],
            },
            {
                "name": "end",
                "file": "flow.py",
                "line": 19,
                "doc": None,
                "arguments": ["self"],
                "decorators": [],
                "transitions": [],
            },
        ],
        "constants": ["layers"],
        "decorators": [],
    }


def names(description: dict[str, Any]) -> list[str]:
    return [step["name"] for step in description["steps"]]


BASE = """
    from flownote import FlowSpec, Parameter, step

    class Base(FlowSpec):
        rate = Parameter("rate", default=1)
        limit = 3

        @step
        def start(self):
            self.next(self.work)

        @step
        def end(self):
            pass
"""
WORK = "    @step\n    def work(self):\n        self.next(self.end)\n"


def test_base_class_in_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = described(tmp_path, f"from base import Base\nclass F(Base):\n{WORK}", base=BASE)
    assert names(found) == ["start", "end", "work"]
    assert [step["file"] for step in found["steps"]] == ["base.py", "base.py", "flow.py"]
    assert [one["name"] for one in found["parameters"]] == ["rate"]
    assert found["constants"] == ["limit"]


def test_an_overridden_step_stands_once(tmp_path: Path) -> None:
    flow = f"from base import Base\nclass F(Base):\n    limit = 4\n{WORK}" + (
        "    @step\n    def start(self):\n        'mine'\n        self.next(self.work)\n"
    )
    found = described(tmp_path, flow, base=BASE)
    assert sorted(names(found)) == ["end", "start", "work"]
    assert [one["doc"] for one in found["steps"] if one["name"] == "start"] == ["mine"]


def test_a_step_overridden_by_a_plain_method_is_none(tmp_path: Path) -> None:
    flow = f"from base import Base\nclass F(Base):\n{WORK}    def start(self):\n        pass\n"
    assert names(described(tmp_path, flow, base=BASE)) == ["end", "work"]


def test_a_mixin_without_flowspec(tmp_path: Path) -> None:
    flow = """
        class Mixin:
            @step
            def middle(self):
                self.next(self.end)

        class F(Mixin, FlowSpec):
            @step
            def start(self):
                self.next(self.middle)
            @step
            def end(self):
                pass
    """
    assert names(described(tmp_path, flow)) == ["middle", "start", "end"]


def test_a_name_defined_twice_stands_twice(tmp_path: Path) -> None:
    flow = """
        from flownote import retry
        class F(FlowSpec):
            @step
            def start(self):
                self.next(self.end)
            @retry(times=1)
            @step
            def end(self):
                'first'
            @step
            def end(self):
                'second'
    """
    found = described(tmp_path, flow)["steps"]
    assert [(one["name"], one["doc"]) for one in found[1:]] == [("end", "first"), ("end", "second")]
    assert [[d["name"] for d in one["decorators"]] for one in found[1:]] == [["retry"], []]


def test_decorators_with_arguments_and_defaults(tmp_path: Path) -> None:
    flow = """
        from flownote import retry, catch, timeout, resources
        TIMES = 2
        class F(FlowSpec):
            @retry(times=TIMES + 1)
            @catch
            @timeout(minutes=1)
            @step
            def start(self):
                self.next(self.end)
            @step
            @resources(memory=10)
            def end(self):
                pass
    """
    start, end = described(tmp_path, flow)["steps"]
    assert start["decorators"] == [
        {
            "name": "retry",
            "attributes": {"times": 3, "minutes_between_retries": 2, "backoff": 1},
        },
        {"name": "catch", "attributes": {"var": None, "print_exception": True}},
        {"name": "timeout", "attributes": {"seconds": 0, "minutes": 1, "hours": 0}},
    ]
    assert end["decorators"][0]["attributes"]["memory"] == 10


def test_a_wrapped_step_is_read_through_its_wrapper(tmp_path: Path) -> None:
    flow = """
        import functools
        def loud(function):
            @functools.wraps(function)
            def wrapper(self, *arguments):
                return function(self, *arguments)
            return wrapper
        class F(FlowSpec):
            @loud
            @step
            def start(self):
                self.next(self.end)
            @step
            @loud
            def end(self):
                pass
    """
    found = described(tmp_path, flow)["steps"]
    assert [one["name"] for one in found] == ["start", "end"]
    assert found[0]["transitions"][0]["targets"] == ["end"]
    assert found[0]["arguments"] == ["self"]


def test_a_wrapper_that_hides_its_function(tmp_path: Path) -> None:
    flow = """
        def hide(function):
            return lambda self: function(self)
        class F(FlowSpec):
            @step
            @hide
            def start(self):
                self.next(self.end)
            @step
            def end(self):
                pass
    """
    assert names(described(tmp_path, flow)) == ["start", "end"]


def test_steps_that_a_function_makes(tmp_path: Path) -> None:
    flow = """
        def make(text):
            @step
            def made(self):
                self.text = text
                self.next(self.end)
            return made
        class F(FlowSpec):
            start = make("a")
            @step
            def end(self):
                pass
    """
    found = described(tmp_path, flow)["steps"]
    assert sorted(one["name"] for one in found) == ["end", "start"]
    assert [one["transitions"][0]["targets"] for one in found if one["name"] == "start"] == [
        ["end"]
    ]


def test_a_step_under_an_if_in_the_class(tmp_path: Path) -> None:
    flow = """
        class F(FlowSpec):
            if True:
                @step
                def start(self):
                    self.next(self.end)
            else:
                @step
                def start(self):
                    self.next(self.nowhere)
            @step
            def end(self):
                pass
    """
    found = described(tmp_path, flow)["steps"]
    assert found[0]["transitions"][0]["targets"] in (["end"], ["nowhere"])
    assert found[-1]["name"] == "end"


def test_a_join_shows_its_arguments(tmp_path: Path) -> None:
    flow = (
        body("self.next(self.a)")
        + "    @step\n    def j(self, inputs, *more, k=1):\n        pass\n"
    )
    assert described(tmp_path, flow)["steps"][-1]["arguments"] == ["self", "inputs", "more", "k"]


def test_self_may_have_another_name(tmp_path: Path) -> None:
    flow = """
        class F(FlowSpec):
            @step
            def start(this):
                this.next(this.end)
            @step
            def end(this):
                pass
    """
    assert described(tmp_path, flow)["steps"][0]["transitions"][0]["targets"] == ["end"]


def test_what_is_no_constant(tmp_path: Path) -> None:
    flow = body("self.next(self.a)") + (
        "    import os\n    LIMIT = 1\n    _private = 2\n    size: int = 3\n    other: int\n"
        "    class Inner:\n        pass\n    make = lambda self: 1\n"
        "    @property\n    def p(self):\n        return 1\n"
        "    @staticmethod\n    def s():\n        pass\n"
        "    def helper(self):\n        pass\n"
    )
    assert described(tmp_path, flow)["constants"] == ["LIMIT", "size"]


def test_a_decorator_on_a_method_that_is_no_step(tmp_path: Path) -> None:
    flow = (
        "from flownote import retry\n"
        + body("self.next(self.a)")
        + ("    @retry\n    def helper(self):\n        pass\n")
    )
    with pytest.raises(DecoratorError, match="`@retry` stands on `helper`, which is not a step"):
        described(tmp_path, flow)


def test_it_reads_the_source_as_it_was_loaded(tmp_path: Path) -> None:
    with loaded(tmp_path, {"flow.py": body("self.next(self.a)")}) as found:
        (tmp_path / "flow.py").write_text("something else entirely\n" * 30)
        assert describe(found.flow)["steps"][0]["transitions"][0]["targets"] == ["a"]


def test_two_classes_of_one_name(tmp_path: Path) -> None:
    flow = body("self.next(self.a)") + body("self.next(self.b)")
    assert described(tmp_path, flow)["steps"][0]["transitions"][0]["targets"] == ["b"]


def test_windows_lines_tabs_and_another_encoding(tmp_path: Path) -> None:
    text = body("self.next(self.a)", "# -*- coding: latin-1 -*-\nNAME = 'é'")
    with loaded(tmp_path, {"flow.py": "x = 1"} | {"flow.py": body("self.next(self.a)")}):
        pass
    data = ("# -*- coding: latin-1 -*-\nfrom flownote import FlowSpec, step\n" + text).replace(
        "\n", "\r\n"
    )
    other = tmp_path / "other"
    other.mkdir()
    (other / "accents.py").write_bytes(data.encode("latin-1"))
    from project_files import clean_interpreter

    from flownote.loader import load_flow

    with clean_interpreter(other):
        found = load_flow(str(other / "accents.py"))
        assert describe(found.flow)["steps"][0]["transitions"][0]["targets"] == ["a"]
        assert found.flow.start.__globals__["NAME"] == "é"
