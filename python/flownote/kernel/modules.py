"""Where modules come from, found without importing them.

A module of the project has a digest of its code and that of the project's modules which
it imports: what a cell that imports it depends on. Of a loaded module it is the code that
runs, not the one that its file has meanwhile.
"""

from __future__ import annotations

import os
import sys

from flownote import sources
from flownote.digests import digest_of_text
from flownote.provenance.distributions import distribution_of
from flownote.provenance.index import index_of
from flownote.provenance.modules import Installed, Modules, Project
from flownote.world import watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


def find(name: str) -> dict[str, Any]:
    """Return where a module comes from, as the protocol has it."""
    with watch.covered():
        modules = Modules()
        found = modules.get(name)
        if isinstance(found, Project):
            return _project(modules, found)
        if isinstance(found, Installed):
            distribution = distribution_of(found.name, found.file)
            known, version = distribution or (name, "")
            return {"kind": "distribution", "name": known, "version": version}
        top = name.partition(".")[0]
        if top == "flownote":
            from importlib.metadata import version as version_of

            return {"kind": "distribution", "name": "flownote", "version": version_of("flownote")}
        is_standard = top in sys.stdlib_module_names or top in sys.builtin_module_names
        return {"kind": "standard" if is_standard else "missing"}


def _project(modules: Modules, first: Project) -> dict[str, Any]:
    texts: dict[str, str] = {}
    files: list[str] = []
    coarse = None
    queue, seen = [first], {first.name}
    while queue:
        module = queue.pop()
        if module.file is not None:
            _refresh(module)
            text = sources.text_of(module.file)
            if text is None or index_of(module.file) is None:
                coarse = coarse or f"`{os.path.basename(module.file)}` can't be read as Python"
            texts[module.name] = digest_of_text(text or "")
            files.append(module.file)
            blind = _blind(module)
            coarse = coarse or blind
        for name in _imports(module):
            if name not in seen:
                seen.add(name)
                inner = modules.get(name)
                if isinstance(inner, Project):
                    queue.append(inner)
    digest = digest_of_text("\n".join(f"{name} {one}" for name, one in sorted(texts.items())))
    return {"kind": "project", "digest": digest, "files": sorted(files), "coarse": coarse}


def _refresh(module: Project) -> None:
    """Read a module that isn't loaded anew: its file may have changed since the last look."""
    if module.live is None and module.file is not None:
        try:
            with open(module.file, "rb") as file:
                sources.keep(module.file, file.read())
        except (OSError, SyntaxError, UnicodeDecodeError):
            pass


def _imports(module: Project) -> Iterator[str]:
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
