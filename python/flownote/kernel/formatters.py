"""The forms that a value can be shown in, by MIME type.

A value says them by ``_repr_mimebundle_``, ``_repr_html_`` and their kin; libraries add
functions for types as they do in IPython: ``get_ipython().display_formatter.formatters``.
"""

from __future__ import annotations

import sys
import warnings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# MIME type → the method that gives it, in the order in which IPython asks.
_METHODS = {
    "text/plain": "_repr_pretty_",
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "application/pdf": "_repr_pdf_",
    "image/jpeg": "_repr_jpeg_",
    "text/latex": "_repr_latex_",
    "application/json": "_repr_json_",
    "application/javascript": "_repr_javascript_",
}
_RETURNS: dict[str, tuple[type, ...]] = {
    "image/png": (bytes, str),
    "application/pdf": (bytes, str),
    "image/jpeg": (bytes, str),
    "application/json": (dict, list),
}
# What has no other form than its text, unless somebody registered one.
_PLAIN = frozenset((int, float, str, bool, bytes, complex))

_CANARY = "_ipython_canary_method_should_not_exist_"
_UNSET = object()


class FormatterWarning(UserWarning):
    """A value's method gave what its MIME type can't be."""


class Formatter:
    """Functions that give one form of values, by type.

    Parameters
    ----------
    format_type
        The MIME type.
    print_method
        The method that values bring.
    """

    enabled = True

    def __init__(self, format_type: str, print_method: str, report: Any) -> None:
        self.format_type = format_type
        self.print_method = print_method
        self.singleton_printers: dict[int, Callable[..., Any]] = {}
        self.type_printers: dict[type, Callable[..., Any]] = {}
        self.deferred_printers: dict[tuple[str, str], Callable[..., Any]] = {}
        self._report = report

    def __call__(self, obj: Any) -> Any:
        """Return the form of a value; None when it has none."""
        if not self.enabled:
            return None
        try:
            return self._checked(self._form(obj), obj)
        except NotImplementedError:
            return None
        except Exception as error:
            self._report(error)
            return None

    def _form(self, obj: Any) -> Any:
        if self.type_printers or self.deferred_printers or self.singleton_printers:
            try:
                printer = self.lookup(obj)
            except KeyError:
                pass
            else:
                return printer(obj)
        method = real_method(obj, self.print_method)
        return method() if method is not None else None

    def _checked(self, form: Any, obj: Any) -> Any:
        expected = _RETURNS.get(self.format_type, (str,))
        inner = form[0] if isinstance(form, tuple) and form else form
        if form is None or isinstance(inner, expected):
            return form
        warnings.warn(
            f"{self.format_type} formatter returned invalid type {type(form)} "
            f"(expected {expected[0]}) for object: {_safe_repr(obj)}",
            FormatterWarning,
            stacklevel=2,
        )
        return None

    def __contains__(self, kind: Any) -> bool:
        try:
            self.lookup_by_type(kind)
        except KeyError:
            return False
        return True

    def lookup(self, obj: Any) -> Callable[..., Any]:
        """Return the function registered for a value; raises KeyError."""
        if id(obj) in self.singleton_printers:
            return self.singleton_printers[id(obj)]
        return self.lookup_by_type(getattr(obj, "__class__", None) or type(obj))

    def lookup_by_type(self, kind: Any) -> Callable[..., Any]:
        """Return the function registered for a type or ``module.name``; raises KeyError."""
        if isinstance(kind, str):
            key: Any = tuple(kind.rsplit(".", 1))
            for known, printer in self.type_printers.items():
                if (known.__module__, known.__name__) == key:
                    return printer
            return self.deferred_printers[key]
        for one in getattr(kind, "__mro__", (kind,)):
            if one in self.type_printers:
                return self.type_printers[one]
            key = (getattr(one, "__module__", None), getattr(one, "__name__", None))
            if key in self.deferred_printers:
                printer = self.type_printers[one] = self.deferred_printers.pop(key)
                return printer
        raise KeyError(f"No registered printer for {kind!r}")

    def for_type(self, kind: Any, func: Callable[..., Any] | None = None) -> Any:
        """Register a function for a type, given itself or as ``module.name``."""
        if isinstance(kind, str):
            module, _, name = kind.rpartition(".")
            return self.for_type_by_name(module, name, func)
        try:
            before = self.lookup_by_type(kind)
        except KeyError:
            before = None
        if func is not None:
            self.type_printers[kind] = func
        return before

    def for_type_by_name(self, module: str, name: str, func: Any = None) -> Any:
        """Register a function for a type that needn't be imported yet."""
        loaded = getattr(sys.modules.get(module), name, None)
        if isinstance(loaded, type) and loaded in self.type_printers:
            return self.for_type(loaded, func)
        before = self.deferred_printers.get((module, name))
        if func is not None:
            self.deferred_printers[module, name] = func
        return before

    def pop(self, kind: Any, default: Any = _UNSET) -> Any:
        """Take back what was registered for a type."""
        if isinstance(kind, str):
            key: Any = tuple(kind.rsplit(".", 1))
            found = self.deferred_printers.pop(key, _UNSET)
            for known in list(self.type_printers):
                if (known.__module__, known.__name__) == key:
                    found = self.type_printers.pop(known)
        else:
            found = self.type_printers.pop(kind, _UNSET)
            if found is _UNSET:
                key = (getattr(kind, "__module__", None), getattr(kind, "__name__", None))
                found = self.deferred_printers.pop(key, _UNSET)
        if found is _UNSET:
            if default is _UNSET:
                raise KeyError(f"No registered value for {kind!r}")
            return default
        return found


class PlainText(Formatter):
    """The text of a value."""

    max_width = 79
    pprint = True
    float_format = ""

    def _form(self, obj: Any) -> Any:
        if not self.pprint:
            return repr(obj)
        kind = type(obj)
        if kind in _PLAIN and not self.type_printers:
            return repr(obj)
        loaded = sys.modules.get("IPython.lib.pretty")
        if loaded is not None:
            return self._as_ipython(loaded, obj)
        from flownote.kernel.pretty import Printer

        printer = Printer(
            self.type_printers, self.deferred_printers, self.singleton_printers, self.max_width
        )
        printer.pretty(obj)
        printer.flush()
        return printer.output.getvalue()

    def _as_ipython(self, loaded: Any, obj: Any) -> str:
        """Let IPython's own printer do it: libraries may have registered their types there."""
        import io

        stream = io.StringIO()
        printer = loaded.RepresentationPrinter(
            stream,
            max_width=self.max_width,
            type_pprinters={**loaded._type_pprinters, **self.type_printers},
            deferred_pprinters={**loaded._deferred_type_pprinters, **self.deferred_printers},
        )
        printer.pretty(obj)
        printer.flush()
        return stream.getvalue()


class Formatters:
    """Every form of a value. What code sees as ``get_ipython().display_formatter``."""

    def __init__(self) -> None:
        # Shows what a value's own method raised.
        self.report: Callable[[BaseException], None] = _print_error
        self.formatters: dict[str, Formatter] = {}
        for kind, method in _METHODS.items():
            make = PlainText if kind == "text/plain" else Formatter
            self.formatters[kind] = make(kind, method, self._failed)
        self.mimebundle_formatter = Formatter("", "_repr_mimebundle_", self._failed)
        self.ipython_display_formatter = Formatter("", "_ipython_display_", self._failed)

    @property
    def format_types(self) -> list[str]:
        """The MIME types."""
        return list(self.formatters)

    @property
    def active_types(self) -> list[str]:
        """The MIME types that are shown."""
        return [kind for kind, one in self.formatters.items() if one.enabled]

    @active_types.setter
    def active_types(self, kinds: list[str]) -> None:
        for kind, formatter in self.formatters.items():
            formatter.enabled = kind in kinds

    def register_formatter(self, formatter: Any) -> None:
        """Add a form."""
        self.formatters[formatter.format_type] = formatter

    def format(
        self, obj: Any, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return a value's forms and their metadata, by MIME type.

        Empty when the value shows itself (``_ipython_display_``).
        """
        if type(obj) in _PLAIN and not include and not exclude and not self._is_extended():
            return {"text/plain": repr(obj)}, {}
        if self._shows_itself(obj):
            return {}, {}
        data, metadata = self._bundle(obj, include, exclude)
        for kind, formatter in self.formatters.items():
            if (include and kind not in include) or (exclude and kind in exclude):
                continue
            if kind in data and obj.__class__ not in formatter:
                continue
            form = formatter(obj)
            if isinstance(form, tuple) and len(form) == 2:
                form, more = form
                if more is not None:
                    metadata[kind] = more
            if form is not None:
                data[kind] = form
        return self.encoded(data), metadata

    def encoded(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return data with bytes as base64, as Jupyter's messages have them."""
        if not any(isinstance(one, (bytes, bytearray, memoryview)) for one in data.values()):
            return data
        from base64 import b64encode

        return {
            kind: b64encode(one).decode()
            if isinstance(one, (bytes, bytearray, memoryview))
            else one
            for kind, one in data.items()
        }

    def _is_extended(self) -> bool:
        return any(one.type_printers or one.deferred_printers for one in self.formatters.values())

    def _shows_itself(self, obj: Any) -> bool:
        formatter = self.ipython_display_formatter
        try:
            try:
                formatter.lookup(obj)(obj)
                return True
            except KeyError:
                pass
            method = real_method(obj, "_ipython_display_")
            if method is None:
                return False
            method()
        except NotImplementedError:
            return False
        except Exception as error:
            self._failed(error)
        return True

    def _bundle(
        self, obj: Any, include: Any, exclude: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        try:
            try:
                method: Any = self.mimebundle_formatter.lookup(obj)
                found = method(obj)
            except KeyError:
                method = real_method(obj, "_repr_mimebundle_")
                found = method(include=include, exclude=exclude) if method is not None else None
        except NotImplementedError:
            found = None
        except Exception as error:
            self._failed(error)
            found = None
        if found is None:
            return {}, {}
        data, metadata = found if isinstance(found, tuple) else (found, {})
        return _chosen(data, include, exclude), _chosen(metadata, include, exclude)

    def _failed(self, error: BaseException) -> None:
        self.report(error)


def _chosen(data: dict[str, Any], include: Any, exclude: Any) -> dict[str, Any]:
    return {
        kind: one
        for kind, one in data.items()
        if (not include or kind in include) and (not exclude or kind not in exclude)
    }


def real_method(obj: Any, name: str) -> Any:
    """Return a method that a value really has; some values claim to have every one."""
    if isinstance(obj, type):
        return None
    try:
        if getattr(obj, _CANARY, None) is not None:
            return None
        method = getattr(obj, name, None)
    except Exception:  # user code
        return None
    return method if callable(method) else None


def _safe_repr(obj: Any) -> str:
    try:
        return repr(obj)
    except Exception as error:  # user code
        return f"un-repr-able object ({error!r})"


def _print_error(error: BaseException) -> None:
    print(f"{type(error).__name__}: {error}", file=sys.stderr)
