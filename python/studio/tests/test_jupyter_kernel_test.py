"""Jupyter's own tests of kernels: every sample that they ask for."""

from __future__ import annotations

import jupyter_kernel_test
import pytest
from jupyter_front_end import place

__all__ = ["place"]


@pytest.mark.usefixtures("place")
class TestFlownote(jupyter_kernel_test.KernelTests):
    """The messaging protocol, message by message."""

    kernel_name = "flownote"
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('test', file=sys.stderr)"
    completion_samples = [
        {"text": "zi", "matches": {"zip"}},
        {"text": "isinst", "matches": {"isinstance"}},
        {"text": "%%sq"},
        {"text": "%%sql\nselec"},
    ]
    complete_code_samples = ["1", "print('hello, world')", "def f(x):\n  return x*2\n\n\n"]
    incomplete_code_samples = ["print('''hello", "def f(x):\n  x*2", "for x in y:"]
    invalid_code_samples = ["import = 7q", "]", "1 1"]
    code_page_something = "zip?"
    code_generate_error = "raise ValueError('no rows')"
    code_execute_result = [
        {"code": "1+2+3", "result": "6"},
        {"code": "[n*n for n in range(1, 4)]", "result": "[1, 4, 9]"},
        {"code": "%%sql\nselect 41 + 1 as answer", "mime": "text/html"},
    ]
    code_display_data = [
        {"code": "from IPython.display import HTML, display; display(HTML('<b>x</b>'))",
         "mime": "text/html"},
        {"code": "display({'image/svg+xml': '<svg/>'}, raw=True)", "mime": "image/svg+xml"},
    ]  # fmt: skip
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "zip"
    code_clear_output = "from IPython.display import clear_output; clear_output()"


@pytest.mark.usefixtures("place")
class TestWelcome(jupyter_kernel_test.IopubWelcomeTests):
    """Who begins to listen is greeted."""

    kernel_name = "flownote"
    support_iopub_welcome = True


def test_none_of_them_is_left_out() -> None:
    """A sample that is empty would skip its test."""
    samples = [name for name in vars(jupyter_kernel_test.KernelTests) if "code_" in name]
    samples += ["completion_samples", "supported_history_operations", "language_name"]
    assert all(getattr(TestFlownote, name) for name in samples)
