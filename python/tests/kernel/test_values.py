"""Values go to other languages and come back."""

from __future__ import annotations

import importlib.util
import io
import json
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from kernel_process import KernelProcess


def exported(kernel: KernelProcess, code: str, name: str = "x") -> dict[str, Any]:
    """Run a cell and return what a name was exported as."""
    return kernel.run(code, exports=[name]).ok().finished["exports"][name]


def content(kernel: KernelProcess, value: dict[str, Any]) -> bytes:
    """Return the bytes of an exported value."""
    import base64

    if "inline" in value:
        return value["inline"].encode()
    if "inline_base64" in value:
        return base64.b64decode(value["inline_base64"])
    return (kernel.values / value["file"]).read_bytes()


def table(kernel: KernelProcess, value: dict[str, Any]) -> pyarrow.Table:
    """Return an exported Arrow table."""
    assert value["codec"] == "arrow", value
    return pyarrow.ipc.open_file(pyarrow.BufferReader(content(kernel, value))).read_all()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = 1", 1), ("x = 1.5", 1.5), ("x = None", None), ("x = True", True),
        ("x = [1, 'a', None]", [1, "a", None]), ("x = {'a': [1, {'b': 2}]}", {"a": [1, {"b": 2}]}),
        ("x = (1, 2)", [1, 2]), ("x = {3, 1}", [1, 3]), ("x = {1: 2}", {"1": 2}),
        ("import numpy as np\nx = np.float64(2.5)", 2.5),
        ("import numpy as np\nx = {'m': np.int64(3)}", {"m": 3}),
    ],
)  # fmt: skip
def test_plain_values_are_json(warm: KernelProcess, code: str, expected: Any) -> None:
    value = exported(warm, code)
    assert value["codec"] == "json"
    assert json.loads(content(warm, value)) == expected


def test_text_bytes_and_arrays(warm: KernelProcess) -> None:
    assert exported(warm, "x = 'é'")["codec"] == "utf8"
    assert exported(warm, "x = b'\\xff'")["codec"] == "bytes"
    value = exported(warm, "import numpy as np\nx = np.arange(10_000.0)")
    assert (value["codec"], value["type"]) == ("npy", "numpy.ndarray")
    import numpy

    assert numpy.load(io.BytesIO(content(warm, value))).sum() == 49995000.0
    value = exported(warm, "import scipy.sparse as s\nx = s.eye(3, format='csc')")
    assert value["codec"] == "csr"


def test_frames_are_arrow(warm: KernelProcess) -> None:
    code = (
        "import pandas as pd\n"
        "x = pd.DataFrame({'k': ['a', 'b', 'a'], 'v': [1.0, None, 3.0]}).groupby('k').sum()"
    )
    found = table(warm, exported(warm, code))
    assert found.to_pydict() == {"k": ["a", "b"], "v": [4.0, 0.0]}
    code = "x = pd.DataFrame({'a': [3, 1], 1: [[1], [2]]}, index=[5, 6]).sort_values('a')"
    assert table(warm, exported(warm, code)).to_pydict() == {"a": [1, 3], "1": [[2], [1]]}
    code = "x = pd.Series([1, 2], name='s')"
    assert table(warm, exported(warm, code)).to_pydict() == {"s": [1, 2]}
    assert table(warm, exported(warm, "x = pd.DataFrame()")).num_columns == 0
    assert table(warm, exported(warm, "x = pd.DataFrame({'a': []})")).num_rows == 0
    code = "import polars as pl\nx = pl.DataFrame({'a': [1, None]})"
    assert table(warm, exported(warm, code)).to_pydict() == {"a": [1, None]}
    code = "import pyarrow as pa\nx = pa.table({'a': [1]})"
    assert table(warm, exported(warm, code)).to_pydict() == {"a": [1]}


def test_dates_and_decimals_travel_as_arrow(warm: KernelProcess) -> None:
    import datetime
    from decimal import Decimal

    value = exported(warm, "import datetime\nx = datetime.date(2026, 1, 2)")
    assert value["meta"]["scalar"] is True
    assert table(warm, value).to_pydict() == {"value": [datetime.date(2026, 1, 2)]}
    value = exported(warm, "from decimal import Decimal\nx = [Decimal('1.50'), None]")
    assert table(warm, value).to_pydict() == {"value": [Decimal("1.50"), None]}
    reference = {**value, "path": str(warm.values / value.get("file", ""))}
    rebind = {"set": {"back": {"version": 1, "value": reference}}}
    assert warm.run("back", rebind=rebind).ok().result == "[Decimal('1.50'), None]"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("class M: pass\nx = M()", "`x`, a __main__.M, has no common form"),
        ("def x(): pass", "`x`, a function, has no common form"),
        ("import threading\nx = [threading.Lock()]", "`x`, a list, has no common form"),
        (
            "import pandas as pd\nx = pd.DataFrame([[1, 2]], columns=['a', 'a'])",
            "`x` has two columns `a`",
        ),
        (
            "import pandas as pd\nx = pd.DataFrame({'m': [1, 'a']})",
            "`x`, a pandas.DataFrame, has no common form:",
        ),
    ],
)
def test_what_has_no_common_form_says_so(warm: KernelProcess, code: str, message: str) -> None:
    error = exported(warm, code)["error"]
    assert error["message"].startswith(message) and error["hint"]


def test_versions_are_exported_between_cells(kernel: KernelProcess) -> None:
    kernel.run("x = [1]")
    kernel.run("x = [2]")
    answer = kernel.ask("export", "exported", names={"x": 1, "y": 9}, common=True)
    assert json.loads(answer["values"]["x"]["inline"]) == [1]
    assert "y" in answer["values"]["y"]["error"]["message"]
    kernel.run("class A: pass\nmodel = A()")
    answer = kernel.ask("export", "exported", names={"model": 3})
    assert answer["values"]["model"]["codec"] == "pickle"


def given(kernel: KernelProcess, value: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a value as the supervisor hands it over."""
    reference = {key: one for key, one in value.items() if key != "file"}
    if "file" in value:
        reference["path"] = str(kernel.values / value["file"])
    return {**reference, **more}


def test_old_values_that_are_files_are_let_go_and_read_again(kernel: KernelProcess) -> None:
    code = "import numpy as np, weakref\nx = np.zeros(200_000)\ny = x\nheld = weakref.ref(x)"
    value = exported(kernel, code)
    other = exported(kernel, "x = np.ones(200_000)\nother = weakref.ref(x)")
    kernel.run("x = 3").ok()
    old = [
        {"name": "x", "version": 1, "value": given(kernel, value)},
        {"name": "x", "version": 2, "value": given(kernel, other)},
    ]
    look = "held() is None, other() is None"
    for at_most, gone in ((1 << 24, "(False, False)"), (0, "(False, True)")):
        kernel.send({"type": "spill", "at_most": at_most, "values": old})
        assert kernel.run(look).ok().result == gone, "what has a second name stays"
    rebind = {"set": {"x": 2}}
    assert kernel.run("float(x.sum()), other() is None", rebind=rebind).ok().result == (
        "(200000.0, True)"
    )
    kernel.send({"type": "spill", "at_most": 0, "values": old})
    assert kernel.run("float(x.sum())").ok().result == "200000.0", "what is bound stays"


def test_values_are_restored_in_another_process(kernel: KernelProcess, tmp_path: Path) -> None:
    code = (
        "import numpy as np, pandas as pd\na = np.arange(10_000)\nb = {'t': (1, 2)}\n"
        "c = pd.DataFrame({'x': range(2000)}, index=pd.Index(range(2000), name='i'))\nd = 'text'"
    )
    kernel.run(code).ok()
    names = dict.fromkeys("abcd", 1)
    values = kernel.ask("export", "exported", names=names)["values"]
    with KernelProcess(tmp_path) as other:
        given_ = {name: given(kernel, value) for name, value in values.items()}
        other.send({"type": "define", "version": 7, "values": given_})
        code = "a[0] = 5\nint(a[:3].sum()), b, c.index.name, c.shape, d"
        ran = other.run(code, rebind={"set": dict.fromkeys("abcd", 7)}).ok()
        assert ran.result == "(8, {'t': (1, 2)}, 'i', (2000, 1), 'text')"
    assert kernel.run("int(a[0])").result == "0"


def test_tables_of_other_languages_are_frames(kernel: KernelProcess) -> None:
    value = exported(kernel, "import pyarrow as pa\nx = pa.table({'a': list(range(1000))})")
    rebind = {"set": {"t": {"version": 3, "value": given(kernel, value, type="flownote.Table")}}}
    assert kernel.run("type(t).__name__, int(t.a.sum())", rebind=rebind).ok().result == (
        "('DataFrame', 499500)"
    )
    reference = given(kernel, value, type="flownote.Table", **{"as": "polars"})
    rebind = {"set": {"p": {"version": 4, "value": reference}}}
    assert (
        kernel.run("type(p).__module__.partition('.')[0]", rebind=rebind).ok().result == "'polars'"
    )


def test_arrays_of_other_languages_are_read_only(kernel: KernelProcess) -> None:
    value = exported(kernel, "import numpy as np\nx = np.zeros(1000)")
    rebind = {"set": {"v": {"version": 3, "value": given(kernel, value, type="rust.Vec")}}}
    assert "read-only" in kernel.run("v[0] = 1", rebind=rebind).error["message"]


def test_a_value_whose_file_is_gone_says_what_to_do(kernel: KernelProcess) -> None:
    reference = {"codec": "npy", "digest": "ab", "size": 10, "type": "numpy.ndarray", "path": "/no"}
    ran = kernel.run("x", rebind={"set": {"x": {"version": 9, "value": reference}}})
    assert "`x`" in ran.error["message"] and ran.error["hint"] == "run the cell that makes it"
    assert kernel.run("'others run'").ok().result == "'others run'"
    reference = {"codec": "pickle", "digest": "ab", "size": 3, "type": "m.A", "inline": "bad"}
    ran = kernel.run("y", rebind={"set": {"y": {"version": 9, "value": reference}}})
    assert "`y` can't be read: UnpicklingError" in ran.error["message"]


def test_a_folder_that_can_t_be_written_fails_the_export_only(tmp_path: Path) -> None:
    (tmp_path / ".values").write_text("a file in its place")
    with KernelProcess(tmp_path) as kernel:
        error = exported(kernel, "x = 'a' * 100_000")["error"]
        assert error["message"] and kernel.run("len(x)").ok().result == "100000"


def test_functions_of_wasm_cells_take_whole_columns(kernel: KernelProcess) -> None:
    if importlib.util.find_spec("flownote_studio") is None:
        reference = {"codec": "wasm", "digest": "ab", "size": 1, "type": "f", "inline": "x"}
        ran = kernel.run("f", rebind={"set": {"f": {"version": 9, "value": reference}}})
        assert "flownote-studio" in ran.error["hint"]
        return
    kernel.run(
        "from flownote_studio.wasm import compile_cell\n"
        "wat = '''\n;; export: double(x: f64) -> f64\n"
        '(module (func (export "double") (param f64) (result f64)\n'
        "    (f64.mul (f64.const 2) (local.get 0))))\n'''"
    ).ok()
    value = exported(kernel, "x = compile_cell(wat)['double']")
    assert value["codec"] == "wasm"
    rebind = {"set": {"f": {"version": 9, "value": given(kernel, value)}}}
    code = "import numpy as np\nf(np.arange(3.0)), f(4)"
    assert kernel.run(code, rebind=rebind).ok().result == "(array([0., 2., 4.]), 8.0)"


def test_an_object_is_restored_once_its_class_is_defined(
    kernel: KernelProcess, tmp_path: Path
) -> None:
    define = "class Box:\n    def __init__(self, n): self.n = n"
    kernel.run(define)
    kernel.run("box = Box(3)")
    value = kernel.ask("export", "exported", names={"box": 2})["values"]["box"]
    with KernelProcess(tmp_path) as other:
        binding = {"version": 90, "value": given(kernel, value)}
        ran = other.run("box.n", rebind={"set": {"box": binding}})
        assert "Box" in ran.error["message"]
        other.run("box = 'mine'").ok()
        assert other.run("box").ok().result == "'mine'"
        other.run("1", rebind={"set": {"box": 90}})
        other.run(define).ok()
        assert other.run("box.n").ok().result == "3"


def test_what_an_import_gives_again_is_kept_by_name(kernel: KernelProcess, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("def mine(): pass\n", encoding="utf-8")
    ran = kernel.run(
        "import json, os.path as p, types\nfrom textwrap import dedent\n"
        "from helper import mine\ndef own(): pass\nmade = types.ModuleType('made')\n"
    ).ok()
    live = {name for name, one in ran.finished["defined"].items() if one["live"]}
    assert live == {"mine", "own", "made"}
    names = dict.fromkeys(["json", "p", "dedent"], ran.finished["execution"])
    kept = kernel.ask("export", "exported", names=names, common=False)["values"]
    rebind = {"set": {name: {"version": 1, "value": value} for name, value in kept.items()}}
    with KernelProcess(tmp_path) as other:
        shown = other.run("json.__name__, p.__name__, dedent('  a')", rebind=rebind).ok().result
    assert shown == "('json', 'posixpath', 'a')"
