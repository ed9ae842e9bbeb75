"""The notebooks that all engines are measured on: made, run once for their outputs, converted.

python notebooks.py FOLDER      with a Python that has nbclient, ipykernel and marimo
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

LINES = 100_000
"""What the cell prints during whose run somebody types."""
ONES = 30
"""Cells that hold `1+1`."""

TABLE = """\
import numpy as np
import pandas as pd

rows = 10_000_000  # ten million rows
plays = np.arange(rows)
minutes = (plays * 104_729 + 5) % rows / 7
members = plays * 7_919 % 1_000_003
frame = pd.DataFrame({"play": plays, "member": members, "minutes": minutes})
frame
"""
PICTURE = """\
import struct, zlib
class Picture:
    def _repr_png_(self):
        rows = b"".join(
            b"\\0" + bytes((x * y >> s) & 255 for x in range(160) for s in (0, 2, 4))
            for y in range(80)
        )
        def part(kind, data):
            sum_ = struct.pack(">I", zlib.crc32(kind + data))
            return struct.pack(">I", len(data)) + kind + data + sum_
        head = struct.pack(">IIBBBBB", 160, 80, 8, 2, 0, 0, 0)
        body = part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")
        return b"\\x89PNG\\r\\n\\x1a\\n" + body
class Table:
    def _repr_html_(self):
        row = lambda at: "".join(f"<td>{at * column}</td>" for column in range(6))
        return f"<table>{''.join(f'<tr>{row(at)}</tr>' for at in range(8))}</table>"
"""


def mixed(cells: int) -> Any:
    """Returns a notebook of so many cells: text, code that prints, tables, pictures.

    Every name is bound in one cell only, as marimo wants it.
    """
    made = [new_code_cell(f"value_0 = 0  # where it begins\n{PICTURE}")]
    for at in range(1, cells):
        if at % 10 == 5:
            text = f"## Part {at}\nWhat follows *adds up*, and **shows** it: `value_{at + 1}`."
            made.append(new_markdown_cell(text))
        elif at % 25 == 7:
            made.append(new_code_cell(f"# a picture\nPicture()  # {at}"))
        elif at % 20 == 3:
            made.append(new_code_cell(f"# a table\nTable()  # {at}"))
        else:
            made.append(
                new_code_cell(
                    f"def add_{at}(one, other=1.5):\n"
                    '    """Adds two numbers."""\n'
                    "    return one + other if other else one\n"
                    f"value_{at} = [add_{at}(each) for each in range({at})]\n"
                    f"print('cell {at}', len(value_{at}), 'values')\n"
                    f"sum(value_{at})"
                )
            )
    return new_notebook(cells=made)


def small() -> Any:
    """Returns cells of `1+1`."""
    return new_notebook(cells=[new_code_cell("1+1") for _ in range(ONES)])


def flood() -> Any:
    """Returns a cell that prints much, and one to type in."""
    prints = f"for line in range({LINES}):\n    print('line', line, 'of a long story')\n'printed'"
    return new_notebook(cells=[new_code_cell("# type here: "), new_code_cell(prints)])


def main() -> None:
    """Writes what isn't there yet."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    made = {"c100": mixed(100), "c1000": mixed(1000), "small": small(), "flood": flood()}
    made["table"] = new_notebook(cells=[new_code_cell(TABLE)])
    for name, notebook in made.items():
        file = folder / f"{name}.ipynb"
        if file.exists() and file.with_suffix(".py").exists():
            continue
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
        notebook.metadata.language_info = {"name": "python"}
        stored = name.startswith("c")
        if stored:
            NotebookClient(notebook, kernel_name="python3").execute()
            for cell in notebook.cells:
                cell.metadata.pop("execution", None)
        nbformat.validate(notebook)
        nbformat.write(notebook, file)
        marimo = [sys.executable, "-m", "marimo"]
        page = str(file.with_suffix(".py"))
        subprocess.run([*marimo, "convert", str(file), "-o", page], check=True)
        if stored:
            # What marimo shows of a notebook that isn't run yet.
            subprocess.run([*marimo, "export", "session", page], check=True)


if __name__ == "__main__":
    main()
