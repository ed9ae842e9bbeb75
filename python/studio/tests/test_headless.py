"""Notebooks from the shell: `flownote run nb.ipynb`, `resume`, `notebook …`, `open`."""

from __future__ import annotations

import json

from notebook_folder import Folder

NOTEBOOK = """\
# %% id="defaults" tags=["parameters"]
alpha = 2

# %% id="frame"
import pandas as pd
df = pd.DataFrame({"title": ["a", "b", "c"], "score": [1.0, 2.0, 3.0]})
df["score"] = df["score"] * alpha

# %% [sql] id="top"
# -- out: best
# select title, score from df where score > 3 order by score desc

# %% id="told"
print(len(best), best.score.sum())
"""

FAILING = """\
# %% id="slow"
total = sum(number * number for number in range(2_000_000))
rows = [1, 2, total - total + 3]

# %% id="wrong"
mean = sum(rows) / 0

# %% id="told"
print(mean)
"""


def test_options_stand_before_the_notebook_too(folder: Folder) -> None:
    folder.notebook("nb", NOTEBOOK)
    ran = folder.flownote("run", "--quiet", "--param", "alpha=3", "nb.ipynb")
    assert ran.code == 0, ran.err
    assert folder.client("print(run.successful, run.parameters)") == "True {'alpha': 3}\n"


def test_a_notebook_runs_from_top_to_bottom_and_is_a_run(folder: Folder) -> None:
    folder.notebook("nb", NOTEBOOK)
    ran = folder.flownote("run", "nb.ipynb", "--param", "alpha=3", "--output", "done.ipynb")
    assert ran.code == 0, ran.err
    assert ran.out == "2 15.0\n"
    done = json.loads((folder.path / "done.ipynb").read_text())
    texts = ["".join(cell["source"]) for cell in done["cells"]]
    assert "# Parameters\nalpha = 3" in texts
    assert done["cells"][-1]["outputs"][0]["text"] == ["2 15.0\n"]
    assert json.loads((folder.path / "nb.ipynb").read_text())["cells"][-1]["outputs"] == []
    seen = folder.client(
        "print(run.successful, run['frame'].task.data.df.score.sum())\n"
        "print(run['top'].task.data.best.title.to_list(), run['told'].task.stdout, end='')\n"
        "print(sorted(run.data._fields), run.data.best.score.sum(), run.parameters)\n"
        "print(run['notebook_file'].task.data.notebook_file[:1])"
    )
    assert seen.splitlines() == [
        "True 18.0",
        "['c', 'b'] 2 15.0",
        "['alpha', 'best', 'df', 'pd'] 15.0 {'alpha': 3}",
        "{",
    ]


def test_an_executed_notebook_on_standard_output_is_alone_there(folder: Folder) -> None:
    folder.notebook("nb", NOTEBOOK)
    ran = folder.flownote("run", "nb.ipynb", "--output", "-")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["cells"][-1]["outputs"][0]["text"] == ["2 10.0\n"]
    assert "2 10.0" in ran.err


def test_what_a_parameter_can_not_be_is_said(folder: Folder) -> None:
    folder.notebook("nb", NOTEBOOK)
    ran = folder.flownote("run", "nb.ipynb", "--param", "alpa=3")
    assert ran.code == 2
    assert "doesn't set `alpa`" in ran.err
    assert "did you mean `alpha`?" in ran.err
    folder.notebook("bare", FAILING)
    ran = folder.flownote("run", "bare.ipynb", "--param", "x=3")
    assert ran.code == 2
    assert "no cell tagged `parameters`" in ran.err


def test_a_cell_that_fails_ends_the_run_and_a_resume_goes_on_from_it(folder: Folder) -> None:
    folder.notebook("nb", FAILING)
    ran = folder.flownote("run", "nb.ipynb")
    assert ran.code == 1
    assert ran.err.count("division by zero") == 1
    assert "error: cell 2 (Python), line 1: ZeroDivisionError: division by zero\n" in ran.err
    assert "Cell 2, line 1\n" in ran.err
    assert "[3/3]" not in ran.err
    assert "failed: 1 ran, 1 failed, 1 not run\n" in ran.err
    assert "\x1b" not in ran.err
    assert folder.client("print(run.successful)") == "False\n"
    folder.notebook("nb", FAILING.replace("/ 0", "/ 2"))
    ran = folder.flownote("resume", "nb.ipynb")
    assert ran.code == 0, ran.err
    assert ran.out == "3.0\n"
    assert "[1/3] Python reused from Notebook/" in ran.err
    assert "/slow/1 by ana, 20" in ran.err
    assert "2 ran, 1 reused" in ran.err


def test_results_are_reused_until_what_they_stand_on_changes(folder: Folder) -> None:
    folder.notebook("nb", NOTEBOOK)
    first = folder.flownote("run", "nb.ipynb", "--cache")
    again = folder.flownote("run", "nb.ipynb", "--cache")
    assert (first.code, again.code) == (0, 0)
    assert "[2/4] Python reused" not in first.err
    assert "[2/4] Python reused" in again.err
    edited = folder.flownote("run", "nb.ipynb", "--cache", "--param", "alpha=5")
    assert "[3/4] Python reused" not in edited.err
    assert edited.out == "3 30.0\n"


READING = """\
# %% id="read"
rows = [int(line) for line in open("data.txt")] * 200_000

# %% id="sum"
total = sum(rows) / 200_000

# %% id="told"
print(total)
"""


def test_a_file_that_changed_changes_what_stands_on_it(folder: Folder) -> None:
    (folder.path / "data.txt").write_text("1\n2\n")
    folder.notebook("nb", READING)
    assert folder.flownote("run", "nb.ipynb", "--cache").out == "3.0\n"
    (folder.path / "data.txt").write_text("10\n20\n")
    changed = folder.flownote("run", "nb.ipynb", "--cache")
    assert changed.out == "30.0\n", changed.err
    again = folder.flownote("run", "nb.ipynb", "--cache")
    assert "[1/3] Python reused" in again.err
    assert "[2/3] Python reused" in again.err


def test_an_output_that_has_no_folder_is_said_before_anything_runs(folder: Folder) -> None:
    folder.notebook("nb", READING)
    ran = folder.flownote("run", "nb.ipynb", "--output", "nowhere/done.ipynb")
    assert ran.code == 1
    assert "`nowhere/done.ipynb` cannot be written" in ran.err
    assert "[1/3]" not in ran.err


def test_status_says_what_is_fresh_and_why_something_is_not(folder: Folder) -> None:
    folder.notebook("nb", NOTEBOOK)
    before = folder.flownote("notebook", "status", "nb.ipynb")
    words = [line.split("  ")[-1].strip() for line in before.out.splitlines()]
    assert words == ["STATUS", *["never run"] * 4]
    assert before.err == ""
    assert folder.flownote("run", "nb.ipynb").code == 0
    status = folder.flownote("notebook", "status", "nb.ipynb", "--json")
    assert [one["status"]["status"] for one in json.loads(status.out)] == ["fresh"] * 4
    notebook = (folder.path / "nb.ipynb").read_text()
    (folder.path / "nb.ipynb").write_text(notebook.replace("3.0]", "30.0]"))
    lines = folder.flownote("notebook", "status", "nb.ipynb").out.splitlines()
    assert lines[0].split() == ["CELL", "LANGUAGE", "CODE", "STATUS"]
    assert "fresh" in lines[1]
    assert lines[2].endswith("stale: its code was edited")
    assert lines[3].split()[:2] == ["3", "SQL"]
    assert lines[3].endswith("stale: cell 2 above is not fresh")


LIVE = """\
# %% id="defaults" tags=["parameters"]
n = 3

# %% id="closure"
def make(k):
    return lambda x: x + k
add = make(n)

# %% id="sum"
total = add(2)

# %% id="frame"
import pandas as pd
df = pd.DataFrame({"a": range(5)})

# %% [sql] id="top"
# -- out: top
# select a from df where a > 2

# %% id="file"
wrote = open("out.txt", "w").write("hello")

# %% id="told"
shown = total + len(top)
"""


def test_status_and_a_run_with_the_cache_tell_the_same(folder: Folder) -> None:
    folder.notebook("nb", LIVE)
    assert folder.flownote("run", "nb.ipynb", "--cache").code == 0
    status = folder.flownote("notebook", "status", "nb.ipynb")
    words = [
        line[line.index("  fresh") if "  fresh" in line else 0 :].strip()
        for line in status.out.splitlines()[1:]
    ]
    assert words[1] == "fresh, runs again: its `add` (function) can't be kept"
    assert words[2] == "fresh, runs again: it reads `add` of cell 2, which can't be kept"
    assert words[3].startswith("fresh (computed by ana, 20")
    assert words[6] == "fresh, if cell 3 gives the same `total` again"
    would = "`flownote run nb.ipynb --cache` would run 1, 2, 3 and 6, and reuse 4, 5 and 7\n"
    assert status.err == would
    again = folder.flownote("run", "nb.ipynb", "--cache")
    reused = [line for line in again.err.splitlines() if " reused from " in line]
    assert [line.split("/")[0] for line in reused] == ["[4", "[5", "[7"]
    assert "4 ran, 3 reused" in again.err


def test_why_a_cell_is_not_reused_names_the_cell_and_the_reason(folder: Folder) -> None:
    folder.notebook("nb", LIVE)
    for _ in range(2):
        assert folder.flownote("run", "nb.ipynb", "--cache").code == 0

    def why(cell: int) -> str:
        return folder.flownote("cache", "why", f"latest/{cell}").out.splitlines()[0]

    assert "cell 1 (Python): never taken from the cache: what it defines is made anew" in why(1)
    assert why(2).endswith("cell 2 (Python): never kept: its `add` (function) can't be kept")
    assert "cell 3 (Python): never kept: it reads `add`" in why(3)
    assert "cell 4 (Python): it didn't run: reused from Notebook/" in why(4)
    assert "cell 6 (Python): never kept: it writes out.txt" in why(6)
    assert not any("--cache" in why(cell) for cell in range(1, 8))


def test_notebooks_are_compared_converted_and_stripped(folder: Folder) -> None:
    folder.notebook("nb", NOTEBOOK)
    assert folder.flownote("run", "nb.ipynb", "--output", "done.ipynb", "--quiet").code == 0
    same = folder.flownote("notebook", "diff", "nb.ipynb", "done.ipynb", "--source")
    assert (same.code, same.out) == (0, "")
    differ = folder.flownote("notebook", "diff", "nb.ipynb", "done.ipynb")
    assert differ.code == 1
    assert "told" in differ.out
    assert folder.flownote("notebook", "strip", "done.ipynb").code == 0
    assert folder.flownote("notebook", "diff", "nb.ipynb", "done.ipynb").code == 0
    there = folder.flownote("notebook", "convert", "nb.py", "nb.ipynb")
    assert there.code == 2
    assert "--force" in there.err


def test_a_percent_file_runs_as_it_stands(folder: Folder) -> None:
    (folder.path / "nb.py").write_text(NOTEBOOK)
    ran = folder.flownote("run", "nb.py", "--param", "alpha=3")
    assert (ran.code, ran.out) == (0, "2 15.0\n"), ran.err


def test_files_that_are_no_notebooks_are_named(folder: Folder) -> None:
    missing = folder.flownote("run", "nothing.ipynb")
    assert missing.code == 2
    assert "`nothing.ipynb` cannot be read" in missing.err
    (folder.path / "broken.ipynb").write_text("{")
    broken = folder.flownote("run", "broken.ipynb")
    assert broken.code == 2
    assert "`broken.ipynb`" in broken.err


def test_a_task_of_a_flow_opens_as_a_notebook_that_runs(folder: Folder) -> None:
    (folder.path / "flow.py").write_text(
        "from flownote import FlowSpec, step\n\n\n"
        "class Plain(FlowSpec):\n"
        "    @step\n    def start(self):\n        self.x = 20\n        self.next(self.end)\n\n"
        "    @step\n    def end(self):\n        print('twice', self.x * 2)\n"
    )
    assert folder.flownote("run", "flow.py", "--quiet").code == 0
    assert folder.flownote("open", "latest/end", "-o", "end.ipynb").code == 0
    ran = folder.flownote("run", "end.ipynb")
    assert ran.code == 0, ran.err
    assert "twice 40" in ran.out


QUICK = """\
# %% id="made"
number = 3

# %% id="told"
print("the number is", number)
"""


def test_a_cell_that_only_prints_is_reused_however_quick_it_was(folder: Folder) -> None:
    folder.notebook("nb", QUICK)
    first = folder.flownote("run", "nb.ipynb", "--cache")
    again = folder.flownote("run", "nb.ipynb", "--cache")
    assert first.out == again.out == "the number is 3\n"
    assert "[2/2] Python reused" in again.err, again.err


ALIASES = """\
# %% id="made"
a = [1]
d = {"x": a}

# %% id="more"
total = sum(d["x"])

# %% id="changed" tags=["x"]
# flownote: no-cache
a.append(2)
print(d["x"], total)
"""


def test_an_object_that_two_names_hold_is_one_after_a_run_that_reuses(folder: Folder) -> None:
    folder.notebook("nb", ALIASES)
    for _ in range(2):
        ran = folder.flownote("run", "nb.ipynb", "--cache")
        assert ran.code == 0, ran.err
        assert ran.out == "[1, 2] 1\n"


def test_what_reads_a_result_that_is_never_kept_is_made_again(folder: Folder) -> None:
    folder.notebook(
        "nb",
        "# %%\nimport random\n\n"
        "# %%\n# flownote: no-cache\ny = random.SystemRandom().random()\n\n"
        "# %%\nprint(y)\n",
    )
    printed = [folder.flownote("run", "nb.ipynb", "--cache").out for _ in range(3)]
    assert len(set(printed)) == 3, printed
