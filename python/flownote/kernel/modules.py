"""Where modules come from, found without importing them.

A module of the project has a digest of its code and that of the project's modules which
it imports: what a cell that imports it depends on. Of a loaded module it is the code that
runs, not the one that its file has meanwhile.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from flownote import sources
from flownote.digests import digest_of_text
from flownote.provenance.distributions import distribution_of
from flownote.provenance.index import index_of
from flownote.provenance.modules import Installed, Modules, Project
from flownote.world import watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

# What was told of each module, and how often texts had changed then.
_told: dict[str, dict[str, Any]] = {}
_changes = -1


def tell(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return where modules come from, and remember that it was told."""
    found = {name: find(name) for name in names}
    _told.update(found)
    return found


def changed() -> dict[str, dict[str, Any]]:
    """Return the modules that are others than was told: loaded later, from a file saved since."""
    global _changes
    if not may_have_changed():
        return {}
    found = {
        name: find(name) for name, told in _told.items() if told["kind"] in ("project", "missing")
    }
    _changes = sources.changes
    other = {
        name: one
        for name, one in found.items()
        if one.get("digest") != _told[name].get("digest") or one["kind"] != _told[name]["kind"]
    }
    _told.update(other)
    return other


def may_have_changed() -> bool:
    """Whether a text is another than when `changed` was asked last. It costs nothing to ask."""
    return sources.changes != _changes


def unseen(before: set[str]) -> str | None:
    """Return a module of the project that was loaded since and that nothing told of reaches."""
    return unreached(sys.modules.keys() - before)


def unreached(names: Iterable[str]) -> str | None:
    """Return one of these that is a module of the project and that nothing told of reaches."""
    reached = {file for told in _told.values() for file in told.get("files", ())}
    for name in names:
        file = getattr(sys.modules.get(name), "__file__", None)
        if file and sources.is_project_file(file) and os.path.abspath(file) not in reached:
            return name
    return None


def find(name: str) -> dict[str, Any]:
    """Return where a module comes from, as the protocol has it.

    A name within a module, or within a package, stands for that one.
    """
    with watch.covered():
        modules = Modules()
        top = name.partition(".")[0]
        found = nearest(modules, name)
        if isinstance(found, Project):
            return _project(modules, found)
        if isinstance(found, Installed):
            distribution = distribution_of(found.name, found.file)
            known, version = distribution or (top, "")
            return {"kind": "distribution", "name": known, "version": version}
        if top == "flownote":
            from importlib.metadata import version as version_of

            return {"kind": "distribution", "name": "flownote", "version": version_of("flownote")}
        is_standard = top in sys.stdlib_module_names or top in sys.builtin_module_names
        return {"kind": "standard" if is_standard else "missing"}


def nearest(modules: Modules, name: str) -> Project | Installed | None:
    """Look up a module, or the innermost one that its name leads through."""
    top = modules.get(name.partition(".")[0])
    if top is None:
        return None
    while "." in name:
        found = modules.get(name)
        if found is not None:
            return found
        name = name.rpartition(".")[0]
    return top


def reached(modules: Modules, first: Project) -> dict[str, Project]:
    """Return the project's modules whose code a module may run, by name, itself included."""
    found: dict[str, Project] = {}
    parts = first.name.split(".")
    around = (modules.get(".".join(parts[:length])) for length in range(1, len(parts)))
    queue = [first, *(one for one in around if isinstance(one, Project))]
    while queue:
        module = queue.pop()
        if module.name in found:
            continue
        found[module.name] = module
        if module.file is not None:
            _refresh(module)
        for name in imports_of(module):
            inner = modules.get(name)
            if isinstance(inner, Project):
                queue.append(inner)
    return found


def _project(modules: Modules, first: Project) -> dict[str, Any]:
    loaded: dict[str, str] = {}
    saved: dict[str, str] = {}
    files: dict[str, str] = {}
    coarse = None
    for name, module in reached(modules, first).items():
        if module.file is None:
            continue
        # Before it is read: whoever saves it afterwards gives it another.
        files[module.file] = stamp_of(module.file)
        text = sources.text_of(module.file)
        if text is None or index_of(module.file) is None:
            coarse = coarse or f"`{os.path.basename(module.file)}` can't be read as Python"
        loaded[name] = digest_of_text(text or "")
        saved[name] = digest_of_text(text_on_disk(module.file) or "")
        coarse = coarse or _blind(module)
    digest = _digest_of(loaded)
    found = {
        "kind": "project",
        "digest": digest,
        "files": dict(sorted(files.items())),
        "coarse": coarse,
    }
    if saved != loaded:
        found["saved"] = _digest_of(saved)
    return found


def _digest_of(texts: dict[str, str]) -> str:
    return digest_of_text("\n".join(f"{name} {one}" for name, one in sorted(texts.items())))


def stamp_of(file: str) -> str:
    """Return what tells that a file was saved: another one each time; empty without a file."""
    try:
        found = os.stat(file)
    except OSError:
        return ""
    return f"{found.st_mtime_ns}-{found.st_size}-{found.st_ino}"


def text_on_disk(file: str) -> str | None:
    """Return the text that a file has now, whatever is loaded; None when it can't be read."""
    try:
        with open(file, "rb") as stream:
            return sources.decode(stream.read())
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None


def _refresh(module: Project) -> None:
    """Read a module that isn't loaded anew: its file may have changed since the last look."""
    if module.live is None and module.file is not None:
        with suppress(OSError, SyntaxError, UnicodeDecodeError), open(module.file, "rb") as file:
            sources.keep(module.file, file.read())


def imports_of(module: Project) -> Iterator[str]:
    """Iterate over the modules that a module's code imports, wherever it does."""
    index = module.index
    targets = [*index.imports.values()]
    for unit in index.units.values():
        targets += unit["imports"].values()
    for name, level, attribute in [*targets, *([*star, None] for star in index.stars)]:
        full = _absolute(module, name or "", level)
        parts = full.split(".")
        for length in range(1, len(parts) + 1):
            yield ".".join(parts[:length])
        if attribute is not None:
            yield f"{full}.{attribute}"


def _absolute(module: Project, name: str, level: int) -> str:
    if level == 0:
        return name
    package = module.package
    for _ in range(level - 1):
        package = package.rpartition(".")[0]
    return f"{package}.{name}" if name and package else package or name


def _blind(module: Project) -> str | None:
    """Return why it can't be seen what a module reaches; None when it can."""
    for unit in module.index.units.values():
        if unit["blind"] is not None:
            what, line = unit["blind"]
            return f"{what} in {os.path.basename(module.file or '')}:{line}"
    return None
