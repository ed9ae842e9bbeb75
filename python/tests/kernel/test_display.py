"""Values are shown in the forms that they have."""

from __future__ import annotations

import base64
import json

import pytest
from kernel_process import KernelProcess

RICH = """
class Rich:
    def _repr_html_(self): return '<b>hi</b>'
    def _repr_png_(self): return b'\\x89PNG'
    def _repr_svg_(self): return '<svg/>'
    def _repr_latex_(self): return '$x$'
    def _repr_json_(self): return {'a': 1}
    def _repr_markdown_(self): return '*hi*'
    def __repr__(self): return 'Rich()'
"""


def test_every_form_of_a_value_is_shown(warm: KernelProcess) -> None:
    (result,) = warm.run(RICH + "Rich()").ok().shown("result")
    assert result["data"] == {
        "text/plain": "Rich()",
        "text/html": "<b>hi</b>",
        "text/markdown": "*hi*",
        "image/svg+xml": "<svg/>",
        "image/png": base64.b64encode(b"\x89PNG").decode(),
        "text/latex": "$x$",
        "application/json": {"a": 1},
    }


def test_bundles_and_metadata(warm: KernelProcess) -> None:
    code = (
        "class Chart:\n"
        "    def _repr_mimebundle_(self, include=None, exclude=None):\n"
        "        data = {'application/x': {'n': float('nan')}, 'text/html': 'h'}\n"
        "        return data, {'text/html': {'w': 1}}\n"
        "Chart()"
    )
    (result,) = warm.run(code).ok().shown("result")
    assert result["data"]["application/x"] == {"n": None}
    assert result["metadata"] == {"text/html": {"w": 1}}


def test_a_form_that_fails_is_reported_and_the_others_are_shown(warm: KernelProcess) -> None:
    code = (
        "class Bad:\n    def _repr_html_(self): return 1 / 0\n"
        "    def __repr__(self): return 'Bad'\nBad()"
    )
    ran = warm.run(code)
    assert ran.error["name"] == "ZeroDivisionError"
    assert ran.result == "Bad"
    assert ran.status == "ok"


def test_values_that_show_themselves(warm: KernelProcess) -> None:
    code = "class Me:\n    def _ipython_display_(self): print('me')\nMe()"
    ran = warm.run(code).ok()
    assert ran.text() == "me\n" and ran.result is None


def test_display_and_update(warm: KernelProcess) -> None:
    ran = warm.run("h = display('a', display_id=True)\nh.update('b')\nh").ok()
    first, update = ran.shown("display")[0], ran.shown("update")[0]
    assert first["data"]["text/plain"] == "'a'" and update["data"]["text/plain"] == "'b'"
    assert first["display_id"] == update["display_id"]
    ran = warm.run("display(1, 2, metadata={'m': 1})").ok()
    assert [one["data"]["text/plain"] for one in ran.shown()] == ["1", "2"]
    assert ran.shown()[0]["metadata"] == {"m": 1}
    ran = warm.run("display({'text/html': 'x'}, raw=True)\ndisplay(1, include=['text/html'])").ok()
    assert [one["data"] for one in ran.shown()] == [{"text/html": "x"}]


def test_clearing(kernel: KernelProcess) -> None:
    code = "from IPython.display import clear_output, display, HTML, Image, JSON, Markdown\n"
    ran = kernel.run(code + "print(1)\nclear_output(wait=True)\nclear_output()").ok()
    assert ran.shown("clear") == [{"kind": "clear", "wait": True}, {"kind": "clear", "wait": False}]
    ran = kernel.run("display(HTML('<i>x</i>'), Markdown('*m*'))\nJSON({'a': 1})").ok()
    assert [sorted(one["data"]) for one in ran.shown()] == [
        ["text/html", "text/plain"],
        ["text/markdown", "text/plain"],
    ]
    assert ran.shown("result")[0]["data"]["application/json"] == {"a": 1}


def test_ipython_finds_this_shell(kernel: KernelProcess) -> None:
    kernel.run("import IPython\nfrom IPython import get_ipython as theirs").ok()
    assert kernel.run("theirs() is get_ipython()").ok().result == "True"
    assert kernel.run("type(get_ipython()).__name__").ok().result == "'ZMQInteractiveShell'"
    code = "from IPython.core.interactiveshell import InteractiveShell as S\n"
    assert kernel.run(code + "S.initialized(), S.instance() is get_ipython()").ok().result == (
        "(True, True)"
    )


def test_functions_for_types_are_registered_as_in_ipython(kernel: KernelProcess) -> None:
    kernel.run("f = get_ipython().display_formatter.formatters\nclass A: pass").ok()
    kernel.run("f['text/html'].for_type(A, lambda a: '<a>')")
    assert kernel.run("A()").shown("result")[0]["data"]["text/html"] == "<a>"
    kernel.run(
        "f['text/plain'].for_type_by_name('fractions', 'Fraction', lambda x, p, c: p.text('F'))"
    )
    assert kernel.run("from fractions import Fraction\nFraction(1, 2)").result == "F"
    kernel.run(
        "f['text/html'].pop(A); f['text/plain'].for_type(int, lambda x, p, c: p.text('int'))"
    )
    assert kernel.run("display(A())\n[1]").ok().result == "[int]"


def test_figures_are_shown_and_closed_where_the_cell_ends(kernel: KernelProcess) -> None:
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('after')"
    ran = kernel.run(code).ok()
    (figure,) = ran.shown()
    assert figure["data"]["text/plain"] == "<Figure size 640x480 with 1 Axes>"
    assert base64.b64decode(figure["data"]["image/png"]).startswith(b"\x89PNG")
    assert kernel.run("plt.get_fignums()").result == "[]"
    ran = kernel.run("fig, ax = plt.subplots()\nax.plot([1]);\nplt.show()\nprint('end')").ok()
    assert [one["kind"] for one in ran.outputs] == ["display", "stream"]
    ran = kernel.run("plt.figure(); plt.plot([1])\n1 / 0")
    assert len(ran.shown()) == 1 and ran.error["name"] == "ZeroDivisionError"
    ran = kernel.run("%config InlineBackend.figure_format = 'svg'\nplt.plot([1]);").ok()
    assert ran.shown()[0]["data"]["image/svg+xml"].startswith("<?xml")
    kernel.run("%config InlineBackend.figure_format = 'retina'\n%matplotlib inline").ok()
    ran = kernel.run("plt.plot([1]);").ok()
    assert ran.shown()[0]["metadata"]["image/png"]["width"] > 100
    ran = kernel.run("plt.ioff()\nfig = plt.figure(); plt.plot([1]);").ok()
    assert ran.shown() == []


def test_frames_have_html(kernel: KernelProcess) -> None:
    (result,) = kernel.run("import pandas as pd\npd.DataFrame({'a': [1]})").ok().shown("result")
    assert "<table" in result["data"]["text/html"]
    assert result["data"]["text/plain"] == "   a\n0  1"
    kernel.run("import polars as pl\ndisplay(pl.DataFrame({'a': [1]}))").ok()


@pytest.mark.parametrize(
    "code",
    [
        "list(range(200))",
        "{str(i): list(range(i)) for i in range(12)}",
        "[{'name': 'a' * 40, 'value': (1.5, None, True)}] * 4",
        "{1, 'a', (2, 3)}, frozenset('abc'), set(), frozenset()",
        "list(range(2000))",
        "dict, int, list.append, len, print",
        "[ValueError('x'), KeyError(), OSError(2, 'no')]",
        "__import__('collections').OrderedDict([('a', 1), ('b', [2] * 60)])",
        "__import__('collections').deque(range(40), maxlen=50)",
        "__import__('collections').Counter('hello world, this is a longer text'.split())",
        "__import__('collections').defaultdict(list, {'a': [1, 2]})",
        "__import__('types').SimpleNamespace(a=1, b='x' * 80)",
        "__import__('types').MappingProxyType({'a': 1})",
        "__import__('re').compile('a\\\\d+', 2)",
        "__import__('datetime').datetime(2026, 1, 2), __import__('datetime').timedelta(3)",
        "__import__('collections').namedtuple('P', 'x y')(1, [2] * 50)",
        "__import__('numpy').arange(40).reshape(4, 10)",
        "{'a': __import__('numpy').ones((3, 3)), 'b': __import__('pandas').Series([1, 2])}",
        "'a' * 200, b'x' * 90, 1j, ..., NotImplemented, range(3), slice(1)",
        "(1,), ((1,),), [[]], {}, ()",
        "(lambda l: l.append(l) or l)([1])",
        "(lambda d: d.update(d=d) or d)({'a': 1})",
        "'''multi\nline'''",
        "[type('X', (), {'__repr__': lambda s: 'a\\nb'})()] * 2",
        "type('M', (type,), {'__repr__': lambda s: 'meta'})('N', (), {})",
        "lambda x, y=1: x",
        "__import__('functools').partial(int, base=2)",
        "type('P', (), {'_repr_pretty_': lambda s, p, c: p.pretty([1] * 50)})()",
        "__import__('fractions').Fraction(1, 3), __import__('decimal').Decimal('1.5')",
        "__import__('pathlib').PurePosixPath('/a'), __import__('uuid').UUID(int=1)",
    ],
)
def test_our_pretty_printer_is_ipythons(code: str) -> None:
    from IPython.lib.pretty import pretty as theirs

    from flownote.kernel.pretty import pretty as ours

    value = eval(code)
    assert ours(value) == theirs(value)


def test_messages_are_json_whatever_is_shown(warm: KernelProcess) -> None:
    code = (
        "import numpy as np\ndata = {'a': np.float64(1.5), 'b': np.arange(2)}\n"
        "display({'application/json': data}, raw=True)"
    )
    (shown,) = warm.run(code).ok().shown()
    assert shown["data"]["application/json"] == {"a": 1.5, "b": [0, 1]}
    json.dumps(shown, allow_nan=False)


def test_all_expressions_are_shown_when_the_notebook_says_so(kernel: KernelProcess) -> None:
    code = "from IPython.core.interactiveshell import InteractiveShell\n"
    kernel.run(code + "InteractiveShell.ast_node_interactivity = 'all'").ok()
    assert [one["data"]["text/plain"] for one in kernel.run("1\n2").shown("result")] == ["1", "2"]
