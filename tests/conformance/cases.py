"""The cases: a flow of `flows/`, and how it is run."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One run of one flow."""

    name: str
    flow: str
    args: str = ""
    env: dict[str, str] = field(default_factory=dict)  # `@` stands for the engine's prefix
    fails: bool = False
    output: bool = False  # whether what the tasks print is compared

    @property
    def flow_name(self) -> str:
        """Return the class's name: the file's, capitalised."""
        return self.flow.capitalize()


_KINDS = [
    "list", "tuple", "range", "string", "dict", "set", "empty", "generator", "number", "none",
    "objects", "wide",
]  # fmt: skip
_ENDINGS = [
    "value", "cause", "odd", "exit-zero", "exit-three", "exit-text", "os-exit", "kill",
    "interrupt", "recursion", "memory", "missing", "unpicklable", "assertion",
]  # fmt: skip

CASES = [
    Case("linear", "linear"),
    Case("linear-one-worker", "linear", "--max-workers 1 --tag nightly --tag grüße"),
    Case("with-retry", "linear", "--with retry:times=1,minutes_between_retries=0"),
    Case("values", "values"),
    Case("inheritance", "inheritance"),
    Case("branches", "branches"),
    *(Case(f"foreach-{kind}", "foreach", f"--kind {kind}") for kind in _KINDS),
    Case("nested", "nested"),
    Case("joins", "joins"),
    Case("constants", "constants"),
    Case("override-constant", "override", "--what constant"),
    Case("override-parameter", "override", "--what parameter"),
    Case("parameters", "parameters"),
    Case(
        "parameters-given",
        "parameters",
        "--text grüße --whole -4 --real 1e3 --flag True --typed 7 --words x,y,z "
        "--data [1,2] --parsed {} --made m --other-name o --under_score v "
        "--content helper/failing.py --raw helper/failing.py",
    ),
    Case(
        "parameters-environment", "parameters", "--whole 5", {"@RUN_TEXT": "e", "@RUN_WHOLE": "6"}
    ),
    Case("required", "required", "--who you"),
    Case("required-missing", "required"),
    Case("parameters-wrong", "parameters", "--whole x"),
    Case("parameters-unknown", "parameters", "--nothing x"),
    Case("retries", "retries"),
    Case("currents", "currents", "--tag t1 --tag t2"),
    Case("mutation", "mutation"),
    Case("deletion", "deletion"),
    Case("printing", "printing", output=True),
    *(Case(f"ends-by-{how}", "endings", f"--how {how}") for how in _ENDINGS),
    Case("processes", "processes"),
    Case("names", "names"),
    Case("naming", "naming"),
    Case("habits", "habits"),
]
