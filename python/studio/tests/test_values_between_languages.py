"""What Python's values are in SQL and Rust cells: the same from the shell and from a prompt.

From the shell a value crosses when its cell ends; at a prompt it is asked for later, when it
may be kept already as Python alone reads it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from jupyter_front_end import FrontEnd, front_end, place
from notebook_folder import Folder

__all__ = ["front_end", "place"]


@pytest.fixture(params=["shell", "prompt"])
def printed(
    request: pytest.FixtureRequest, folder: Folder, front_end: FrontEnd
) -> Callable[..., str]:
    """Run cells, each a language and its lines; returns what they print."""

    def from_shell(*cells: tuple[str, str]) -> str:
        text = ""
        for language, lines in cells:
            if language == "python":
                text += f"# %%\n{lines}\n\n"
            else:
                marked = "\n".join(f"# {line}" for line in lines.splitlines())
                text += f"# %% [{language}]\n{marked}\n\n"
        folder.notebook("nb", text)
        ran = folder.flownote("run", "nb.ipynb")
        assert ran.code == 0, ran.err
        return ran.out

    def from_prompt(*cells: tuple[str, str]) -> str:
        text = ""
        for language, lines in cells:
            head = "" if language == "python" else f"%%{language}\n"
            text += front_end.execute(head + lines).ok.text
        return text

    return from_shell if request.param == "shell" else from_prompt


def test_numpy_numbers_are_plain_numbers_in_rust(printed: Callable[..., str]) -> None:
    made = (
        "import numpy as np\n"
        "f, i, b = np.float64(1.5), np.int64(3), np.bool_(True)\n"
        "small, text, zero = np.float32(0.5), np.str_('text'), np.array(2.5)\n"
        "pair, unique, mixed = (1, 2), {3}, [np.int64(4)]"
    )
    read = (
        'println!("{} {} {} {}", f + 1.0, i + 1, !b, small * 2.0);\n'
        'println!("{} {}", text.len(), zero + 1.0);\n'
        'println!("{} {} {}", pair[1] + 1, unique[0] + 1, mixed[0] + 1);\n'
    )
    # And they are still what they were where they come from.
    again = "print(type(f).__name__, type(pair).__name__, type(unique).__name__, zero.ndim)"
    told = printed(("python", made), ("rust", read), ("python", again))
    assert told == "2.5 4 false 1\n4 3.5\n3 4 5\nfloat64 tuple set 0\n"


def test_numpy_times_are_times_elsewhere(printed: Callable[..., str]) -> None:
    made = (
        "import numpy as np\n"
        "second = np.datetime64('2020-01-02T03:04:05')\n"
        "fine = np.datetime64('2020-01-02T03:04:05.000000007')\n"
        "none = np.datetime64('NaT')"
    )
    query = (
        "-- out: seen\n"
        "select cast(s.value as varchar) as s, cast(f.value as varchar) as f\n"
        "from second s, fine f, none where none.value is null"
    )
    told = printed(("python", made), ("sql", query), ("python", "print(*seen.iloc[0])"))
    assert told == "2020-01-02T03:04:05 2020-01-02T03:04:05.000000007\n"


def test_a_date_and_a_decimal_are_their_text_in_rust(printed: Callable[..., str]) -> None:
    made = (
        "import datetime as dt\nfrom decimal import Decimal\n"
        "day, at = dt.date(2020, 2, 29), dt.datetime(2020, 2, 29, 12, 30, 0, 5)\n"
        "took, price = dt.timedelta(seconds=90), Decimal('-12.50')"
    )
    read = (
        'println!("{day} {at} {took}");\n'
        "let twice = price.parse::<f64>()? * 2.0;\n"
        'println!("{price} {twice}");'
    )
    told = printed(("python", made), ("rust", read), ("python", "print(day.year, price, twice)"))
    times = "2020-02-29 2020-02-29 12:30:00.000005 90000000 us"
    assert told == f"{times}\n-12.50 -25\n2020 -12.50 -25.0\n"


def test_what_has_no_form_as_a_table_says_how_to_convert_it(front_end: FrontEnd) -> None:
    front_end.run("pair, thing = (1, 'a'), object()")
    ran = front_end.execute("%%sql\nselect * from pair")
    said = " ".join(ran.reply["traceback"])
    assert "has no common form with SQL: its items are of several types" in said
    assert "hint: give each column values of one type" in said
    ran = front_end.execute("%%sql\nselect * from thing")
    assert "`thing`, an object, has no common form" in " ".join(ran.reply["traceback"])


def test_a_sparse_matrix_by_columns_is_one_by_rows_elsewhere(printed: Callable[..., str]) -> None:
    made = "import scipy.sparse as sp\nm = sp.csc_matrix([[0, 2.0], [3.0, 0]])"
    read = 'println!("{:?} {}", m.shape(), m.nnz());'
    told = printed(("python", made), ("rust", read), ("python", "print(m.format)"))
    assert told == "(2, 2) 2\ncsc\n"


MISSING = """\
import numpy as np, pandas as pd
df = pd.DataFrame({
    "number": [1.5, np.nan, None],
    "small": np.array([1.5, np.nan, 2], dtype="float32"),
    "whole": pd.array([1, None, 2], dtype="Int64"),
    "object": np.array([True, None, pd.NA], dtype=object),
    "text": ["a", None, np.nan],
    "time": pd.to_datetime(["2020-01-01", None, None]),
}, index=pd.Index([7, 8, 9], name="id"))
plain = df[["number", "small"]]
array = np.array([1.0, np.nan])
listed = [1.0, float("nan")]
gap = [1.0, pd.NA, None]
"""


def test_what_pandas_misses_is_null_elsewhere_and_a_number_of_others_is_not(
    printed: Callable[..., str],
) -> None:
    columns = ("number", "small", "whole", "object", "text", "time")
    counts = ", ".join(f'count("{name}") as "{name}"' for name in columns)
    told = printed(
        ("python", MISSING),
        ("sql", f"-- out: seen\nselect {counts} from df"),
        ("sql", "-- out: two\nselect count(number) as n, count(small) as s from plain"),
        ("sql", "-- out: numbers\nselect count(value) as n from array"),
        ("sql", "-- out: more\nselect count(value) as n from listed"),
        ("sql", "-- out: less\nselect count(value) as n from gap"),
        ("sql", "-- out: back\nselect id, number, whole, text, time from df order by id"),
        ("python", "print(*seen.iloc[0], *two.iloc[0], numbers.n[0], more.n[0], less.n[0])"),
        ("python", "print(back.isna().sum().to_list(), back.number.dtype, df.number.dtype)"),
        ("rust", 'println!("{:?}", plain.f64_or_nan("number")?.len());'),
    )
    nulls = "1 2 2 1 1 1 1 2 2 2 1\n[0, 2, 1, 2, 2] float64 float64\n3\n"
    assert told == nulls


def test_the_nan_of_other_libraries_is_a_number(printed: Callable[..., str]) -> None:
    made = (
        "import polars, pyarrow\n"
        "pl = polars.DataFrame({'x': [1.0, float('nan'), None]})\n"
        "pa = pyarrow.table({'x': [1.0, float('nan'), None]})"
    )
    query = "-- out: {0}_seen\nselect count(x) as n from {0}"
    told = printed(
        ("python", made),
        ("sql", query.format("pl")),
        ("sql", query.format("pa")),
        ("python", "print(pl_seen.n[0], pa_seen.n[0])"),
    )
    assert told == "2 2\n"


def test_large_whole_numbers_keep_their_digits(printed: Callable[..., str]) -> None:
    made = "big, wide, both = 2**70 + 1, 2**64 - 1, [2**70 + 1, -5]\nmany = [2**63, 1]"
    read = 'println!("{} {} {:?} {:?}", big + 1, wide, both, many);\nlet bigger = big * 2;\n'
    told = printed(("python", made), ("rust", read), ("python", "print(bigger, type(bigger))"))
    first, second = told.splitlines()
    assert first == f"{2**70 + 2} {2**64 - 1} [{2**70 + 1}, -5] [{2**63}, 1]"
    assert second == f"{2**71 + 2} <class 'int'>"


def test_a_hash_of_rust_is_a_number_of_sql(printed: Callable[..., str]) -> None:
    told = printed(
        ("rust", "let hash: u64 = u64::MAX - 1;\nlet small: u64 = 3;"),
        ("sql", "-- out: both\nselect (select value from hash) h, (select value from small) s"),
        ("python", "print(int(both.h[0]) == 2**64 - 2, int(both.s[0]))"),
    )
    assert told == "True 3\n"


def test_large_whole_numbers_are_refused_where_there_is_no_place_for_them(
    front_end: FrontEnd,
) -> None:
    front_end.run("big = 2**70\ndeep = {'a': [2**70, 0.5]}\nhuge = 2**200")
    for cell in (
        "%%sql\nselect value from big",
        "%%rust\ndeep.to_string()",
        "%%rust\nhuge.to_string()",
    ):
        ran = front_end.execute(cell)
        assert ran.reply["status"] == "error", ran.messages
        said = " ".join(ran.reply["traceback"])
        assert str(2**70) in said or str(2**200) in said, said
        assert "hint" in said, said


FLOATS = """\
import json, random
random.seed(3)
numbers = [random.gauss(0, 1) * 10 ** random.randint(-20, 20) for _ in range(2_000)]
"""


def test_floats_are_the_same_everywhere(printed: Callable[..., str]) -> None:
    told = printed(
        ("python", FLOATS),
        ("sql", "-- out: back\nselect value from numbers"),
        ("rust", "let same = numbers.clone(); let one = numbers[7];"),
        ("python", "print(back.value.to_list() == numbers, list(same) == numbers)"),
        ("python", "print(one == numbers[7])"),
    )
    assert told == "True True\nTrue\n"


def test_a_chart_shows_the_numbers_that_were_given(front_end: FrontEnd) -> None:
    shown = front_end.execute(
        "import random; random.seed(4)\n"
        "numbers = [random.random() for _ in range(500)]\n"
        "from IPython.display import display\n"
        "display({'application/vnd.x+json': {'n': numbers}}, raw=True)"
    ).ok
    (data,) = [one["data"] for one in shown.of("display_data")]
    (there,) = [front_end.execute("numbers").ok.result]
    assert data["application/vnd.x+json"]["n"] == eval(there)[:500]


def test_a_table_without_columns_has_its_rows(printed: Callable[..., str]) -> None:
    told = printed(
        ("python", "import pandas as pd\nbare = pd.DataFrame(index=range(5))"),
        ("sql", "-- out: seen\nselect count(*) as n from bare"),
        ("rust", 'println!("{}", bare.num_rows());'),
        ("python", "print(seen.n[0], len(bare))"),
    )
    assert told == "5\n5 5\n"


BORROWS = (
    'let text = String::from("a b c");\n'
    "let words: Vec<&str> = text.split(' ').collect();\n"
    "let count = text.len();\n"
)


def test_what_borrows_is_said_to_be_left_behind(front_end: FrontEnd) -> None:
    ran = front_end.execute("%%rust\n" + BORROWS).ok
    said = "".join(one["text"] for one in ran.of("stream"))
    assert "`words` borrows from `text` and isn't kept; export an owned value" in said
    assert "unused" not in said and "_words" not in said, said
    ran = front_end.execute("%%rust\nwords.len() + count")
    said = " ".join(ran.reply["traceback"])
    assert "`words` borrows from `text` and isn't kept" in said, said


def test_words_of_a_cells_own_text_are_kept(printed: Callable[..., str]) -> None:
    told = printed(
        ("rust", 'let words = vec!["one", "two"];'),
        ("rust", "let longest = words.iter().map(|word| word.len()).max();"),
        ("python", "print(words, longest)"),
    )
    assert told == "['one', 'two'] 3\n"
