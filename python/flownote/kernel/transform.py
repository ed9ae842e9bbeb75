"""IPython's lines in text that Python gets at run time: the body of ``%%time``, ``%run``.

Cells come rewritten; this serves what is within them, and `run_cell`.
"""

from __future__ import annotations

import ast
import re

_ASSIGNED = re.compile(r"^(\s*)([\w.,\[\]\"' ]+?)\s*=\s*([%!])(?!=)(.*)$")
_LINE = re.compile(r"^(\s*)(%%?|!!?)(.*)$")
_HELP = re.compile(r"^(\s*)(\?{1,2})?([\w.]+)(\?{1,2})?\s*$")


def transform(code: str) -> str:
    """Return code as Python; what is Python already stays as it is."""
    if code.startswith("%%"):
        head, _, body = code.partition("\n")
        name, _, line = head[2:].partition(" ")
        return f"get_ipython().run_cell_magic({name!r}, {line.strip()!r}, {body!r})\n"
    if "%" not in code and "!" not in code and "?" not in code:
        return code
    try:
        ast.parse(code)
        return code
    except SyntaxError:
        return "\n".join(_lines(code.split("\n")))


def _lines(lines: list[str]) -> list[str]:
    done = []
    waiting = iter(lines)
    for line in waiting:
        while line.endswith("\\") and _LINE.match(line):
            line = f"{line[:-1]} {next(waiting, '').strip()}"
        done.append(_line(line))
    return done


def _line(line: str) -> str:
    found = _ASSIGNED.match(line)
    if found is not None:
        indent, target, kind, rest = found.groups()
        call = _magic(rest) if kind == "%" else f"get_ipython().getoutput({rest.strip()!r})"
        return f"{indent}{target} = {call}"
    found = _LINE.match(line)
    if found is not None:
        indent, kind, rest = found.groups()
        if kind == "!":
            return f"{indent}get_ipython().system({rest.strip()!r})"
        if kind == "!!":
            return f"{indent}get_ipython().getoutput({rest.strip()!r})"
        return f"{indent}{_magic(rest)}"
    found = _HELP.match(line)
    if found is not None and (found[2] or found[4]):
        name = "pinfo2" if "??" in (found[2], found[4]) else "pinfo"
        return f"{found[1]}get_ipython().run_line_magic({name!r}, {found[3]!r})"
    return line


def _magic(text: str) -> str:
    name, _, rest = text.strip().partition(" ")
    return f"get_ipython().run_line_magic({name!r}, {rest.strip()!r})"
