"""WASM functions in Python: columns of every library in, the same kind out."""

from __future__ import annotations

import copy
import pickle
import signal
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from flownote_studio.wasm import Function, WasmError, compile_cell

AT8 = "(i32.mul (local.get $at) (i32.const 8))"
AT4 = "(i32.mul (local.get $at) (i32.const 4))"

SCORE = f"""
;; export: score(affinity: f64[], age: i32[]) -> f64[]
;; export: twice(x: i64) -> i64
;; export: adult(age: u8) -> bool
(module
  (memory (export "memory") 1)
  (func (export "score") (param $rows i32) (param $x i32) (param $age i32) (param $out i32)
      (result i32)
    (local $at i32)
    (block $end (loop $next
      (br_if $end (i32.ge_u (local.get $at) (local.get $rows)))
      (f64.store (i32.add (local.get $out) {AT8})
        (f64.add
          (f64.load (i32.add (local.get $x) {AT8}))
          (f64.convert_i32_s (i32.load (i32.add (local.get $age) {AT4})))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next)))
    (i32.const 0))
  (func (export "twice") (param i64) (result i64) (i64.mul (i64.const 2) (local.get 0)))
  (func (export "adult") (param i32) (result i32) (i32.ge_u (local.get 0) (i32.const 18))))
"""

ENDLESS = """
;; export: forever(x: f64) -> f64
;; limits: deadline=20s
(module (func (export "forever") (param f64) (result f64) (loop $l (br $l)) (local.get 0)))
"""


@pytest.fixture(scope="module")
def cell() -> dict[str, Function]:
    return compile_cell(SCORE, label="cell 3")


@pytest.fixture(scope="module")
def score(cell: dict[str, Function]) -> Function:
    return cell["score"]


def test_numpy_gives_numpy(score: Function) -> None:
    x, age = np.arange(100_000.0), np.arange(100_000, dtype="int32")
    result = score(x, age)
    assert type(result) is np.ndarray and result.dtype == np.float64
    assert (result == x + age).all()
    result[0] = 5.0  # it is the caller's own


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", ">i4", "int32"])
def test_numpy_of_any_order_and_stride(score: Function, dtype: str) -> None:
    age = np.arange(20).astype(dtype)[::2]
    assert (score(np.zeros(20)[::2], age) == np.arange(0, 20, 2)).all()


def test_nan_is_a_number(score: Function) -> None:
    assert np.isnan(score(np.array([np.nan, 1.0]), 1)[0])


def test_truth_values(cell: dict[str, Function]) -> None:
    result = cell["adult"](np.array([17, 18], dtype="uint8"))
    assert result.dtype == bool and result.tolist() == [False, True]


def test_numbers_stand_for_each_row(score: Function) -> None:
    assert score(np.array([1.0, 2.0]), 3).tolist() == [4.0, 5.0]
    assert score(age=np.array([1, 2]), affinity=np.float64(1)).tolist() == [2.0, 3.0]


def test_numbers_alone_give_a_number(cell: dict[str, Function]) -> None:
    assert cell["score"](1.5, 2) == 3.5
    assert cell["twice"](21) == 42 and type(cell["twice"](21)) is int
    assert cell["adult"](18) is True
    assert cell["score"](None, 2) is None


def test_pandas_keeps_its_index(score: Function) -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0], "age": [3, 4]}, index=["a", "b"])
    result = score(frame.x, frame.age)
    pd.testing.assert_series_equal(result, pd.Series([4.0, 6.0], index=["a", "b"]))
    frame["score"] = score(frame["x"], 1)
    assert frame.score.tolist() == [2.0, 3.0]


def test_pandas_of_other_indexes_is_refused(score: Function) -> None:
    left, right = pd.Series([1.0, 2.0]), pd.Series([1, 2], index=[1, 0])
    with pytest.raises(WasmError, match="`affinity` and `age` have different indexes"):
        score(left, right)


def test_pandas_with_nulls(score: Function, cell: dict[str, Function]) -> None:
    nullable = pd.Series([1, None, 3], dtype="Int64")
    result = cell["twice"](nullable)
    assert result.dtype == "Int64" and result.tolist() == [2, pd.NA, 6]
    arrow = pd.Series([1, None, 3], dtype="int64[pyarrow]")
    assert cell["twice"](arrow).dtype == "int64[pyarrow]"
    assert cell["twice"](arrow).isna().tolist() == [False, True, False]


def test_polars_gives_polars(score: Function) -> None:
    frame = pl.DataFrame({"x": [1.0, None, 3.0], "age": [1, 2, 3]})
    result = score(frame["x"], frame["age"])
    assert isinstance(result, pl.Series) and result.name == "x"
    assert result.to_list() == [2.0, None, 6.0]
    assert frame.with_columns(score=result)["score"].to_list() == [2.0, None, 6.0]


def test_arrow_gives_arrow(score: Function) -> None:
    x = pa.chunked_array([[1.0], [], [None, 4.0]], type=pa.float64())
    result = score(x, pa.array([1, 2, None], pa.int16()))
    assert result.to_pylist() == [2.0, None, None]
    assert score(x.combine_chunks().slice(2), 1).to_pylist() == [5.0]
    assert score(pa.array([], pa.float64()), pa.array([], pa.int32())).to_pylist() == []
    assert score(pa.chunked_array([], pa.float64()), 1).to_pylist() == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, 2.0], 1), "not `list`; make it a column first"),
        ((np.zeros((2, 2)), 1), "one dimension"),
        ((np.array(["a"]), 1), "columns of `<U1`"),
        ((np.ma.array([1.0], mask=[True]), 1), "fill the masked array"),
        ((pd.DataFrame({"a": [1.0]}), 1), "pass the columns of the DataFrame"),
        ((np.zeros(2),), "missing a required argument: 'age'"),
    ],
)
def test_what_is_no_column_is_refused(
    score: Function, arguments: tuple[Any, ...], message: str
) -> None:
    with pytest.raises(TypeError, match=message.replace("(", r"\(")):
        score(*arguments)


def test_errors_have_hints(score: Function) -> None:
    with pytest.raises(WasmError, match="`age` as i32, and row 1 holds 5000000000") as error:
        score(np.zeros(2), np.array([1, 5_000_000_000]))
    assert error.value.hint.startswith("declare a wider type")
    with pytest.raises(WasmError, match="was given 2 rows, and 3 of `age`"):
        score(np.zeros(2), np.zeros(3, dtype="int32"))
    with pytest.raises(WasmError, match="exports no function") as error:
        compile_cell("(module)")
    assert error.value.hint.endswith("`;; export: score(x: f64[], y: i32[]) -> f64[]`")


def test_functions_are_copied_and_pickled(score: Function) -> None:
    for other in (copy.copy(score), copy.deepcopy(score), pickle.loads(pickle.dumps(score))):
        assert repr(other) == "<WASM function score(affinity: f64[], age: i32[]) -> f64[]>"
        assert other(1, 2) == 3.0


def test_the_codec_keeps_functions(score: Function) -> None:
    from flownote import codecs

    encoded = codecs.encode(score)
    data = bytearray()
    encoded.write(data.extend)
    assert encoded.codec == "wasm" and encoded.meta is not None
    record = {"codec": "wasm", "meta": encoded.meta, "type": "flownote_studio.wasm.Function"}
    assert codecs.decode(data, record)(1, 2) == 3.0
    assert codecs.type_name(type(score)) == record["type"]


def test_ctrl_c_ends_a_call() -> None:
    forever = compile_cell(ENDLESS)["forever"]
    main = threading.get_ident()
    timer = threading.Timer(0.2, signal.pthread_kill, (main, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        forever(1.0)
    timer.join()


def test_other_threads_run_meanwhile() -> None:
    forever = compile_cell(ENDLESS.replace("20s", "300ms"))["forever"]
    ended: list[float] = []

    def call() -> None:
        with pytest.raises(WasmError, match="within its deadline of 300ms"):
            forever(1.0)
        ended.append(time.monotonic())

    thread = threading.Thread(target=call)
    thread.start()
    counted = 0
    while not ended:
        counted += 1
    thread.join()
    assert counted > 1000


def test_a_trap_leaves_faulthandler_alone(tmp_path: Path) -> None:
    """Traps aren't signals: a handler that ends the process at one never sees them."""
    import subprocess
    import sys

    program = tmp_path / "program.py"
    program.write_text(
        "import faulthandler; from flownote_studio.wasm import compile_cell\n"
        "f = compile_cell(''';; export: f(x: i32) -> i32\n(module (memory 1)\n"
        ' (func (export "f") (param i32) (result i32) (i32.load (local.get 0))))\'\'\')["f"]\n'
        "faulthandler.enable()\n"
        "try: f(-1)\nexcept Exception as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    assert "read or wrote outside its memory" in done.stdout
    assert done.stderr == ""


def test_a_forked_child_keeps_time() -> None:
    import os

    forever = compile_cell(ENDLESS.replace("20s", "50ms"))["forever"]
    with pytest.raises(WasmError):
        forever(1.0)
    child = os.fork()
    if child == 0:
        try:
            forever(1.0)
        except WasmError:
            os._exit(7)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
