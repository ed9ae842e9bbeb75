"""`flownote open RUN/CELL`: a cell of a notebook with what it read, as a notebook or a script."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

from notebook_folder import Folder

NOTEBOOK = """\
# %% id="tools"
import math

class Point:
    def __init__(self, x):
        self.x = x

# %% id="half"
def half(number):
    return math.floor(number / 2) + offset

offset = 1

# %% id="costly"
print("computing")
base = sum(range(10))
point = Point(base)

# %% id="unread"
unread = print("unread")

# %% [sql] id="top"
# -- out: top
# select 40 + 2 as answer

# %% id="wrong"
print(half(base), point.x, int(top["answer"][0]))
wrong = half(base) / 0
"""


def test_a_failed_cell_opens_with_what_it_read(folder: Folder) -> None:
    folder.notebook("nb", NOTEBOOK)
    assert folder.flownote("run", "nb.ipynb", "--quiet").code == 1
    assert "flownote open " in folder.flownote("show").out
    opened = folder.flownote("open", "latest/6")
    assert opened.code == 0, opened.err
    file = next(word for word in opened.err.split() if word.endswith(".ipynb"))
    cells = json.loads((folder.path / file).read_text())["cells"]
    texts = ["".join(cell["source"]) for cell in cells]
    assert "ZeroDivisionError" in texts[0]
    assert not any("unread" in text or "sum(range" in text for text in texts)
    again = folder.flownote("run", file)
    assert again.code == 1
    assert again.out == "23 45 42\n"
    assert "ZeroDivisionError" in again.err
    (folder.path / file).write_text((folder.path / file).read_text().replace("/ 0", "/ 2"))
    mended = folder.flownote("run", file)
    assert (mended.code, mended.out) == (0, "23 45 42\n"), mended.err


def test_a_cell_of_another_language_opens(folder: Folder) -> None:
    source = '# %% id="a"\nimport pandas\nframe = pandas.DataFrame({"x": [1, 2]})\n\n'
    source += '# %% [sql] id="b"\n# -- out: total\n# select sum(x) as total from frame\n'
    folder.notebook("nb", source)
    assert folder.flownote("run", "nb.ipynb", "--quiet").code == 0
    (folder.path / "nb.ipynb").unlink()
    assert folder.flownote("open", "latest/2", "-o", "two.ipynb").code == 0
    assert "%%sql" in (folder.path / "two.ipynb").read_text()
    ran = folder.flownote("run", "two.ipynb")
    assert ran.code == 0, ran.err
    assert folder.client("print(run.data.total['total'][0])") == "3\n"
    refused = folder.flownote("open", "latest/2", "--script")
    assert refused.code != 0
    assert "error: a script has Python only, and this needs cells of SQL\n" in refused.err
    assert "hint: leave `--script` out" in refused.err


def test_a_cell_opens_as_a_script_elsewhere(folder: Folder) -> None:
    (folder.path / "helper.py").write_text("def twice(x):\n    return 2 * x\n")
    source = '# %% id="a"\nimport helper\nx = 20\n\n# %% id="b"\nprint(helper.twice(x) + 2)\n'
    folder.notebook("nb", source)
    assert folder.flownote("run", "nb.ipynb", "--quiet").code == 0
    (folder.path / "elsewhere").mkdir()
    opened = folder.flownote("open", "latest/2", "--script", "-o", "elsewhere/b.py")
    assert opened.code == 0, opened.err
    ran = folder.python("elsewhere/b.py")
    assert (ran.code, ran.out) == (0, "42\n"), ran.err


def test_a_reused_cell_opens_with_what_could_not_be_kept(folder: Folder) -> None:
    (folder.path / "helper.py").write_text("def twice(x):\n    return 2 * x\n")
    source = '# %% id="a"\nimport helper\nx = [20]\n\n# %% id="b"\ny = helper.twice(x[0]) + 2\n'
    folder.notebook("nb", f'{source}\n# %% id="c"\nprint(y)\n')
    for _ in range(2):
        ran = folder.flownote("run", "nb.ipynb", "--cache")
    assert "[2/3] Python reused from" in ran.err
    assert folder.flownote("open", "latest/2", "-o", "two.py", "--script").code == 0
    with (folder.path / "two.py").open("a") as file:
        file.write("print(y)\n")
    ran = folder.python("two.py")
    assert (ran.code, ran.out) == (0, "42\n"), ran.err


def test_at_a_terminal_it_opens_in_the_page(folder: Folder) -> None:
    folder.notebook("nb", '# %% id="a"\nx = 1\n')
    assert folder.flownote("run", "nb.ipynb", "--quiet").code == 0
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "flownote", "open", "latest/1", "-o", "one.ipynb"]
    with subprocess.Popen(
        command, cwd=folder.path, env=folder.surroundings, stdout=theirs, stderr=subprocess.PIPE
    ) as opened:
        os.close(theirs)
        link = b""
        while b"\n" not in link:
            link += os.read(ours, 1000)
        browser = build_opener(HTTPCookieProcessor(), ProxyHandler({}))
        with browser.open(link.decode().strip(), timeout=60) as page:
            assert page.url.endswith("/one.ipynb"), page.url
        opened.send_signal(signal.SIGINT)
        _, told = opened.communicate(timeout=60)
    os.close(ours)
    assert link.startswith(b"http://127.0.0.1:"), link
    assert told.startswith(b"wrote one.ipynb\nFlownote shows "), told
    assert opened.returncode == 0
