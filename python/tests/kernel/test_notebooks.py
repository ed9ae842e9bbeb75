"""Fifty ordinary notebooks show the same as in ipykernel.

Each runs in both, cell after cell, in fresh processes. Addresses, times, the bytes of
images, widgets' ids and the names that cells' files have are made alike; nothing else.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from kernel_process import KernelProcess

NOTEBOOKS = sorted((Path(__file__).parent / "notebooks").glob("*.nb"))

_TIME = r"\d+(?:\.\d+)?(?:e[+-]?\d+)? (?:s|ms|[μµ]s|ns)\b"
_ALIKE = [
    (r"\r\n", "\n"),  # ipykernel's pseudo terminal changes the ends of lines, ours doesn't
    (r"0x[0-9a-f]{6,}", "0x…"),
    (_TIME, "TIME"),
    (r"The slowest run took .*\n", ""),
    (r"Compiler\s*: TIME\n", ""),
    (r"/tmp/ipykernel_\d+/\d+\.py", "CELL"),
    (r"\bCell \d+(?=:\d+: )", "CELL"),
    (r"\b[0-9a-f]{32}\b", "ID"),
    # The name of a cell in the message of a syntax error.
    (r"\((?:\d+\.py|Cell \d+), line (\d+)\)", r"(CELL, line \1)"),
]


def cells_of(path: Path) -> list[str]:
    """Return a notebook's cells: they stand between lines of ``# %%``."""
    return [cell.strip("\n") for cell in re.split(r"^# %%\n", path.read_text(), flags=re.M)]


def alike(text: str, folder: Path) -> str:
    """Return a text without what differs from run to run."""
    text = text.replace(str(folder), "FOLDER")
    for pattern, replacement in _ALIKE:
        text = re.sub(pattern, replacement, text)
    return text


def plain(value: Any, folder: Path) -> Any:
    """Return data without what differs from run to run."""
    if isinstance(value, str):
        return alike(value, folder)
    if isinstance(value, dict):
        return {key: plain(one, folder) for key, one in value.items()}
    return [plain(one, folder) for one in value] if isinstance(value, list) else value


def shown(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return what a value is shown as; of images, that there is one."""
    found = {}
    for kind, one in data.items():
        is_image = kind.startswith("image/") and len(str(one)) > 200
        found[kind] = f"<{kind}>" if is_image else plain(one, folder)
    return found


def gathered(outputs: list[tuple[str, Any]], folder: Path) -> list[tuple[str, Any]]:
    """Join the texts between other outputs, each stream for itself."""
    found: list[tuple[str, Any]] = []
    for kind, content in outputs:
        if kind not in ("stdout", "stderr"):
            found.append((kind, content))
            continue
        if not found or found[-1][0] != "text":
            found.append(("text", {"stdout": "", "stderr": ""}))
        found[-1][1][kind] += content
    return [
        (kind, {name: alike(text, folder) for name, text in content.items()})
        if kind == "text"
        else (kind, content)
        for kind, content in found
    ]


def by_flownote(kernel: KernelProcess, code: str) -> list[tuple[str, Any]]:
    """Run a cell here and return what it shows."""
    folder, found = kernel.folder, []
    for output in kernel.run(code).outputs:
        kind = output["kind"]
        if kind == "stream":
            found.append((output["name"], output["text"]))
        elif kind == "error":
            found.append(("error", (output["name"], alike(output["message"], folder))))
        elif kind == "clear":
            found.append(("clear", output["wait"]))
        else:
            # What the page opens as a grid is said to it alone, and nested values as JSON.
            is_nested = "nested" in output["metadata"].get("flownote", {})
            ours = {"flownote", "application/json"} if is_nested else {"flownote"}
            data, metadata = (
                {k: one for k, one in output[part].items() if k not in ours}
                for part in ("data", "metadata")
            )
            found.append((kind, (shown(data, folder), metadata)))
    return gathered(found, folder)


def by_ipykernel(client: Any, folder: Path, code: str) -> list[tuple[str, Any]]:
    """Run a cell in ipykernel and return what it shows."""
    found = []
    # Outputs of ipywidgets that hold what is shown now. ipykernel leaves that to the page.
    holders: set[str] = set()

    def take(message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind == "comm_msg":
            state = content["data"].get("state", {})
            if "msg_id" in state:
                (holders.add if state["msg_id"] else holders.discard)(content["comm_id"])
        elif holders:
            return
        elif kind == "stream":
            found.append((content["name"], content["text"]))
        elif kind == "error":
            found.append(("error", (content["ename"], alike(content["evalue"], folder))))
        elif kind == "clear_output":
            found.append(("clear", content["wait"]))
        elif kind in ("execute_result", "display_data", "update_display_data"):
            name = {"execute_result": "result", "display_data": "display"}.get(kind, "update")
            found.append((name, (shown(content["data"], folder), content["metadata"])))

    client.execute_interactive(code, output_hook=take, stop_on_error=False, timeout=120)
    return gathered(found, folder)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_shows_what_ipykernel_shows(path: Path, tmp_path: Path) -> None:
    from jupyter_client.manager import start_new_kernel

    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.mkdir()
    ours.mkdir()
    # In pytest, ipykernel doesn't read what programs print.
    environment = {key: one for key, one in os.environ.items() if key != "PYTEST_CURRENT_TEST"}
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(theirs), env=environment)
    try:
        with KernelProcess(ours) as kernel:
            for place, code in enumerate(cells_of(path), 1):
                expected = by_ipykernel(client, theirs, code)
                assert by_flownote(kernel, code) == expected, f"cell {place}:\n{code}"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_there_are_fifty() -> None:
    assert len(NOTEBOOKS) >= 50
