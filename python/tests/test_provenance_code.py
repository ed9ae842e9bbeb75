"""The code part of provenance: what changes a step's digest, and what doesn't.

Each case is a project, a change to it, and whether a step's result would still stand
(``hit``) or not (``miss``). Known failures of other systems are among them, by name.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from project_files import loaded

from flownote import provenance

FLOW = """
    import features
    from features import clean
    LIMIT = 3
    class F(FlowSpec):
        rate = Parameter("rate", default=1)
        sizes = [1, 2]
        @step
        def start(self):
            self.rows = clean([1, 2])
            self.next(self.middle)
        @step
        def middle(self):
            self.total = sum(self.rows)
            self.next(self.end)
        @step
        def end(self):
            pass
        def unused(self):
            return 1
"""
FEATURES = """
    import math
    FACTOR = 2
    def clean(rows):
        return [scale(row) for row in rows]
    def scale(row):
        return row * FACTOR
    def other(row):
        return -row
"""


def flow(start: str, before: str = "", members: str = "") -> str:
    """Return a flow whose step `start` has the given body."""
    lines = "\n".join(f"        {line}" for line in start.splitlines())
    extra = "\n".join(f"    {line}" for line in members.splitlines())
    return (
        f"{before}\nclass F(FlowSpec):\n{extra}\n    @step\n    def start(self):\n{lines}\n"
        "        self.next(self.end)\n    @step\n    def end(self):\n        pass\n"
    )


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))


class Code:
    """What the tests look at: the code's own digest and what it runs on."""

    def __init__(self, code: provenance.StepCode) -> None:
        self.digest = code.digest
        self.coarse = code.coarse
        self.unverified = code.unverified
        self.parts = code.parts
        self.lines = code.lines
        self.distributions = code.distributions


def code(folder: Path, files: dict[str, str], step: str = "start") -> Code:
    with loaded(folder, files) as found:
        return Code(provenance.code_of(found.flow, step))


# name → (files before, files that change, step, "hit" or "miss")
CASES: dict[str, tuple[dict[str, str], dict[str, str], str, str]] = {}


def case(
    name: str,
    expected: str,
    before: str | dict[str, str],
    after: str | dict[str, str],
    step: str = "start",
) -> None:
    assert name not in CASES
    first = {"flow.py": before} if isinstance(before, str) else before
    second = {"flow.py": after} if isinstance(after, str) else after
    CASES[name] = (first, second, step, expected)


def features(name: str, expected: str, old: str, new: str, step: str = "start") -> None:
    """A case that changes one line of `features.py`."""
    assert old in FEATURES
    files = {"flow.py": FLOW, "features.py": FEATURES}
    case(name, expected, files, {"features.py": FEATURES.replace(old, new)}, step)


def in_flow(name: str, expected: str, old: str, new: str, step: str = "start") -> None:
    """A case that changes one line of `flow.py`."""
    assert old in FLOW
    files = {"flow.py": FLOW, "features.py": FEATURES}
    case(name, expected, files, {"flow.py": FLOW.replace(old, new)}, step)


# What must not matter.
in_flow("a comment", "hit", "LIMIT = 3", "LIMIT = 3  # rows")
in_flow("layout", "hit", "clean([1, 2])", "clean(\n                [1,\n                2])")
in_flow("a step's docstring", "hit", "def start(self):", "def start(self):\n            'Begin.'")
in_flow("joblib: lines shifted", "hit", "LIMIT = 3", "\n\n\n    LIMIT = 3")
in_flow("another step's body", "hit", "sum(self.rows)", "max(self.rows)")
in_flow("marimo: an unrelated edit", "hit", "return 1", "return 2")
in_flow("a global that isn't used", "hit", "LIMIT = 3", "LIMIT = 4")
in_flow("an import more", "hit", "import features", "import os, features")
features("a helper's docstring", "hit", "def scale(row):", 'def scale(row):\n        """Scale."""')
features("joblib: a log line more", "hit", "def scale(row):", "def scale(row):\n        print(row)")
features("a function that isn't reached", "hit", "return -row", "return 0")
features("a helper's type hints", "hit", "def scale(row):", "def scale(row: int) -> int:")
features("a pass more", "hit", "def scale(row):", "def scale(row):\n        pass")
features("a constant written otherwise", "hit", "FACTOR = 2", "FACTOR = 1 + 1")
features("quotes and brackets", "hit", "return row * FACTOR", "return (row * FACTOR)")
features(
    "order of definitions",
    "hit",
    "    def other(row):\n        return -row\n",
    "    def another(row):\n        return -row\n    def other(row):\n        return -row\n",
)
case(
    "a logger's line more",
    "hit",
    flow("x = 1\nself.x = x", "import logging\nlogger = logging.getLogger()"),
    flow(
        "x = 1\nlogger.info('x is %s', x)\nself.x = x",
        "import logging\nlogger = logging.getLogger()",
    ),
)
RETRIED = "from flownote import retry, timeout\n" + flow("self.x = 1")
case(
    "retries and timeouts",
    "hit",
    RETRIED,
    RETRIED.replace("    @step", "    @retry(times=2)\n    @timeout(minutes=1)\n    @step"),
)
case(
    "the flow's name",
    "hit",
    FLOW_PLAIN := flow("self.x = 1"),
    FLOW_PLAIN.replace("class F", "class G"),
)
case(
    "under if __name__",
    "hit",
    FLOW_PLAIN,
    FLOW_PLAIN + "\nif __name__ == '__main__':\n    print(1)\n    F()\n",
)
case(
    "for type checkers only",
    "hit",
    flow("self.x = h()", "from typing import TYPE_CHECKING\ndef h(): return 1"),
    flow(
        "self.x = h()",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy\ndef h(): return 1",
    ),
)
case(
    "a local of a global's name",
    "hit",
    flow("def f(scale):\n    return scale\nself.x = f(1)", "scale = [object()]"),
    flow("def f(scale):\n    return scale\nself.x = f(1)", "scale = [object(), 1]"),
)
case(
    "a comprehension's name of a global's",
    "hit",
    flow("self.x = [scale for scale in [1]]", "def scale(): return 1"),
    flow("self.x = [scale for scale in [1]]", "def scale(): return 2"),
)

# What must matter.
in_flow("Metaflow: a finished step's code", "miss", "clean([1, 2])", "clean([1, 3])")
in_flow("a step's own line, downstream", "miss", "sum(self.rows)", "max(self.rows)", "middle")
features("joblib, Prefect, Flyte: a helper", "miss", "scale(row) for", "-scale(row) for")
features("a helper's helper", "miss", "return row * FACTOR", "return row + FACTOR")
features("a constant in a helper's module", "miss", "FACTOR = 2", "FACTOR = 3")
features("a constant's type", "miss", "FACTOR = 2", "FACTOR = 2.0")
case(
    "marimo: a default argument",
    "miss",
    flow("self.x = h()", "def h(n=1):\n    return n"),
    flow("self.x = h()", "def h(n=2):\n    return n"),
)
case(
    "a default that is a global",
    "miss",
    flow("self.x = h()", "N = 1\ndef h(n=N):\n    return n"),
    flow("self.x = h()", "N = 2\ndef h(n=N):\n    return n"),
)
case(
    "a keyword's default",
    "miss",
    flow("self.x = h()", "def h(*, n=1):\n    return n"),
    flow("self.x = h()", "def h(*, n=2):\n    return n"),
)
CLOSURE = "def make(n):\n    def h():\n        return n\n    return h\nh = make({n})"
case(
    "Prefect: another closure",
    "miss",
    flow("self.x = h()", CLOSURE.replace("{n}", "1")),
    flow("self.x = h()", CLOSURE.replace("{n}", "2")),
)
case(
    "a closure over what was computed",
    "miss",
    {"flow.py": flow("self.x = h()", CLOSURE.replace("{n}", "N.n")), "N.py": "n = 1"}
    | {
        "flow.py": flow("self.x = h()", "import N\n" + CLOSURE.replace("{n}", "len(N.text())")),
        "N.py": "def text():\n    return 'a'",
    },
    {"N.py": "def text():\n    return 'ab'"},
)
case(
    "a closure over a function",
    "miss",
    flow("self.x = h()", "def f(): return 1\n" + CLOSURE.replace("{n}", "f")),
    flow("self.x = h()", "def f(): return 2\n" + CLOSURE.replace("{n}", "f")),
)
case(
    "a function made in a loop",
    "miss",
    flow("self.x = table[1]()", "table = [lambda n=n: n for n in (1, 2)]"),
    flow("self.x = table[1]()", "table = [lambda n=n: n for n in (1, 3)]"),
)
case(
    "a decorator's code",
    "miss",
    flow("self.x = h()", "def twice(f):\n    return lambda: 2 * f()\n@twice\ndef h(): return 1"),
    flow("self.x = h()", "def twice(f):\n    return lambda: 3 * f()\n@twice\ndef h(): return 1"),
)
case(
    "a decorator's argument",
    "miss",
    flow(
        "self.x = h()",
        "def by(n):\n    return lambda f: lambda: n * f()\n@by(1)\ndef h(): return 1",
    ),
    flow(
        "self.x = h()",
        "def by(n):\n    return lambda f: lambda: n * f()\n@by(2)\ndef h(): return 1",
    ),
)
WRAP = (
    "import functools\ndef loud(f):\n    @functools.wraps(f)\n    def wrapper(self):\n"
    "        self.n = {n}\n        return f(self)\n    return wrapper"
)
WRAPPED = flow("self.x = 1", WRAP.replace("{n}", "1")).replace(
    "    @step\n    def start", "    @loud\n    @step\n    def start"
)
case("a decorator on a step", "miss", WRAPPED, WRAPPED.replace("self.n = 1", "self.n = 2"))
CLASS = (
    "class Model:\n    size = 1\n    def fit(self):\n        return self.size\n"
    "    def other(self):\n        return 0"
)
case(
    "a class's method",
    "miss",
    flow("self.x = Model().fit()", CLASS),
    flow("self.x = Model().fit()", CLASS.replace("return self.size", "return -self.size")),
)
case(
    "a class's attribute",
    "miss",
    flow("self.x = Model().fit()", CLASS),
    flow("self.x = Model().fit()", CLASS.replace("size = 1", "size = 2")),
)
BASE = "class Base:\n    def fit(self):\n        return 1\nclass Model(Base):\n    pass"
case(
    "a base class's method",
    "miss",
    flow("self.x = Model().fit()", BASE),
    flow("self.x = Model().fit()", BASE.replace("return 1", "return 2")),
)
case(
    "a base class in another file",
    "miss",
    {
        "flow.py": flow(
            "self.x = Model().fit()", "from base import Base\nclass Model(Base):\n    pass"
        ),
        "base.py": "class Base:\n    def fit(self):\n        return 1",
    },
    {"base.py": "class Base:\n    def fit(self):\n        return 2"},
)
case(
    "a dataclass's field",
    "miss",
    flow(
        "self.x = P().n", "from dataclasses import dataclass\n@dataclass\nclass P:\n    n: int = 1"
    ),
    flow(
        "self.x = P().n", "from dataclasses import dataclass\n@dataclass\nclass P:\n    n: int = 2"
    ),
)
case(
    "an object among the globals",
    "miss",
    flow("self.x = m.n", "class M:\n    def __init__(self, n):\n        self.n = n\nm = M(1)"),
    flow("self.x = m.n", "class M:\n    def __init__(self, n):\n        self.n = n\nm = M(2)"),
)
case(
    "a global that another statement changes",
    "miss",
    flow("self.x = t[0]()", "def f(): return 1\nt = [f]\nt.append(lambda: 1)"),
    flow("self.x = t[0]()", "def f(): return 1\nt = [f]\nt.append(lambda: 2)"),
)
case(
    "a table of functions",
    "miss",
    flow("self.x = t['f']()", "def f(): return 1\nt = {'f': f}"),
    flow("self.x = t['f']()", "def f(): return 2\nt = {'f': f}"),
)
case(
    "a plain global that another statement changes",
    "miss",
    flow("self.x = t", "t = [1]\nt.append(2)"),
    flow("self.x = t", "t = [1]\nt.append(3)"),
)
case(
    "a method of the flow",
    "miss",
    flow("self.x = self.h()", "", "def h(self):\n    return 1"),
    flow("self.x = self.h()", "", "def h(self):\n    return 2"),
)
case(
    "a property of the flow",
    "miss",
    flow("self.x = self.h", "", "@property\ndef h(self):\n    return 1"),
    flow("self.x = self.h", "", "@property\ndef h(self):\n    return 2"),
)
case(
    "a static method through the class",
    "miss",
    flow("self.x = F.h()", "", "@staticmethod\ndef h():\n    return 1"),
    flow("self.x = F.h()", "", "@staticmethod\ndef h():\n    return 2"),
)
case(
    "a method that a helper calls on the flow",
    "miss",
    flow("h(self)", "def h(flow):\n    flow.x = flow.size()", "def size(self):\n    return 1"),
    flow("h(self)", "def h(flow):\n    flow.x = flow.size()", "def size(self):\n    return 2"),
)
case(
    "a method that isn't called on the flow",
    "hit",
    flow("h(self)", "def h(flow):\n    flow.x = 1", "def size(self):\n    return 1"),
    flow("h(self)", "def h(flow):\n    flow.x = 1", "def size(self):\n    return 2"),
)
INHERITED = {
    "flow.py": "from base import Base\nclass F(Base):\n    @step\n"
    "    def end(self):\n        pass\n",
    "base.py": "from flownote import FlowSpec, step\nfrom helpers import h\nclass Base(FlowSpec):\n"
    "    @step\n    def start(self):\n        self.x = h()\n        self.next(self.end)\n",
    "helpers.py": "def h():\n    return 1\n",
}
case("an inherited step's helper", "miss", INHERITED, {"helpers.py": "def h():\n    return 2\n"})
SUPER = INHERITED | {
    "flow.py": "from base import Base\nclass F(Base):\n    @step\n    def start(self):\n"
    "        super().start()\n    @step\n    def end(self):\n        pass\n"
}
case(
    "a step through super()",
    "miss",
    SUPER,
    {"base.py": INHERITED["base.py"].replace("h()", "h() + 1")},
)
LAZY = {
    "flow.py": flow("from lazy import h\nself.x = h()"),
    "lazy.py": "N = 1\ndef h():\n    return N\ndef other():\n    return 0\n",
}
case(
    "an import inside a step", "miss", LAZY, {"lazy.py": LAZY["lazy.py"].replace("N = 1", "N = 2")}
)
case(
    "an import inside a step, what isn't used",
    "hit",
    LAZY,
    {"lazy.py": LAZY["lazy.py"].replace("return 0", "return 1")},
)
PACKAGE = {
    "flow.py": flow("self.x = tools.text.h()", "import tools.text"),
    "tools/__init__.py": "",
    "tools/text.py": "from .numbers import one\ndef h():\n    return one()\n",
    "tools/numbers.py": "def one():\n    return 1\n",
}
case(
    "a relative import in a package",
    "miss",
    PACKAGE,
    {"tools/numbers.py": "def one():\n    return 2\n"},
)
REEXPORT = {
    "flow.py": flow("self.x = h()", "from tools import h"),
    "tools/__init__.py": "from .inner import *\n",
    "tools/inner.py": "def h():\n    return 1\ndef g():\n    return 1\n",
}
case("a star import", "miss", REEXPORT, {"tools/inner.py": "def h():\n    return 2\n"})
case(
    "a star import, what isn't used",
    "hit",
    REEXPORT,
    {"tools/inner.py": "def h():\n    return 1\ndef g():\n    return 2\n"},
)
case(
    "the same names swapped",
    "miss",
    flow("self.x = a() - b()", "def a(): return 1\ndef b(): return 2"),
    flow("self.x = a() - b()", "def a(): return 2\ndef b(): return 1"),
)
case(
    "a lambda among the globals",
    "miss",
    flow("self.x = h()", "h = lambda: 1"),
    flow("self.x = h()", "h = lambda: 2"),
)
case(
    "a partial",
    "miss",
    flow("self.x = h()", "from functools import partial\ndef f(n): return n\nh = partial(f, 1)"),
    flow("self.x = h()", "from functools import partial\ndef f(n): return n\nh = partial(f, 2)"),
)
case(
    "a cached function",
    "miss",
    flow("self.x = h()", "from functools import lru_cache\n@lru_cache\ndef h(): return 1"),
    flow("self.x = h()", "from functools import lru_cache\n@lru_cache\ndef h(): return 2"),
)
case(
    "a function that replaces another",
    "miss",
    flow("self.x = h()", "def g(): return 1\ndef h(): return 0\nh = g"),
    flow("self.x = h()", "def g(): return 2\ndef h(): return 0\nh = g"),
)
case(
    "a nested function",
    "miss",
    flow("def h():\n    return 1\nself.x = h()"),
    flow("def h():\n    return 2\nself.x = h()"),
)
case(
    "what is printed to a file",
    "miss",
    flow("print(1, file=open('x', 'w'))"),
    flow("print(2, file=open('x', 'w'))"),
)
case(
    "a log line that acts",
    "miss",
    flow("print(h())", "def h(): return 1"),
    flow("print(h())", "def h(): return 2"),
)
case(
    "where the step goes on",
    "miss",
    flow("self.x = 1"),
    flow("self.x = 1").replace("self.next(self.end)", "self.next(self.b)")
    + "    @step\n    def b(self):\n        self.next(self.end)\n",
)
case(
    "an environment variable of a step",
    "miss",
    "from flownote import environment\n"
    + flow("self.x = 1").replace(
        "    @step\n    def start", "    @environment(vars={'A': '1'})\n    @step\n    def start"
    ),
    "from flownote import environment\n"
    + flow("self.x = 1").replace(
        "    @step\n    def start", "    @environment(vars={'A': '2'})\n    @step\n    def start"
    ),
)

# Reach that can't be seen: the whole module.
GETATTR = {
    "flow.py": flow("self.x = h('one')", "from plug import h"),
    "plug.py": "import sys\ndef one():\n    return 1\n"
    "def h(name):\n    return getattr(sys.modules[__name__], name)()\n",
}
case(
    "getattr of a computed name",
    "miss",
    GETATTR,
    {"plug.py": GETATTR["plug.py"].replace("return 1", "return 2")},
)
EXEC = {
    "flow.py": flow("self.x = h()", "from plug import h"),
    "plug.py": "def one():\n    return 1\ndef h():\n    return eval('one()')\n",
}
case("eval", "miss", EXEC, {"plug.py": EXEC["plug.py"].replace("return 1", "return 2")})
VALUE = {
    "flow.py": flow("self.x = use(plug)", "import plug\ndef use(m):\n    return m.one()"),
    "plug.py": "def one():\n    return 1\n",
}
case("a module used as a value", "miss", VALUE, {"plug.py": "def one():\n    return 2\n"})
COMPUTED = {
    "flow.py": flow("import importlib\nself.x = importlib.import_module('plug').one()"),
    "plug.py": "def one():\n    return 1\n",
}
case("a module imported by name", "miss", COMPUTED, {"plug.py": "def one():\n    return 2\n"})


@pytest.mark.parametrize("name", CASES)
def test_case(name: str, tmp_path: Path) -> None:
    before, change, step, expected = CASES[name]
    first = code(tmp_path, before, step)
    second = code(tmp_path, {**before, **change}, step)
    assert first.unverified is None
    found = "hit" if first.digest == second.digest else "miss"
    assert found == expected, sorted(set(first.parts.items()) ^ set(second.parts.items()))


def test_the_table_is_as_large_as_promised() -> None:
    kinds = [expected for _, _, _, expected in CASES.values()]
    assert len(kinds) >= 60
    assert kinds.count("hit") >= 20


def test_it_is_the_same_in_every_process_and_folder(tmp_path: Path) -> None:
    files = {"flow.py": FLOW, "features.py": FEATURES}
    first = code(tmp_path / "a", files)
    second = code(tmp_path / "b" / "c", files)
    assert (first.digest, first.parts) == (second.digest, second.parts)


def test_equal_work_in_another_flow_and_step_is_found(tmp_path: Path) -> None:
    one = flow("self.x = h()", "from features import clean as h")
    two = one.replace("class F", "class G").replace("def start", "def load")
    two = two.replace(
        "    @step\n    def end",
        "    @step\n    def start(self):\n        self.next(self.load)\n    @step\n    def end",
    )
    first = code(tmp_path / "one", {"flow.py": one, "features.py": FEATURES})
    second = code(tmp_path / "two", {"flow.py": two, "features.py": FEATURES}, "load")
    assert first.digest == second.digest


def test_parts_say_what_changed_and_where(tmp_path: Path) -> None:
    files = {"flow.py": FLOW, "features.py": FEATURES}
    first = code(tmp_path, files)
    assert set(first.parts) == {
        "flow.py:F.start",
        "features.py:clean",
        "features.py:scale",
        "features.py:FACTOR",
    }
    assert first.lines["features.py:scale"] == 6
    second = code(tmp_path, files | {"features.py": FEATURES.replace("* FACTOR", "+ FACTOR")})
    changed = {name for name in first.parts if first.parts[name] != second.parts[name]}
    assert changed == {"features.py:scale"}


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (GETATTR, "getattr in plug.py:5"),
        (EXEC, "eval in plug.py:4"),
        (VALUE, "the module `plug` used as a value in flow.py"),
        (COMPUTED, "the module `plug` used as a value in flow.py"),
        ({"flow.py": flow("self.x = getattr(self, 'a' + 'b')()")}, "getattr in flow.py:7"),
    ],
)
def test_coarse_says_why(files: dict[str, str], reason: str, tmp_path: Path) -> None:
    assert reason in (code(tmp_path, files).coarse or "")


def test_what_can_be_seen_is_not_coarse(tmp_path: Path) -> None:
    body = "self.x = getattr(self, 'y', 1)\nsetattr(self, 'z' + 'a', 1)\nhasattr(self, 'b' + 'c')"
    assert code(tmp_path, {"flow.py": flow(body)}).coarse is None


def test_installed_code_counts_by_version(tmp_path: Path) -> None:
    body = "import numpy as np\nself.x = np.zeros(3)"
    np = pytest.importorskip("numpy")
    found = code(tmp_path, {"flow.py": flow(body, "import pytest, json")})
    assert found.distributions == {"numpy": np.__version__}
    through_helper = {
        "flow.py": flow("self.x = h()", "from helper import h"),
        "helper.py": "import numpy\ndef h():\n    return numpy.zeros(1)\n"
        "def g():\n    return pytest",
    }
    assert code(tmp_path, through_helper).distributions == {"numpy": np.__version__}
    assert code(tmp_path, {"flow.py": flow("self.x = 1", "import numpy")}).distributions == {}


def test_an_array_among_the_globals_counts_by_value(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    files = {
        "flow.py": flow("self.x = W", "import numpy as np\nW = np.array(n.values())\n").replace(
            "import numpy", "import n, numpy"
        ),
        "n.py": "def values():\n    return [1]",
    }
    first = code(tmp_path, files)
    assert (
        first.digest == code(tmp_path, files | {"n.py": "def values():\n    return [2 - 1]"}).digest
    )
    assert first.digest != code(tmp_path, files | {"n.py": "def values():\n    return [2]"}).digest


def test_a_closure_over_what_cannot_be_digested_is_unverified(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    made = "np.nditer([1])"  # an installed library's, and it can't be pickled
    text = "import numpy as np\n" + CLOSURE.replace("{n}", made)
    found = code(tmp_path, {"flow.py": flow("self.x = h()", text)})
    assert found.unverified == "`make[n]` holds a nditer"


def test_dates_and_patterns_count_by_value(tmp_path: Path) -> None:
    made = (
        "import n, datetime, re\nD = datetime.date(2026, 1, n.day())\nR = re.compile(str(n.day()))"
    )
    files = {"flow.py": flow("self.x = {name}", made), "n.py": "def day():\n    return 1"}
    for name in ("D", "R"):
        before = files | {"flow.py": files["flow.py"].replace("{name}", name)}
        first = code(tmp_path, before)
        second = code(tmp_path, before | {"n.py": "def day():\n    return 2"})
        assert first.digest != second.digest
        assert first.unverified is None


def test_a_logger_or_a_lock_among_the_globals_is_only_its_statement(tmp_path: Path) -> None:
    made = "import logging, threading\nlogger = logging.getLogger('x')\nlock = threading.Lock()"
    found = code(tmp_path, {"flow.py": flow("with lock:\n    logger.addFilter(None)", made)})
    assert found.unverified is None
    assert {name.partition(":")[2].partition("=")[0] for name in found.parts} >= {"logger", "lock"}


def test_a_large_file_is_indexed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flownote.provenance import index, kept

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    helpers = "\n".join(f"def h{n}():\n    return h{n + 1}() + {n}\n" for n in range(400))
    files = {"flow.py": flow("self.x = h0()", "from many import h0"), "many.py": helpers}
    first = code(tmp_path / "p", files)
    assert len(first.parts) == 401
    kept.flush()  # as when the process ends
    index._indexes.clear()

    def refuse(*_: object) -> None:
        raise AssertionError("the kept index should have been read")

    monkeypatch.setattr(kept, "write", refuse)
    again = code(tmp_path / "p", files)
    assert (again.digest, again.parts) == (first.digest, first.parts)
    # A damaged one is made again.
    index._indexes.clear()
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for path in (tmp_path / "cache").rglob("*.json"):
        path.write_text("{")
    assert code(tmp_path / "p", files).digest == first.digest
