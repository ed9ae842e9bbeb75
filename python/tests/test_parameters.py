"""What users type becomes values, or an error that names parameter, value and type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flownote import FlowSpec, IncludeFile, JSONType, Parameter, step
from flownote.exceptions import ParameterError, ReadOnlyAttribute
from flownote.flowspec import make_instance
from flownote.parameter_values import resolve

# name → (parameter's options, what is given, value)
VALUES: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "text": ({}, "a b", "a b"),
    "empty text": ({}, "", ""),
    "text that looks like a number": ({"type": str}, "007", "007"),
    "int": ({"type": int}, "42", 42),
    "negative int": ({"type": int}, " -7 ", -7),
    "int with underscores": ({"type": int}, "1_000", 1000),
    "int by default": ({"default": 1}, "2", 2),
    "float": ({"type": float}, "1e-3", 0.001),
    "float from a whole number": ({"type": float}, "3", 3.0),
    "float by default": ({"default": 0.5}, "2", 2.0),
    "bool": ({"type": bool}, "true", True),
    "bool in capitals": ({"type": bool}, "False", False),
    "bool as a word": ({"default": False}, "yes", True),
    "bool as a digit": ({"default": True}, "0", False),
    "json": ({"type": JSONType}, '{"a": [1, null]}', {"a": [1, None]}),
    "json by default": ({"default": {"a": 1}}, "[1]", [1]),
    "a Python value": ({"type": JSONType}, {"a": 1}, {"a": 1}),
    "a Python int for a float": ({"type": float}, 2, 2.0),
    "a list by separator": ({"separator": ","}, "a,b", ["a", "b"]),
    "a list of ints": ({"separator": ";", "type": int}, "1; 2", [1, 2]),
    "an empty list": ({"separator": ","}, "", []),
    "several": ({"multiple": True, "type": int}, ["1", "2"], (1, 2)),
    "several, once": ({"multiple": True}, "a", ("a",)),
    "several and a separator": (
        {"multiple": True, "separator": ","},
        ["a,b", "c"],
        ["a", "b", "c"],
    ),
}


@pytest.mark.parametrize("name", VALUES)
def test_values(name: str) -> None:
    options, given, expected = VALUES[name]
    value = Parameter("p", **options).convert(given)
    assert value == expected
    assert type(value) is type(expected)


# name → (parameter's options, what is given, message, hint)
REFUSED: dict[str, tuple[dict[str, Any], Any, str, str]] = {
    "int": ({"type": int}, "ten", "`p` must be a whole number, not 'ten'", "`--p 10`"),
    "int with a fraction": ({"type": int}, "1.5", "must be a whole number, not '1.5'", "--p"),
    "int from a bool": ({"type": int}, True, "must be a whole number, not True", "--p"),
    "float": ({"type": float}, "a lot", "must be a number, not 'a lot'", "`--p 0.5`"),
    "bool": ({"type": bool}, "maybe", "must be true or false, not 'maybe'", "`--p true`"),
    "json": ({"type": JSONType}, "{a: 1}", "must be JSON, not '{a: 1}' (character 2", "quote it"),
    "one of a list": ({"separator": ",", "type": int}, "1,x", "a whole number, not 'x'", "--p"),
    "something long": ({"type": int}, "x" * 500, "not 'xxxx", "--p"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    options, given, message, hint = REFUSED[name]
    with pytest.raises(ParameterError) as caught:
        Parameter("p", **options).convert(given)
    assert message in caught.value.message
    assert len(caught.value.message) < 200
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "a b"}, "can't be the name of a parameter"),
        ({"name": "1a"}, "can't be the name of a parameter"),
        ({"name": "p", "type": set}, "has the type 'set'"),
        ({"name": "p", "type": int, "default": "x"}, "the default of the parameter `p` must be"),
        ({"name": "p", "required": True, "default": 1}, "is required and has a default"),
    ],
)
def test_wrong_definitions(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Parameter(**options)
    assert message in caught.value.message
    assert caught.value.hint


class Train(FlowSpec):
    alpha = Parameter("alpha", default=0.5)
    size = Parameter("max-size", type=int, required=True)
    who = Parameter("who", default=lambda context: f"{context.user_name}/{context.flow_name}")

    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass


def test_command_line_before_environment_before_default() -> None:
    environ = {"FLOWNOTE_RUN_MAX_SIZE": "7", "FLOWNOTE_RUN_ALPHA": "0.1"}
    found = resolve(Train, {"alpha": "0.9"}, user_name="ana", environ=environ)
    assert found == {"alpha": 0.9, "size": 7, "who": "ana/Train"}
    assert resolve(Train, {"max_size": "1"}, environ={})["size"] == 1
    assert resolve(Train, {"max-size": "1"}, environ={})["alpha"] == 0.5


@pytest.mark.parametrize(
    ("given", "environ", "message", "hint"),
    [
        ({}, {}, "the parameter `max-size` needs a value", "FLOWNOTE_RUN_MAX_SIZE"),
        ({"max-size": "1", "alfa": "1"}, {}, "`Train` has no parameter `alfa`", "`--alpha`"),
        ({"max-size": "1", "zzz": "1"}, {}, "has no parameter `zzz`", "alpha, max-size, who"),
        ({}, {"FLOWNOTE_RUN_MAX_SIZE": "x"}, "`max-size` must be a whole", "FLOWNOTE_RUN_MAX_SIZE"),
    ],
)
def test_resolve_refuses(
    given: dict[str, str], environ: dict[str, str], message: str, hint: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        resolve(Train, given, environ=environ)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        resolve(Train, {"alpha": "x", "beta": "1"}, environ={})
    assert caught.value.message.splitlines() == [
        "3 parameters are wrong",
        "  `Train` has no parameter `beta`",
        "  the parameter `alpha` must be a number, not 'x'",
        "  the parameter `max-size` needs a value",
    ]


def test_a_default_that_fails() -> None:
    def default(context: Any) -> int:
        return 1 // 0

    with pytest.raises(
        ParameterError, match="default of the parameter `p` can't be computed: Zero"
    ):
        Parameter("p", type=int, default=default).default_value("F")


def test_included_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_bytes("é".encode("latin-1"))
    assert IncludeFile("p", encoding="latin-1").convert("a.txt") == "é"
    assert IncludeFile("p", is_text=False).convert("a.txt") == b"\xe9"
    assert IncludeFile("p", is_text=False, default="a.txt").default_value("F") == b"\xe9"
    with pytest.raises(ParameterError) as caught:
        IncludeFile("p").convert("a.txt")
    assert "`p` names the file `a.txt`, which is not text in utf-8" in caught.value.message
    assert "is_text=False" in (caught.value.hint or "")
    with pytest.raises(ParameterError) as caught:
        IncludeFile("p").convert("b.txt")
    assert "which can't be read: No such file" in caught.value.message


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        (Parameter("p"), {"kind": "str", "default": None}),
        (Parameter("p", default=True), {"kind": "bool", "default": "true"}),
        (Parameter("p", default={"a": 1}), {"kind": "json", "default": '{"a": 1}'}),
        (Parameter("p", default="[1]", type=JSONType), {"kind": "json", "default": "[1]"}),
        (Parameter("p", default=lambda c: 1), {"kind": "str", "default": None}),
        (Parameter("p", default=[1, 2], separator="|"), {"default": "1|2", "separator": "|"}),
        (Parameter("p", multiple=True), {"separator": ","}),
        (Parameter("p", default=1, show_default=False), {"default": None}),
        (IncludeFile("p", default="a.csv"), {"kind": "file", "default": "a.csv"}),
        (Parameter("p", required=True, help="x"), {"required": True, "help": "x"}),
    ],
)
def test_description(parameter: Parameter, expected: dict[str, Any]) -> None:
    assert parameter.describe().items() >= expected.items()


class FakeState:
    """Stands where a worker's state does."""

    def load(self, name: str) -> Any:
        return {"alpha": 0.25}[name]


def test_on_the_class_and_on_instances() -> None:
    assert isinstance(Train.alpha, Parameter)
    bare = Train(use_cli=False)
    assert bare.alpha == 0.5
    bare.alpha = 0.75  # a test of a single step may
    assert bare.alpha == 0.75
    running = make_instance(Train, FakeState())
    assert running.alpha == 0.25
    with pytest.raises(ReadOnlyAttribute, match="`alpha` is a parameter and can't be assigned"):
        running.alpha = 1
