"""The pages about cells are notebooks: what they show runs as it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from notebook_folder import Folder

ROOT = Path(__file__).parents[3]
BLOCK = re.compile(r"^```(python|sql|rust|wasm)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def cells_of(page: str) -> list[dict[str, object]]:
    """The cells that a page shows, from top to bottom, as a notebook's file has them."""
    blocks = BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    marks = {"python": ""}
    return [
        {
            "cell_type": "code",
            "id": f"block-{number}",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": marks.get(language, f"%%{language}\n") + text,
        }
        for number, (language, text) in enumerate(blocks, start=1)
    ]


@pytest.mark.parametrize(
    ("page", "least"), [("runtime/kernel/prelude/README.md", 14), ("python/studio/README.md", 6)]
)
def test_what_a_page_shows_runs(folder: Folder, page: str, least: int) -> None:
    cells = cells_of(page)
    assert len(cells) >= least
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder.path / "page.ipynb").write_text(json.dumps(notebook))
    ran = folder.flownote("run", "page.ipynb", "--output", "done.ipynb")
    assert ran.code == 0, ran.err
    done = json.loads((folder.path / "done.ipynb").read_text())
    shown = [output for cell in done["cells"] for output in cell["outputs"]]
    assert any("text/html" in output.get("data", {}) for output in shown)
