"""Functions of models in SQL cells: fitted in Python, called by the name of their variable."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import numpy
import pandas
import pytest
from interpreter_process import Interpreter
from jupyter_front_end import FrontEnd, front_end, place
from notebook_folder import Folder

from flownote.models.customer import BgNbd, KMeans

__all__ = ["front_end", "place"]


@pytest.fixture(scope="module")
def cdnow() -> pandas.DataFrame:
    """CDNOW's customers, watched for 39 weeks."""
    name = "lifetimes/datasets/cdnow_customers_summary_with_transactions.csv"
    file = Path(str(distribution("lifetimes").locate_file(name)))
    names = ["customer_id", "frequency", "recency", "T", "value"]
    return pandas.read_csv(file, names=names, skiprows=1)


@pytest.fixture(scope="module")
def model(cdnow: pandas.DataFrame) -> BgNbd:
    return BgNbd().fit(cdnow["frequency"], cdnow["recency"], cdnow["T"])


@pytest.fixture
def sql(tmp_path: Path) -> Iterator[Interpreter]:
    with Interpreter(tmp_path) as interpreter:
        yield interpreter


def test_a_query_gives_what_python_gives(
    sql: Interpreter, cdnow: pandas.DataFrame, model: BgNbd
) -> None:
    past = cdnow["frequency"], cdnow["recency"], cdnow["T"]
    alive, ahead = model.function("probability_alive"), model.function("predict", periods=39)
    sql.give(cdnow=cdnow, alive=alive, ahead=ahead, predict=model.function("predict"))
    query = (
        '-- out: scored\nSELECT customer_id, alive(frequency, recency, "T") AS alive, '
        'ahead(frequency, recency, "T") AS ahead, PREDICT(frequency, recency, "T", 52) AS year '
        "FROM cdnow ORDER BY customer_id"
    )
    ran = sql.run(query, exports=["scored"]).ok
    scored = sql.python("scored", ran.finished["exports"]["scored"])
    known = {
        "alive": model.probability_alive(*past),
        "ahead": model.predict(*past, periods=39),
        "year": model.predict(*past, periods=52),
    }
    order = numpy.argsort(cdnow["customer_id"], kind="stable")
    for name, values in known.items():
        numpy.testing.assert_allclose(scored[name], values[order], rtol=0, atol=1e-12)
    assert len(scored) == 2357


def test_nulls_stay_nulls_and_no_rows_are_none(sql: Interpreter, model: BgNbd) -> None:
    rows = pandas.DataFrame({"x": [2.0, None, 0.0], "t": [20.0, 1.0, None], "age": [38.0] * 3})
    sql.give(t=rows, alive=model.function("probability_alive"))
    known = model.probability_alive([2.0], [20.0], [38.0])[0]
    assert sql.run("SELECT alive(x, t, age) FROM t").ok.rows == [[known], [None], [None]]
    assert sql.run("SELECT alive(x, t, age) FROM t WHERE x > 9").ok.rows == []
    assert sql.run("SELECT alive(NULL, 1, 2), alive(2, 20, 38)").ok.rows == [[None, known]]
    # Whole numbers and decimals are numbers; where one is asked for, so is a group.
    assert sql.run("SELECT alive(CAST(2 AS DECIMAL(5, 1)), 20, 38)").ok.rows == [[known]]
    groups = KMeans(2).fit([[0.0], [10.0]])
    sql.give(grouped=groups.function("predict"))
    (row,) = sql.run("SELECT grouped(1), grouped(9), arrow_typeof(grouped(1))").ok.rows
    assert row == [*groups.predict([[1.0], [9.0]]), "Int64"]


def test_a_call_that_is_wrong_says_what_the_function_takes(sql: Interpreter, model: BgNbd) -> None:
    rows = pandas.DataFrame({"name": ["ana"], "x": [1.0]})
    sql.give(t=rows, alive=model.function("probability_alive"), model=model)
    for query, message in [
        ("SELECT alive(x) FROM t", "`alive`: it takes 3 arguments, and is given 1"),
        (
            "SELECT alive(x, INTERVAL '1 day', x) FROM t",
            "`alive`: it takes columns of Float64, Float64, Float64, and is given "
            "Float64, Interval(MonthDayNano), Float64",
        ),
    ]:
        error = sql.run(query).error
        assert (error["name"], error["message"]) == ("FunctionError", message)
        assert error["hint"] == (
            "`alive` is `probability_alive` of a `customer.bg_nbd`, and takes frequency "
            "(repeat purchases), recency (time), age (time)"
        )
        assert "alive" in error["frames"][0]["text"]
    error = sql.run("SELECT alive(x, x + 1, x) FROM t").error
    assert error["message"] == (
        "`alive`: `recency` is 2, later than the customer's `age` of 1 "
        "(of frequency 1, recency 2, age 1)"
    )
    assert error["hint"].startswith("both count from the customer's first purchase")
    error = sql.run("SELECT model(x) FROM t").error
    assert error["message"] == "`model`: it is a model (`customer.bg_nbd`), not a function of one"
    assert '`score = model.function("probability_alive")` say' in error["hint"]
    # A value doesn't stand in for a function of SQL's own.
    sql.give(sqrt=model.function("expected_purchases"))
    assert sql.run("SELECT sqrt(16)").ok.rows == [[4.0]]


FITTED = """
# %%
import pandas
from flownote.models.customer import BgNbd
cdnow = pandas.DataFrame({
    "id": range(8), "x": [2, 0, 1, 5, 0, 3, 0, 1] , "seen": [20.0, 0, 4, 30, 0, 12, 0, 9],
    "age": [38.0, 38, 30, 34, 29, 39, 33, 31],
})

# %%
print("fitting")
model = BgNbd().fit(*BOUGHT)
alive = model.function("probability_alive")

# %% [sql]
# -- out: scored
# SELECT id, Alive(x, seen, age) AS alive, count(*) OVER () AS n FROM cdnow ORDER BY id

# %%
known = model.probability_alive(cdnow["x"], cdnow["seen"], cdnow["age"])
print(abs(scored["alive"] - known).max() < 1e-12, len(scored), set(scored["n"]))
"""


def fitted(cdnow: pandas.DataFrame) -> str:
    """The notebook, with a third of CDNOW's customers to fit to."""
    some = cdnow.iloc[::3]
    columns = [some[name].tolist() for name in ("frequency", "recency", "T")]
    return FITTED.replace("*BOUGHT", f"*{columns!r}")


def test_a_notebook_calls_what_it_fitted_also_from_the_cache(
    folder: Folder, cdnow: pandas.DataFrame
) -> None:
    text = fitted(cdnow)
    folder.notebook("nb", text)
    first = folder.flownote("run", "nb.ipynb", "--cache")
    assert first.code == 0, first.err
    assert "fitting" in first.out and "True 8 {8}" in first.out
    # Another query: the fit isn't made again, its function is taken from the store.
    folder.notebook("nb", text.replace("ORDER BY id", "ORDER BY id, x"))
    again = folder.flownote("run", "nb.ipynb", "--cache")
    assert again.code == 0, again.err
    assert "True 8 {8}" in again.out
    print(again.out)


def test_a_prompt_calls_what_it_fitted(front_end: FrontEnd, cdnow: pandas.DataFrame) -> None:
    for part in fitted(cdnow).split("# %%")[1:]:
        language, _, lines = part.partition("\n")
        if "sql" in language:
            lines = "%%sql\n" + "\n".join(line[2:] for line in lines.splitlines())
        said = front_end.execute(lines.strip()).ok.text
    assert "True 8 {8}" in said
