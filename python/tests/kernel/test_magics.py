"""IPython's lines, and what code asks of ``get_ipython()``."""

from __future__ import annotations

import re

from kernel_process import KernelProcess

TIME = r"[\d.]+ (?:s|ms|μs|ns)"


def test_time_and_timeit(kernel: KernelProcess) -> None:
    ran = kernel.run("%time sum(range(10))").ok()
    assert ran.result == "45"
    pattern = rf"CPU times: user {TIME}, sys: {TIME}, total: {TIME}\nWall time: {TIME}\n"
    assert re.fullmatch(pattern, ran.text())
    ran = kernel.run("%%time\nx = 1\nx + 1").ok()
    assert ran.result == "2" and "Wall time" in ran.text()
    assert set(ran.finished["defined"]) == {"x"}
    ran = kernel.run("%timeit -n 10 -r 2 sum(range(10))").ok()
    pattern = rf"{TIME} ± {TIME} per loop \(mean ± std. dev. of 2 runs, 10 loops each\)\n"
    assert re.fullmatch(pattern, ran.text())
    ran = kernel.run("y = [3]\nr = %timeit -o -q -n 1 -r 1 len(y)\nr.loops, len(r.timings)").ok()
    assert ran.result == "(1, 1)"
    assert "loop" in kernel.run("%%timeit -n 5 -r 1 z = 4\nz + 1").ok().text()


def test_errors_below_a_cell_magic_name_their_line(kernel: KernelProcess) -> None:
    error = kernel.run("%%time\na = 1\n1 / 0").error
    assert (error["frames"][-1]["cell"], error["frames"][-1]["line"]) == ("cell-1", 3)
    assert error["frames"][-1]["text"] == "1 / 0"


def test_await_below_a_cell_magic(kernel: KernelProcess) -> None:
    code = "%%time\nimport asyncio\nx = await asyncio.sleep(0, 5)\nx"
    assert kernel.run(code).ok().result == "5"


def test_capture(kernel: KernelProcess) -> None:
    code = (
        "%%capture out\nimport os, sys\nprint('p')\nos.system('echo s')\n"
        "print('e', file=sys.stderr)\ndisplay(1)"
    )
    ran = kernel.run(code).ok()
    assert ran.outputs == []
    assert (
        kernel.run("out.stdout, out.stderr, len(out.outputs)").result == "('p\\ns\\n', 'e\\n', 1)"
    )
    ran = kernel.run("out.show()").ok()
    assert ran.text() == "p\ns\n" and len(ran.shown()) == 1
    assert kernel.run("%%capture\nprint(1)\n1 / 0").error["name"] == "ZeroDivisionError"
    assert kernel.run("print('back')").text() == "back\n"


def test_commands(kernel: KernelProcess) -> None:
    ran = kernel.run("!echo hello; echo oops >&2; test -t 1 && echo terminal").ok()
    assert ran.text() == "hello\noops\nterminal\n"
    ran = kernel.run("!sleep 60 & echo started").ok()
    assert ran.text() == "started\n"
    kernel.run("name = 'world'\nfiles = !echo {name.upper()} && echo $name && echo '$$HOME'")
    assert kernel.run("files, files.n, files.grep('HOME')").ok().result == (
        "(['WORLD', 'world', '$HOME'], 'WORLD\\nworld\\n$HOME', ['$HOME'])"
    )
    kernel.run("!exit 3")
    assert kernel.run("_exit_code").result == "3"
    assert kernel.run("!echo a b | awk '{print $2}'").ok().text() == "b\n"
    assert kernel.run("%%bash\nfor i in 1 2; do echo $i; done").ok().text() == "1\n2\n"
    error = kernel.run("%%sh\nexit 2").error
    assert error["name"] == "CalledProcessError"


def test_folders_and_files(kernel: KernelProcess) -> None:
    assert kernel.run("%pwd").result == repr(str(kernel.folder))
    kernel.run("%mkdir sub").ok()
    assert kernel.run("%cd sub").ok().text() == f"{kernel.folder}/sub\n"
    assert kernel.run("%cd -").ok().text() == f"{kernel.folder}\n"
    ran = kernel.run("%%writefile helper.py\ndef f():\n    return 'helped'\n").ok()
    assert ran.text() == "Writing helper.py\n"
    assert kernel.run("import helper\nhelper.f()").ok().result == "'helped'"
    kernel.run("%%writefile script.py\nimport sys\nprint(sys.argv[1:], __name__)\nmade = 7\n")
    assert kernel.run("%run script.py a b").ok().text() == "['a', 'b'] __main__\n"
    assert kernel.run("made").ok().result == "7"
    assert kernel.run("%%writefile -a script.py\nmore = 8\n").text() == "Appending to script.py\n"


def test_environment(kernel: KernelProcess) -> None:
    assert kernel.run("%env COLOUR=red").ok().text() == "env: COLOUR=red\n"
    assert kernel.run("%env COLOUR").result == "'red'"
    assert kernel.run("import os\nos.environ['COLOUR']").result == "'red'"
    assert kernel.run("%env NOT_THERE").error["name"] == "UsageError"


def test_names(kernel: KernelProcess) -> None:
    assert kernel.run("%who").text() == "Interactive namespace is empty.\n"
    kernel.run("import numpy as np\nalpha = 1\nbeta = 'b'\narray = np.zeros((2, 3))\nd = {}")
    assert kernel.run("%who").text() == "alpha\t array\t beta\t d\t np\t \n"
    text = kernel.run("%whos").text()
    assert "array      ndarray    2x3: 6 elems, type `float64`, 48 bytes" in text
    ran = kernel.run("%reset -f").ok()
    assert set(ran.finished["deleted"]) == {"np", "alpha", "beta", "array", "d"}
    assert kernel.run("alpha").error["name"] == "NameError"


def test_unknown_magics_name_the_nearest(kernel: KernelProcess) -> None:
    error = kernel.run("%tiem 1").error
    assert error["name"] == "UsageError"
    assert error["message"] == "there is no magic `%tiem`"
    assert error["hint"] == "did you mean `%time`?"
    assert kernel.run("%capture").error["hint"].startswith("write `%%capture`")


def test_extensions(kernel: KernelProcess) -> None:
    ran = kernel.run("%load_ext autoreload\n%autoreload 2").ok()
    assert "watches the project's modules" in ran.text()
    (kernel.folder / "extension.py").write_text(
        "from IPython.core.magic import Magics, cell_magic, line_magic, magics_class\n"
        "@magics_class\nclass Mine(Magics):\n"
        "    @line_magic\n    def shout(self, line):\n        return line.upper()\n"
        "    @cell_magic\n    def count(self, line, cell):\n"
        "        self.shell.user_ns['counted'] = len(cell.splitlines())\n"
        "def load_ipython_extension(shell):\n    shell.register_magics(Mine)\n"
    )
    kernel.run("%load_ext extension").ok()
    assert kernel.run("%shout abc").ok().result == "'ABC'"
    kernel.run("%%count\na\nb\n").ok()
    assert kernel.run("counted").result == "2"
    code = (
        "from IPython.core.magic import register_line_magic\n"
        "@register_line_magic\ndef twice(line): return line * 2"
    )
    kernel.run(code).ok()
    assert kernel.run("%twice ab").ok().result == "'abab'"
    assert "no extension `nothing_here`" in kernel.run("%load_ext nothing_here").error["message"]


def test_precision_and_all_expressions(kernel: KernelProcess) -> None:
    kernel.run("%precision 2").ok()
    assert kernel.run("3.14159").result == "3.14"
    kernel.run("%config InteractiveShell.ast_node_interactivity = 'all'").ok()
    ran = kernel.run("1\n2\nx = 3\nx")
    assert [one["data"]["text/plain"] for one in ran.shown("result")] == ["1", "2", "3"]


def test_help(kernel: KernelProcess) -> None:
    kernel.run("def f(a, b=2):\n    '''Adds.'''\n    return a + b")
    ran = kernel.run("f?").ok()
    text = ran.finished["payload"][0]["data"]["text/plain"]
    assert "Signature: f(a, b=2)" in text and "Adds." in text
    assert "return a + b" in kernel.run("f??").finished["payload"][0]["data"]["text/plain"]
    assert kernel.run("nothing?").ok().text() == "Object `nothing` not found.\n"


def test_pip_installs_nothing_and_says_so(kernel: KernelProcess) -> None:
    ran = kernel.run("%pip --version").ok()
    assert ran.text().startswith("pip ")


def test_callbacks_around_cells(kernel: KernelProcess) -> None:
    kernel.run("seen = []\nget_ipython().events.register('post_execute', lambda: seen.append(1))")
    assert kernel.run("len(seen)").result == "1"
    assert kernel.run("len(seen)").result == "2"


def test_run_cell_and_push(kernel: KernelProcess) -> None:
    ran = kernel.run("r = get_ipython().run_cell('a = 5\\na * 2')\nr.success, r.result").ok()
    assert ran.result == "(True, 10)"
    kernel.run("get_ipython().push({'b': 6})\nget_ipython().ex('c = a + b')").ok()
    assert kernel.run("get_ipython().ev('c')").result == "11"
