"""Completion, help and "is this complete?", answered in the control thread while a cell runs.

jedi looks over the live names when it is installed, Python's own `rlcompleter` when not.
"""

from __future__ import annotations

import builtins
import codeop
import inspect as inspection
import keyword
import re
import warnings

from flownote.kernel import transform
from flownote.kernel.brief import BRIEF, brief
from flownote.kernel.names import is_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from flownote.kernel.process import Kernel

# Signatures are worth their time in short lists only.
_FEW = 40
_MOST = 1000

_MAGIC = re.compile(r"(?:^|=\s*)(%{1,2})(\w*)\Z")
_NAME = re.compile(r"[^\W\d][\w.]*\Z")
_REST = re.compile(r"\w*")
_END_OF_BLOCK = ("return", "raise", "pass", "break", "continue")


# Completion.


def complete(kernel: Kernel, message: dict[str, Any]) -> dict[str, Any]:
    """Answer what could stand at the cursor."""
    code, cursor = message["code"], message["cursor"]
    before = code[:cursor]
    items: list[dict[str, Any]] = []
    start = cursor
    magic = _MAGIC.search(before.rpartition("\n")[2])
    try:
        if magic is not None:
            start = cursor - len(magic[1]) - len(magic[2])
            items = _magics(kernel, magic[1], magic[2])
        else:
            start, items = _with_jedi(kernel, code, cursor)
    except Exception:  # jedi on code that nobody has seen before
        start, items = _with_readline(kernel, before)
    return {"type": "completions", "start": start, "end": cursor, "items": items[:_MOST]}


def _magics(kernel: Kernel, sign: str, text: str) -> list[dict[str, Any]]:
    from flownote.kernel import magics

    found: dict[str, None] = {}
    for kind, called in (("line", "%"), ("cell", "%%")):
        if kind == "cell" or sign == "%":
            own = kernel.shell.magics[kind] if kernel._shell is not None else ()
            names = sorted({*magics.names(kind), *own})
            found.update(dict.fromkeys(called + name for name in names if name.startswith(text)))
    return [{"text": name, "type": "magic"} for name in found]


def _with_jedi(kernel: Kernel, code: str, cursor: int) -> tuple[int, list[dict[str, Any]]]:
    completions = _interpreter(kernel, code).complete(*_place(code, cursor))
    start, items = cursor, []
    signs = len(completions) <= _FEW
    for one in completions:
        text = one.name_with_symbols
        # The part of it that stands there already.
        start = cursor - (len(text) - len(one.complete or ""))
        if is_own(text) and text[:1] == "_":
            continue
        item = {"text": text, "type": one.type}
        if signs and one.type in ("function", "class"):
            signature = _signature_of(one)
            if signature:
                item["signature"] = signature
        items.append(item)
    return start, items


def _signature_of(completion: Any) -> str | None:
    try:
        signatures = completion.get_signatures()
        return signatures[0].to_string() if signatures else None
    except Exception:  # jedi
        return None


def _interpreter(kernel: Kernel, code: str) -> Any:
    import jedi

    interpreter = jedi.Interpreter(code, [kernel.names.values.copy()])
    # A property's code is the user's: it isn't run to complete what follows it.
    interpreter._allow_descriptor_getattr_default = False
    return interpreter


def _place(code: str, cursor: int) -> tuple[int, int]:
    before = code[:cursor]
    return before.count("\n") + 1, len(before.rpartition("\n")[2])


def _with_readline(kernel: Kernel, before: str) -> tuple[int, list[dict[str, Any]]]:
    import rlcompleter

    found = _NAME.search(before)
    text = found[0] if found is not None else ""
    completer = rlcompleter.Completer(kernel.names.values.copy())
    matches = completer.attr_matches(text) if "." in text else completer.global_matches(text)
    names = dict.fromkeys(match.rstrip("() ") for match in matches)
    return len(before) - len(text), [{"text": name} for name in names if not is_own(name)]


# Help.


def inspect(kernel: Kernel, message: dict[str, Any]) -> dict[str, Any]:
    """Answer what stands at the cursor."""
    code, cursor, detail = message["code"], message["cursor"], message.get("detail") or 0
    data: dict[str, Any] | None = None
    name = name_at(code, cursor)
    try:
        found = lookup(kernel.names.values, name) if name else None
        if found is not None:
            data = {"text/plain": "\n".join(_lines(*found, detail)), BRIEF: brief(*found)}
        if data is None:
            data = _help_of_jedi(kernel, code, cursor)
    except Exception:  # user code: a repr, an attribute
        data = None
    return {"type": "inspected", "found": data is not None, "data": data or {}}


def name_at(code: str, cursor: int) -> str:
    """Return the dotted name at the cursor, or else the function whose call it is in."""
    end = cursor + len(_REST.match(code[cursor:])[0])  # type: ignore[index]
    found = _NAME.search(code[:end])
    if found is not None and not keyword.iskeyword(found[0]):
        return found[0].rstrip(".")
    depth = 0
    for place in range(cursor - 1, -1, -1):
        if code[place] in ")]}":
            depth += 1
        elif code[place] in "([{":
            if depth == 0 and code[place] == "(":
                found = _NAME.search(code[:place].rstrip())
                return found[0] if found is not None else ""
            depth -= 1
    return ""


def described(values: dict[str, Any], name: str, detail: int) -> dict[str, str] | None:
    """Return what is known of a name, by MIME type; None when it isn't bound."""
    found = lookup(values, name)
    return None if found is None else {"text/plain": "\n".join(_lines(*found, detail))}


def lookup(values: dict[str, Any], name: str) -> tuple[str, Any] | None:
    """Return a dotted name's last part and its value; None when it isn't bound."""
    first, *rest = name.split(".")
    if first in values:
        value = values[first]
    elif hasattr(builtins, first):
        value = getattr(builtins, first)
    else:
        return None
    for part in rest:
        static = inspection.getattr_static(type(value), part, None)
        if isinstance(static, property):
            value = static
            continue
        if not hasattr(value, part):
            return None
        value = getattr(value, part)
    return name.rpartition(".")[2], value


def _lines(name: str, value: Any, detail: int) -> list[str]:
    lines = []
    is_code = callable(value)
    signature = _signature(name, value) if is_code else None
    if signature is not None:
        lines.append(f"Signature: {signature}")
    if not is_code and not inspection.ismodule(value):
        lines.append(f"Type:      {type(value).__name__}")
        lines.append(f"Value:     {_short(value)}")
    source = _source(value) if detail and (is_code or inspection.ismodule(value)) else None
    if source is not None:
        lines.append(f"Source:\n{source.rstrip()}")
    else:
        text = inspection.getdoc(value)
        lines.append(f"Docstring:\n{text}" if text else "Docstring: <no docstring>")
    file = _file(value)
    if file:
        lines.append(f"File:      {file}")
    if is_code:
        lines.append(f"Type:      {type(value).__name__}")
    return lines


def _signature(name: str, value: Any) -> str | None:
    try:
        return f"{name}{inspection.signature(value)}"
    except (ValueError, TypeError):
        return None


def _source(value: Any) -> str | None:
    try:
        return inspection.getsource(value)
    except (OSError, TypeError):
        return None


def _file(value: Any) -> str | None:
    from flownote.kernel import sourcecode

    try:
        file = inspection.getfile(inspection.unwrap(value))
    except (OSError, TypeError, ValueError):
        return None
    return sourcecode.named(file)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 500 else f"{text[:499]}…"


def _help_of_jedi(kernel: Kernel, code: str, cursor: int) -> dict[str, str] | None:
    found = _interpreter(kernel, code).help(*_place(code, cursor))
    text = "\n\n".join(one.docstring() for one in found if one.docstring())
    return {"text/plain": text} if text else None


# Is it complete?


def is_complete(kernel: Kernel, message: dict[str, Any]) -> dict[str, Any]:
    """Answer whether code ends a statement, for those who type it line by line."""
    code = message["code"]
    status, indent = completeness(code)
    return {"type": "completeness", "status": status, "indent": indent}


def completeness(code: str) -> tuple[str, str]:
    """Return ``complete``, ``incomplete`` or ``invalid``, and the next line's indentation."""
    if code.startswith("%%"):
        return ("complete" if code.endswith("\n\n") else "incomplete"), ""
    text = transform.transform(code)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compiled = _compile(text)
    except (SyntaxError, OverflowError, ValueError):
        return "invalid", ""
    last = code.rstrip("\n").rpartition("\n")[2]
    is_open = last[:1] in (" ", "\t") and not code.endswith("\n")
    if compiled is None or is_open:
        return "incomplete", _indent(code)
    return "complete", ""


def _compile(text: str) -> Any:
    compiler = codeop.CommandCompiler()
    compiler.compiler.flags |= 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return compiler(text, "<cell>", "exec")


def _indent(code: str) -> str:
    lines = [line for line in code.split("\n") if line.strip()]
    if not lines:
        return ""
    last = lines[-1]
    width = len(last) - len(last.lstrip())
    if last.rstrip().endswith(":"):
        width += 4
    elif last.split()[0].rstrip(":;(") in _END_OF_BLOCK:
        width = max(width - 4, 0)
    return " " * width
